import { z } from "zod";
import { clipText } from "@/lib/markdown/invisible";
import { type RepositoryFiles, SET_UP_FILES, type SetUpFile } from "@/lib/set-up/files";
import { readText } from "@/server/github/contents";
import { orNull } from "@/server/github/errors";
import { apiPath } from "@/server/github/github-client";
import { askRepository } from "@/server/github/graphql";
import type { GitHubRepository, RunFiles } from "@/server/github/port";
import { inRepository } from "@/server/github/repository-calls";
import type { RepositoryCalls } from "@/server/github/repository-calls";

/** A prompt has no room for more of them. */
const MAX_CONTEXT_CHARACTERS = 128 * 1024;
const CONTEXT_FILES = ["AGENTS.md", "CLAUDE.md"] as const;

/** `text`: null for what is no text. A link's text is where it leads. */
const blob = z.object({ text: z.string().nullish() }).nullish();
const entries = z.array(z.object({ name: z.string(), mode: z.number().int() })).nullish();
const answerSchema = z.record(z.string(), z.looseObject({ text: z.string().nullish(), entries }).nullish());
/** git's mode of a symbolic link, as GitHub tells it in decimals. */
const LINK_MODE = 0o120000;

const fileField = (alias: string): string => `${alias}: object(expression: $${alias}) { ... on Blob { text } }`;
const folderField = (alias: string): string =>
  `${alias}: object(expression: $${alias}) { ... on Tree { entries { name mode } } }`;

export const createRunFiles = (calls: RepositoryCalls): Pick<GitHubRepository, "runFiles"> => ({
  async runFiles(base) {
    const { client, token, repository } = calls;
    const { owner, name } = repository;
    // What is no name of a branch would be a question of another kind.
    const isBranch = base !== null && !/[\s:~^?*[\\]|\.\.|@\{/.test(base);
    const of = isBranch ? `refs/heads/${base}` : "HEAD";
    const variables: Record<string, string> = { top: `${of}:`, home: "HEAD:" };
    CONTEXT_FILES.forEach((file, at) => (variables[`c${at}`] = `HEAD:${file}`));
    SET_UP_FILES.forEach((file, at) => (variables[`f${at}`] = `${of}:${file}`));
    const fields = Object.keys(variables).map((alias) =>
      alias === "top" || alias === "home" ? folderField(alias) : fileField(alias),
    );
    const answer = await askRepository(
      { client, token, schema: answerSchema },
      { owner, name, fields: fields.join("\n"), variables },
    );
    return { contextFile: await contextFileOf(calls, answer), setUpFiles: setUpFilesOf(answer) };
  },
});
type Answer = z.infer<typeof answerSchema>;

const linksIn = (folder: Answer[string]): Set<string> =>
  new Set((folder?.entries ?? []).filter(({ mode }) => mode === LINK_MODE).map(({ name }) => name));

/** A link at the top is no file of this branch: it leads to whatever it says. */
function setUpFilesOf(answer: Answer): RepositoryFiles {
  const top = answer["top"];
  const links = linksIn(top);
  const texts = new Map<SetUpFile, string | null>();
  for (const [at, file] of SET_UP_FILES.entries()) {
    const found = blob.parse(answer[`f${at}`]);
    if (found !== null && found !== undefined) texts.set(file, links.has(file) ? null : (found.text ?? null));
  }
  return { top: new Set((top?.entries ?? []).map(({ name }) => name)), texts };
}

async function contextFileOf(calls: RepositoryCalls, answer: Answer): Promise<RunFiles["contextFile"]> {
  const links = linksIn(answer["home"]);
  for (const [at, file] of CONTEXT_FILES.entries()) {
    const text = answer[`c${at}`]?.text;
    const whole = text != null && links.has(file) ? await linkedText(calls, file) : text;
    if (whole != null && whole.trim() !== "") return { file, text: clipText(whole, MAX_CONTEXT_CHARACTERS) };
  }
  return null;
}

/** null: a link to nowhere, to a folder or to another repository (those answer JSON). */
async function linkedText(calls: RepositoryCalls, file: string): Promise<string | null> {
  const call = inRepository(calls, apiPath`/contents/${file}`, { accept: "application/vnd.github.raw+json" });
  const answer = await orNull(calls.client.stream(call));
  if (answer === null) return null;
  const isFile = !/^application\/json/i.test(String(answer.headers["content-type"] ?? ""));
  if (isFile) return readText(answer.data);
  if (answer.data instanceof ReadableStream) await answer.data.cancel();
  return null;
}
