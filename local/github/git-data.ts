import { z } from "zod";
import { mayWriteWorkflows, routeRepository } from "./access.ts";
import { type Answer, type Exchange, invalid, isRecord, json, parseJson, problem, Refusal } from "./exchange.ts";
import { largestFileBytes } from "./git-repository.ts";
import { passOn } from "./proxy.ts";
import { completeTexts } from "./repairs.ts";
import { standardSettings } from "./repository-rules.ts";
import { type Parameters, route, type Route } from "./routes.ts";
import { findSecrets } from "./secret-scan.ts";
import { apiRefusal } from "./violations.ts";
import type { Repository, World } from "./world.ts";

/** What others met; GitHub documents no limit of a request. */
export const mostRequestBytes = 40 * 1024 * 1024;
export const mostInlineBytes = 2_500_000;
export const mostTreeEntries = 250;

const blobSchema = z.object({ content: z.string(), encoding: z.enum(["utf-8", "base64"]).default("utf-8") });
const entrySchema = z.looseObject({
  path: z.string(),
  type: z.string(),
  sha: z.string().nullish(),
  content: z.string().optional(),
});
type Entry = z.infer<typeof entrySchema>;
const treeSchema = z.looseObject({ tree: z.array(entrySchema), base_tree: z.string().optional() });
const commitSchema = z.looseObject({
  message: z.string(),
  tree: z.string(),
  parents: z.array(z.string()).default([]),
  author: z.unknown().optional(),
  committer: z.unknown().optional(),
  signature: z.string().optional(),
});
const createdSchema = z.looseObject({ sha: z.string(), tree: z.looseObject({ sha: z.string() }) });

/** GitHub's rules for blobs, trees and commits that are written by REST; the emulator stores what passes. */
export function gitDataRoutes(world: World): Route[] {
  const git = "/repos/:owner/:repo/git";
  const whenFilled =
    (answer: (exchange: Exchange, repository: Repository) => Promise<Answer>) =>
    async (exchange: Exchange, parameters: Parameters): Promise<Answer> => {
      const repository = await routeRepository(world, exchange, parameters);
      return (await refuseEmpty(world, repository)) ?? answer(exchange, repository);
    };
  return [
    route(
      "POST",
      `${git}/blobs`,
      whenFilled((exchange, repository) => createBlob(world, exchange, repository)),
    ),
    route(
      "POST",
      `${git}/trees`,
      whenFilled((exchange, repository) => createTree(world, exchange, repository)),
    ),
    route(
      "POST",
      `${git}/commits`,
      whenFilled((exchange, repository) => createCommit(world, exchange, repository)),
    ),
    route(
      "GET",
      `${git}/:rest(.+)`,
      whenFilled((exchange) => passOn(world, exchange)),
    ),
    route("PUT", "/repos/:owner/:repo/contents/:path(.+)", async (exchange, parameters) => {
      const repository = await routeRepository(world, exchange, parameters);
      return writeContent(world, exchange, { repository, path: parameters.path ?? "" });
    }),
  ];
}

/** GitHub's answer to everything under `git/` in a repository without branches. */
export async function refuseEmpty(world: World, repository: Repository): Promise<Answer | undefined> {
  if (!repository.beganEmpty) return undefined;
  const path = `/repos/${repository.fullName}/git/matching-refs/heads/`;
  const branches = await world.emulator.read(z.array(z.unknown()), path, world.emulator.owner(repository.owner));
  return branches?.length === 0 ? problem(409, "Git Repository is empty.") : undefined;
}

function protectedFrom(world: World, repository: Repository, texts: string[]): void {
  const { pushProtection, allowedSecrets } = world.settings.get(repository.fullName) ?? standardSettings;
  if (!pushProtection) return;
  const secrets = texts.flatMap((text) => findSecrets(text, allowedSecrets));
  if (secrets.length > 0) throw new Refusal(apiRefusal(422, [{ message: "Secret detected in content", secrets }]));
}

async function createBlob(world: World, exchange: Exchange, repository: Repository): Promise<Answer> {
  const { data } = blobSchema.safeParse(parseJson(exchange.body));
  if (data === undefined) return problem(422, 'Invalid request.\n\n"content" wasn\'t supplied.');
  const content = Buffer.from(data.content, data.encoding === "base64" ? "base64" : "utf8");
  if (exchange.body.length > mostRequestBytes || content.length > largestFileBytes) {
    const message =
      "Sorry, your input was too large to process. Consider creating the blob in a local clone of the repository and then pushing it to GitHub.";
    return problem(422, message);
  }
  protectedFrom(world, repository, [content.toString("utf8")]);
  return passOn(world, exchange);
}

/** A folder name that a clone would take for git's own. */
const malformed = (part: string): boolean => /^(|\.{1,2}|\.git|git~1)$/i.test(part);

function refusePath(path: string): Answer | undefined {
  if (path === "") return problem(422, "tree.path cannot be blank");
  if (path.startsWith("/")) return problem(422, "tree.path cannot start with a slash");
  return path.split("/").some(malformed) || path.includes("\0")
    ? problem(422, "tree.path contains a malformed path component")
    : undefined;
}

/** A workflow file, or a folder put whole where workflows are. */
const touchesWorkflows = ({ path, type }: Entry): boolean =>
  path.startsWith(".github/workflows/") || path === ".github/workflows" || (path === ".github" && type === "tree");

async function createTree(world: World, exchange: Exchange, repository: Repository): Promise<Answer> {
  const { data } = treeSchema.safeParse(parseJson(exchange.body));
  if (data === undefined) return problem(422, "Invalid tree info");
  if (data.tree.length === 0 && data.base_tree === undefined) return problem(422, "Invalid tree info");
  const refused = data.tree.map(({ path }) => refusePath(path)).find((answer) => answer !== undefined);
  if (refused !== undefined) return refused;
  if (!mayWriteWorkflows(exchange.actor) && data.tree.some(touchesWorkflows)) {
    return problem(403, "Resource not accessible by integration");
  }
  const inline = data.tree.flatMap(({ content }) => (content === undefined ? [] : [content]));
  const bytes = inline.reduce((sum, content) => sum + Buffer.byteLength(content), 0);
  if (bytes > mostInlineBytes || data.tree.length > mostTreeEntries) {
    const message =
      "Sorry, your request timed out.  It's likely that your input was too large to process.  Consider building the tree incrementally, or building the commits you need in a local clone of the repository and then pushing them to GitHub.";
    return problem(422, message);
  }
  protectedFrom(world, repository, inline);
  const base = data.base_tree === undefined ? undefined : await treeOf(world, repository, data.base_tree);
  const body = Buffer.from(JSON.stringify({ ...data, ...(base === undefined ? {} : { base_tree: base }) }));
  return inGitHubsWords(await passOn(world, { ...exchange, body }));
}

/** GitHub takes a commit for its tree. */
async function treeOf(world: World, repository: Repository, id: string): Promise<string> {
  const path = `/repos/${repository.fullName}/git/commits/${encodeURIComponent(id)}`;
  const commit = await world.emulator.read(createdSchema, path, world.emulator.owner(repository.owner));
  return commit?.tree.sha ?? id;
}

/** The emulator's words of a 422, and GitHub's. */
const words: [RegExp, string][] = [
  [/^Invalid base_tree$/, "base_tree is not a valid tree oid"],
  [/^Invalid (blob|tree) sha$/, "tree.sha is not a valid $1"],
  [/^Cannot pass both sha and content$/, "Must supply tree.sha or tree.content, but not both"],
  [/^Invalid tree$/, "Tree SHA does not exist"],
  [/^Invalid parent .+$/, "Parent SHA does not exist or is not a commit object"],
  [/^Invalid sha$/, "Object does not exist"],
  [/^Update is not a fast-forward$/, "Update is not a fast forward"],
];

export function inGitHubsWords(answer: Answer): Answer {
  const body = answer.status === 422 ? parseJson(answer.body) : undefined;
  if (!isRecord(body)) return answer;
  const message = String(body.message);
  const known = words.find(([pattern]) => pattern.test(message));
  return known === undefined ? answer : problem(422, message.replace(known[0], known[1]));
}

/**
 * A commit. GitHub signs what an App writes with neither author, committer nor signature, in its own name as committer;
 * nobody else's. The emulator can keep no signature in the commit, so it is in the answers alone.
 */
async function createCommit(world: World, exchange: Exchange, repository: Repository): Promise<Answer> {
  const { data } = commitSchema.safeParse(parseJson(exchange.body));
  if (data === undefined) return invalid({ resource: "Commit", code: "missing_field", field: "message" });
  const plain = [data.author, data.committer, data.signature].every((given) => given === undefined);
  const { signsCommits } = world.settings.get(repository.fullName) ?? standardSettings;
  const signs = plain && exchange.actor.kind === "installation" && signsCommits;
  const body = Buffer.from(JSON.stringify({ ...data, ...(signs ? { author: bot(world), committer: webFlow() } : {}) }));
  const answer = await passOn(world, { ...exchange, body });
  const created = createdSchema.safeParse(parseJson(answer.body));
  if (answer.status !== 201 || !created.success) return inGitHubsWords(answer);
  if (signs) world.signed.set(created.data.sha, webFlow().date);
  return json(201, completeTexts(world, created.data), answer.headers);
}

const now = (): string => new Date().toISOString().replace(/\.\d+Z$/, "Z");

/** The App's bot, as an author. */
const bot = ({ bot: { id, login } }: World): { name: string; email: string; date: string } => ({
  name: login,
  email: `${id}+${login}@users.noreply.github.com`,
  date: now(),
});

/** GitHub itself, as the committer of what it signs. */
export const webFlow = (): { name: string; email: string; date: string } => ({
  name: "GitHub",
  email: "noreply@github.com",
  date: now(),
});

async function writeContent(
  world: World,
  exchange: Exchange,
  { repository, path }: { repository: Repository; path: string },
): Promise<Answer> {
  if (!mayWriteWorkflows(exchange.actor) && touchesWorkflows({ path, type: "blob" })) {
    return problem(403, "Resource not accessible by integration");
  }
  const body = parseJson(exchange.body);
  const content = isRecord(body) && typeof body.content === "string" ? body.content : "";
  const { pushProtection, allowedSecrets } = world.settings.get(repository.fullName) ?? standardSettings;
  const secrets = pushProtection ? findSecrets(Buffer.from(content, "base64").toString("utf8"), allowedSecrets) : [];
  if (secrets.length > 0) return apiRefusal(409, [{ message: "Secret detected in content", secrets }]);
  return passOn(world, exchange);
}
