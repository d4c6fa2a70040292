import { join } from "node:path";
import type { AgentUser } from "../agent-user.ts";
import { asRunFailure, RunFailure } from "../run-failure.ts";
import type { Workspace } from "../workspace.ts";
import { importBundle } from "./bundle-boundary.ts";
import { collectWork, type Collected } from "./collect.ts";
import { reviewChanges, type SecretTests } from "./review.ts";
import type { Git } from "./run-git.ts";
import { rewriteSeries, workflowPatch } from "./series.ts";
import { type Identity, identityEnv } from "./work-tree.ts";

/** Work that is checked and ready to be pushed. `tip` null: nothing to push is left (perhaps all was held back). */
export type Changes = {
  tip: string | null;
  title: string;
  commits: number;
  filesChanged: number;
  additions: number;
  deletions: number;
  draftReasons: string[];
  notices: string[];
  heldBackPatch: string | null;
};

export type ChangesInput = {
  workspace: Workspace;
  user: AgentUser;
  identity: Identity;
  baseSha: string;
  hiddenPaths: readonly string[];
  trailers: string[];
  /** Title for work without an own commit: the agent's words, else the issue's. Redacted: it becomes a message. */
  fallbackTitle: string;
  tests: SecretTests;
  /** Epoch ms. */
  finishBy: number;
};

const MOST_COMMITS = 200;
const LONGEST_PATCH = 60_000;

/**
 * Takes the agent's work across the boundary into the trusted repository, checks it and makes it Porter's: trailers,
 * workflow files held back, a rewritten history as one commit. null: the agent changed nothing. Throws `RunFailure`.
 */
export async function prepareChanges(git: Git, input: ChangesInput): Promise<Changes | null> {
  const taken = await takeWork(git, input);
  if (taken === null) return null;
  const { base, tip, snapshot, notices } = await asDescendant(git, input, taken);
  if (await sameTree(git, base, tip)) return null;
  const review = await reviewChanges(git, { base, tip }, input.tests);
  const title = await titleOf(git, { base, tip, snapshot, fallback: input.fallbackTitle });
  const rewritten = await rewriteSeries(git, {
    base,
    tip,
    trailers: input.trailers,
    messages: snapshot === null ? new Map<string, string>() : new Map([[snapshot, title]]),
    holdBackWorkflows: review.touchesWorkflows,
    scratchIndex: join(input.workspace.privateDir, "scratch.index"),
  });
  const heldBackPatch = review.touchesWorkflows ? await workflowPatch(git, { base, tip }, LONGEST_PATCH) : null;
  if (heldBackPatch)
    review.draftReasons.push("Changes under `.github/workflows` were held back: Porter may not push them.");
  const empty = rewritten === base || (await sameTree(git, base, rewritten));
  return {
    tip: empty ? null : rewritten,
    title,
    ...(await numbersOf(git, base, empty ? base : rewritten)),
    draftReasons: review.draftReasons,
    notices: [...notices, ...review.notices],
    heldBackPatch: heldBackPatch === "" ? null : heldBackPatch,
  };
}

/** The agent's commits if its repository is sound, else its files. */
async function takeWork(git: Git, input: ChangesInput): Promise<{ tip: string; collected: Collected } | null> {
  const attempt = async (from: "head" | "files"): Promise<{ tip: string; collected: Collected } | null> => {
    const collected = await collectWork({ ...input, trusted: git }, from);
    if (collected === null) return null;
    return { collected, tip: await importBundle(git, { ...input, bundle: collected.bundle }) };
  };
  try {
    return await attempt("head");
  } catch (error) {
    const failure = asRunFailure(error);
    if (failure.failureCode !== "internal") throw failure;
  }
  try {
    return await attempt("files");
  } catch (error) {
    const failure = asRunFailure(error);
    if (failure.failureCode !== "internal") throw failure;
    throw new RunFailure("agent_failed", "The agent left a repository that cannot be read.", { cause: error });
  }
}

type Descendant = { base: string; tip: string; snapshot: string | null; notices: string[] };

/** The work as commits on the base; a history that the agent rewrote, or a very long one, becomes one commit. */
async function asDescendant(
  git: Git,
  input: ChangesInput,
  taken: { tip: string; collected: Collected },
): Promise<Descendant> {
  const { tip, collected } = taken;
  const base = input.baseSha;
  const descends = await git.succeeds(["merge-base", "--is-ancestor", base, tip]);
  const count = descends ? Number(await git.text(["rev-list", "--count", `${base}..${tip}`])) : 0;
  if (descends && count <= MOST_COMMITS) return { base, tip, snapshot: collected.snapshot, notices: [] };
  const squash = ["commit-tree", `${tip}^{tree}`, "-p", base, "-m", "porter: squashed work"];
  const squashed = await git.text(squash, { env: identityEnv(input.identity) });
  const why = descends ? `made ${count} commits` : "rewrote the history";
  return { base, tip: squashed, snapshot: squashed, notices: [`The agent ${why}, so its work is one commit here.`] };
}

/** First line of the agent's first own commit, else the fallback. */
async function titleOf(
  git: Git,
  input: { base: string; tip: string; snapshot: string | null; fallback: string },
): Promise<string> {
  const log = ["log", "--reverse", "--topo-order", "--format=%H %s", `${input.base}..${input.tip}`];
  for (const line of (await git.text(log)).split("\n")) {
    const [sha, ...subject] = line.split(" ");
    if (sha && sha !== input.snapshot && subject.length > 0) return cutLine(subject.join(" "), 200) ?? input.fallback;
  }
  return input.fallback;
}

/** The first line with words in it, without Markdown's marks and control characters, cut; null: there is none. */
export function cutLine(text: string, maxChars: number): string | null {
  for (const raw of text.split("\n")) {
    const line = raw.replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g, " ");
    const words = line
      .replace(/^[\s#>*_-]+/, "")
      .replace(/[*_]{2,}/g, "")
      .replace(/\s+/g, " ")
      .trim();
    if (!/[\p{L}\p{N}]/u.test(words)) continue;
    const characters = [...words];
    return characters.length <= maxChars
      ? words
      : `${characters
          .slice(0, maxChars - 1)
          .join("")
          .trimEnd()}…`;
  }
  return null;
}

async function sameTree(git: Git, left: string, right: string): Promise<boolean> {
  return git.succeeds(["diff-tree", "--quiet", left, right]);
}

async function numbersOf(
  git: Git,
  base: string,
  tip: string,
): Promise<Pick<Changes, "commits" | "filesChanged" | "additions" | "deletions">> {
  const stat = await git.text(["diff", "--shortstat", "--no-ext-diff", "--no-textconv", "--no-renames", base, tip]);
  const number = (pattern: RegExp): number => Number(pattern.exec(stat)?.[1] ?? 0);
  return {
    commits: Number(await git.text(["rev-list", "--count", `${base}..${tip}`])),
    filesChanged: number(/(\d+) files? changed/),
    additions: number(/(\d+) insertions?/),
    deletions: number(/(\d+) deletions?/),
  };
}
