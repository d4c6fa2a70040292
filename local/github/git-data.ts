import { z } from "zod";
import { mayWriteWorkflows, routeRepository } from "./access.ts";
import {
  type HttpAnswer,
  type HttpExchange,
  isRecord,
  jsonAnswer,
  parseJson,
  problemAnswer,
  HttpRefusal,
} from "./exchange.ts";
import { authorOf, createCommit, signsFor, webFlow } from "./git-commits.ts";
import { inGitHubsWords } from "./git-words.ts";
import { largestFileBytes } from "./git-repository.ts";
import { passOn } from "./proxy.ts";
import { completeTexts } from "./repairs.ts";
import { standardSettings } from "./repository-rules.ts";
import { type Parameters, defineRoute, type HttpRoute } from "./routes.ts";
import { findSecrets } from "./secret-scan.ts";
import { apiRefusal } from "./violations.ts";
import type { Repository, GitHubWorld } from "./world.ts";

/** What others met; GitHub documents no limit of a request. */
const mostRequestBytes = 40 * 1024 * 1024;
const mostInlineBytes = 2_500_000;
const mostTreeEntries = 250;

const blobSchema = z.object({ content: z.string(), encoding: z.enum(["utf-8", "base64"]).default("utf-8") });
const entrySchema = z.looseObject({
  path: z.string(),
  type: z.string(),
  sha: z.string().nullish(),
  content: z.string().optional(),
});
type Entry = z.infer<typeof entrySchema>;
const treeSchema = z.looseObject({ tree: z.array(entrySchema), base_tree: z.string().optional() });
const contentSchema = z.looseObject({ commit: z.looseObject({ sha: z.string() }) });
const createdSchema = z.looseObject({ sha: z.string(), tree: z.looseObject({ sha: z.string() }) });

/** GitHub's rules for blobs, trees and commits that are written by REST; the emulator stores what passes. */
export function gitDataRoutes(world: GitHubWorld): HttpRoute[] {
  const git = "/repos/:owner/:repo/git";
  const whenFilled =
    (answer: (exchange: HttpExchange, repository: Repository) => Promise<HttpAnswer>) =>
    async (exchange: HttpExchange, parameters: Parameters): Promise<HttpAnswer> => {
      const repository = await routeRepository(world, exchange, parameters);
      return (await refuseEmpty(world, repository)) ?? answer(exchange, repository);
    };
  return [
    defineRoute(
      "POST",
      `${git}/blobs`,
      whenFilled((exchange, repository) => createBlob(world, exchange, repository)),
    ),
    defineRoute(
      "POST",
      `${git}/trees`,
      whenFilled((exchange, repository) => createTree(world, exchange, repository)),
    ),
    defineRoute(
      "POST",
      `${git}/commits`,
      whenFilled((exchange, repository) => createCommit(world, exchange, repository)),
    ),
    defineRoute(
      "GET",
      `${git}/:rest(.+)`,
      whenFilled((exchange) => passOn(world, exchange)),
    ),
    defineRoute("PUT", "/repos/:owner/:repo/contents/:path(.+)", async (exchange, parameters) => {
      const repository = await routeRepository(world, exchange, parameters);
      return writeContent(world, exchange, { repository, path: parameters.path ?? "" });
    }),
  ];
}

/** GitHub's answer to everything under `git/` in a repository without branches. */
export async function refuseEmpty(world: GitHubWorld, repository: Repository): Promise<HttpAnswer | undefined> {
  if (!repository.beganEmpty) return undefined;
  const path = `/repos/${repository.fullName}/git/matching-refs/heads/`;
  const branches = await world.emulator.read(z.array(z.unknown()), path, world.emulator.owner(repository.owner));
  return branches?.length === 0 ? problemAnswer(409, "Git Repository is empty.") : undefined;
}

function protectedFrom(world: GitHubWorld, repository: Repository, texts: string[]): void {
  const { pushProtection, allowedSecrets } = world.settings.get(repository.fullName) ?? standardSettings;
  if (!pushProtection) return;
  const secrets = texts.flatMap((text) => findSecrets(text, allowedSecrets));
  if (secrets.length > 0) throw new HttpRefusal(apiRefusal(422, [{ message: "Secret detected in content", secrets }]));
}

async function createBlob(world: GitHubWorld, exchange: HttpExchange, repository: Repository): Promise<HttpAnswer> {
  const { data } = blobSchema.safeParse(parseJson(exchange.body));
  if (data === undefined) return problemAnswer(422, 'Invalid request.\n\n"content" wasn\'t supplied.');
  const content = Buffer.from(data.content, data.encoding === "base64" ? "base64" : "utf8");
  if (exchange.body.length > mostRequestBytes || content.length > largestFileBytes) {
    const message =
      "Sorry, your input was too large to process. Consider creating the blob in a local clone of the repository and then pushing it to GitHub.";
    return problemAnswer(422, message);
  }
  protectedFrom(world, repository, [content.toString("utf8")]);
  return passOn(world, exchange);
}

/** A folder name that a clone would take for git's own. */
const malformed = (part: string): boolean => /^(|\.{1,2}|\.git|git~1)$/i.test(part);

/** GitHub's answer to a path that no clone could take. */
export function refusePath(path: string): HttpAnswer | undefined {
  if (path === "") return problemAnswer(422, "tree.path cannot be blank");
  if (path.startsWith("/")) return problemAnswer(422, "tree.path cannot start with a slash");
  return path.split("/").some(malformed) || path.includes("\0")
    ? problemAnswer(422, "tree.path contains a malformed path component")
    : undefined;
}

/** A workflow file, or a folder put whole where workflows are. */
export const touchesWorkflows = ({ path, type }: Pick<Entry, "path" | "type">): boolean =>
  path.startsWith(".github/workflows/") || path === ".github/workflows" || (path === ".github" && type === "tree");

async function createTree(world: GitHubWorld, exchange: HttpExchange, repository: Repository): Promise<HttpAnswer> {
  const { data } = treeSchema.safeParse(parseJson(exchange.body));
  if (data === undefined) return problemAnswer(422, "Invalid tree info");
  if (data.tree.length === 0 && data.base_tree === undefined) return problemAnswer(422, "Invalid tree info");
  const refused = data.tree.map(({ path }) => refusePath(path)).find((answer) => answer !== undefined);
  if (refused !== undefined) return refused;
  if (!mayWriteWorkflows(exchange.actor) && data.tree.some(touchesWorkflows)) {
    return problemAnswer(403, "Resource not accessible by integration");
  }
  const inline = data.tree.flatMap(({ content }) => (content === undefined ? [] : [content]));
  const bytes = inline.reduce((sum, content) => sum + Buffer.byteLength(content), 0);
  if (bytes > mostInlineBytes || data.tree.length > mostTreeEntries) {
    const message =
      "Sorry, your request timed out.  It's likely that your input was too large to process.  Consider building the tree incrementally, or building the commits you need in a local clone of the repository and then pushing them to GitHub.";
    return problemAnswer(422, message);
  }
  protectedFrom(world, repository, inline);
  const base = data.base_tree === undefined ? undefined : await treeOf(world, repository, data.base_tree);
  const body = Buffer.from(JSON.stringify({ ...data, ...(base === undefined ? {} : { base_tree: base }) }));
  return inGitHubsWords(await passOn(world, { ...exchange, body }));
}

/** GitHub takes a commit for its tree. */
async function treeOf(world: GitHubWorld, repository: Repository, id: string): Promise<string> {
  const path = `/repos/${repository.fullName}/git/commits/${encodeURIComponent(id)}`;
  const commit = await world.emulator.read(createdSchema, path, world.emulator.owner(repository.owner));
  return commit?.tree.sha ?? id;
}

/** What an App writes under no other name is signed here as at `git/commits`. */
async function signedContent(
  world: GitHubWorld,
  exchange: HttpExchange,
  { repository, body }: { repository: Repository; body: unknown },
): Promise<HttpAnswer> {
  if (!isRecord(body) || !signsFor(world, repository, { actor: exchange.actor, given: body })) {
    return passOn(world, exchange);
  }
  const committer = webFlow();
  const named = { ...body, ...authorOf(world, exchange.actor), committer };
  const answer = await passOn(world, { ...exchange, body: Buffer.from(JSON.stringify(named)) });
  const written = contentSchema.safeParse(parseJson(answer.body));
  if (answer.status >= 300 || !written.success) return answer;
  world.signed.set(written.data.commit.sha, committer.date);
  return jsonAnswer(answer.status, completeTexts(world, written.data), answer.headers);
}

async function writeContent(
  world: GitHubWorld,
  exchange: HttpExchange,
  { repository, path }: { repository: Repository; path: string },
): Promise<HttpAnswer> {
  if (!mayWriteWorkflows(exchange.actor) && touchesWorkflows({ path, type: "blob" })) {
    return problemAnswer(403, "Resource not accessible by integration");
  }
  const body = parseJson(exchange.body);
  const content = isRecord(body) && typeof body.content === "string" ? body.content : "";
  const { pushProtection, allowedSecrets } = world.settings.get(repository.fullName) ?? standardSettings;
  const secrets = pushProtection ? findSecrets(Buffer.from(content, "base64").toString("utf8"), allowedSecrets) : [];
  if (secrets.length > 0) return apiRefusal(409, [{ message: "Secret detected in content", secrets }]);
  return signedContent(world, exchange, { repository, body });
}
