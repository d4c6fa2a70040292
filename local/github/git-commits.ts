import { z } from "zod";
import {
  type GitHubActor,
  type HttpAnswer,
  type HttpExchange,
  invalidAnswer,
  jsonAnswer,
  parseJson,
} from "./exchange.ts";
import { inGitHubsWords } from "./git-words.ts";
import { passOn } from "./proxy.ts";
import { completeTexts } from "./repairs.ts";
import { standardSettings } from "./repository-rules.ts";
import type { Repository, GitHubWorld } from "./world.ts";

const commitSchema = z.looseObject({
  message: z.string(),
  tree: z.string(),
  parents: z.array(z.string()).default([]),
  author: z.unknown().optional(),
  committer: z.unknown().optional(),
  signature: z.string().optional(),
});
const createdSchema = z.looseObject({ sha: z.string() });

/** Whether GitHub signs what this actor writes with these names. */
export function signsFor(
  world: GitHubWorld,
  repository: Repository,
  { actor, given }: { actor: GitHubActor; given: Record<string, unknown> },
): boolean {
  const plain = ["author", "committer", "signature"].every((name) => given[name] === undefined);
  const { signsCommits } = world.settings.get(repository.fullName) ?? standardSettings;
  return plain && actor.kind === "installation" && signsCommits;
}

/**
 * A commit. GitHub signs what an App writes with neither author, committer nor signature, in its own name as committer;
 * nobody else's. The emulator can keep no signature in the commit, so it is in the answers alone.
 */
export async function createCommit(
  world: GitHubWorld,
  exchange: HttpExchange,
  repository: Repository,
): Promise<HttpAnswer> {
  const { data } = commitSchema.safeParse(parseJson(exchange.body));
  if (data === undefined) return invalidAnswer({ resource: "Commit", code: "missing_field", field: "message" });
  const signs = signsFor(world, repository, { actor: exchange.actor, given: data });
  const body = Buffer.from(
    JSON.stringify({ ...data, ...(signs ? { ...authorOf(world, exchange.actor), committer: webFlow() } : {}) }),
  );
  const answer = await passOn(world, { ...exchange, body });
  const created = createdSchema.safeParse(parseJson(answer.body));
  if (answer.status !== 201 || !created.success) return inGitHubsWords(answer);
  if (signs) world.signed.set(created.data.sha, webFlow().date);
  return jsonAnswer(201, completeTexts(world, created.data), answer.headers);
}

const now = (): string => new Date().toISOString().replace(/\.\d+Z$/, "Z");

/** The App's bot as the author of what it writes; a person's own name comes from the emulator. */
export function authorOf({ bot: { id, login } }: GitHubWorld, actor: GitHubActor): Record<string, unknown> {
  if (actor.kind !== "installation") return {};
  return { author: { name: login, email: `${id}+${login}@users.noreply.github.com`, date: now() } };
}

/** GitHub itself, as the committer of what it signs. */
export const webFlow = (): { name: string; email: string; date: string } => ({
  name: "GitHub",
  email: "noreply@github.com",
  date: now(),
});
