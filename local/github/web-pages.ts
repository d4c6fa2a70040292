import { z } from "zod";
import type { HttpAnswer } from "./exchange.ts";
import { knownRepository } from "./access.ts";
import type { Repository, GitHubWorld } from "./world.ts";

const textSchema = z.looseObject({
  number: z.number(),
  title: z.string(),
  body: z.string().nullable(),
  state: z.string(),
  user: z.looseObject({ login: z.string() }),
});
const commentSchema = z.looseObject({ id: z.number(), body: z.string(), user: z.looseObject({ login: z.string() }) });
const fileSchema = z.looseObject({ filename: z.string(), patch: z.string().optional() });
const comparisonSchema = z.looseObject({ files: z.array(fileSchema) });

const style = `body{font:15px/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem}
pre{white-space:pre-wrap;overflow-wrap:anywhere;background:#8881;padding:.8rem;border-radius:6px}
article{border:1px solid #8884;border-radius:6px;padding:.2rem .8rem;margin:1rem 0}
textarea{width:100%;min-height:6rem;font:inherit}:root{color-scheme:light dark}`;

/** Comments through the control API, which takes JSON from this page alone, then shows the answer. */
const script = `document.querySelector("form")?.addEventListener("submit",async(event)=>{event.preventDefault();
const form=new FormData(event.target);await fetch("/_control/comment",{method:"POST",headers:{"content-type":"application/json"},
body:JSON.stringify({login:form.get("login"),repo:form.get("repo"),issue:Number(form.get("issue")),body:form.get("body")})});
location.reload()})`;

export function escapeHtml(text: string): string {
  const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return text.replaceAll(/[&<>"]/g, (character) => entities[character] ?? character);
}

/** Plain pages for people who follow a link from Porter: a repository, an issue, a pull request, a branch. */
export async function webPage(world: GitHubWorld, path: string): Promise<HttpAnswer | undefined> {
  const [, owner = "", name = "", kind = "", rest = ""] =
    /^\/([^/]+)\/([^/]+)(?:\/(issues|pull|tree|compare)\/([^?]+?))?\/?$/.exec(path) ?? [];
  const repository = knownRepository(world, owner, name);
  if (repository === undefined || path.startsWith("/repos/")) return undefined;
  const body = await pageBody(world, repository, { kind, rest: decodeURI(rest) });
  const status = body === undefined ? 404 : 200;
  return htmlPage(status, repository.fullName, `${body ?? "<h1>Not found</h1>"}<script>${script}</script>`);
}

/** A whole page around `body`, which is HTML. */
export function htmlPage(status: number, title: string, body: string): HttpAnswer {
  const head = `<meta charset="utf-8"><link rel="icon" href="data:,"><title>${escapeHtml(title)} · local GitHub</title><style>${style}</style>`;
  const headers = { "content-type": "text/html; charset=utf-8" };
  return { status, headers, body: Buffer.from(`<!doctype html><html lang="en">${head}<body>${body}`) };
}

function pageBody(
  world: GitHubWorld,
  repository: Repository,
  { kind, rest }: { kind: string; rest: string },
): Promise<string | undefined> {
  switch (kind) {
    case "issues":
      return threadPage(world, repository, { kind: "issues", number: Number.parseInt(rest, 10) });
    case "pull":
      return threadPage(world, repository, { kind: "pulls", number: Number.parseInt(rest, 10) });
    case "tree":
      return comparisonPage(world, repository, `${repository.defaultBranch}...${rest}`);
    case "compare":
      return comparisonPage(world, repository, rest);
    default:
      return repositoryPage(world, repository);
  }
}

async function comparisonPage(world: GitHubWorld, repository: Repository, range: string): Promise<string | undefined> {
  const path = `/repos/${repository.fullName}/compare/${encodeURI(range)}`;
  const comparison = await world.emulator.read(comparisonSchema, path, world.emulator.owner(repository.owner));
  return comparison === undefined ? undefined : `<h1>${escapeHtml(range)}</h1>${fileList(comparison.files)}`;
}

async function repositoryPage(world: GitHubWorld, repository: Repository): Promise<string> {
  const list = async (kind: "issues" | "pulls", page: "issues" | "pull"): Promise<string> => {
    const path = `/repos/${repository.fullName}/${kind}?state=all`;
    const entries = await world.emulator.list(textSchema, path, world.emulator.owner(repository.owner));
    const items = entries.map(
      (entry) =>
        `<li><a href="/${repository.fullName}/${page}/${entry.number}">#${entry.number} ${escapeHtml(entry.title)}</a> (${entry.state})`,
    );
    return `<ul>${items.join("")}</ul>`;
  };
  const clone = `<pre>git clone ${world.url}/${repository.fullName}.git</pre>`;
  const heading = `<h1>${escapeHtml(repository.fullName)}</h1>`;
  return `${heading}${clone}<h2>Issues</h2>${await list("issues", "issues")}<h2>Pull requests</h2>${await list("pulls", "pull")}`;
}

type Thread = { kind: "issues" | "pulls"; number: number };

async function threadPage(
  world: GitHubWorld,
  repository: Repository,
  { kind, number }: Thread,
): Promise<string | undefined> {
  const base = `/repos/${repository.fullName}`;
  const authorization = world.emulator.owner(repository.owner);
  const thread = await world.emulator.read(textSchema, `${base}/${kind}/${number}`, authorization);
  if (thread === undefined) return undefined;
  const comments = await world.emulator.list(commentSchema, `${base}/issues/${number}/comments`, authorization);
  const articles = [thread, ...comments].map(
    (text) =>
      `<article><p><b>${escapeHtml(text.user.login)}</b></p><pre>${escapeHtml(text.body ?? "")}</pre></article>`,
  );
  const heading = `<p><a href="/${repository.fullName}">${escapeHtml(repository.fullName)}</a></p><h1>${escapeHtml(thread.title)} #${number}</h1><p>${thread.state}</p>`;
  const tail = kind === "pulls" ? await changes(world, repository, number) : commentForm(world, repository, number);
  return heading + articles.join("") + tail;
}

async function changes(world: GitHubWorld, repository: Repository, number: number): Promise<string> {
  const url = `${world.url}/repos/${repository.fullName}/pulls/${number}/files`;
  const owner = world.users.find(({ login }) => login === repository.owner);
  const response = await fetch(url, { headers: { authorization: `Bearer ${owner?.token ?? ""}` } });
  return fileList(z.array(fileSchema).parse(await response.json()));
}

function fileList(files: z.infer<typeof fileSchema>[]): string {
  return files
    .map((file) => `<h3>${escapeHtml(file.filename)}</h3><pre>${escapeHtml(file.patch ?? "")}</pre>`)
    .join("");
}

function commentForm(world: GitHubWorld, repository: Repository, number: number): string {
  const people = world.users.map(({ login }) => `<option>${escapeHtml(login)}</option>`).join("");
  return `<form><input type="hidden" name="repo" value="${escapeHtml(repository.fullName)}"><input type="hidden" name="issue" value="${number}">
<label>Comment as <select name="login">${people}</select></label><textarea name="body" aria-label="Comment"></textarea><button>Comment</button></form>`;
}
