import { join } from "node:path";
import { makesDraft, noteSentence } from "../../../lib/change-set-notes.ts";
import type { Note } from "../../../lib/change-set.ts";
import { type HeldBack, heldBackSentences, isByProduct } from "../../../lib/held-back.ts";
import type { AgentUser } from "../agent-user.ts";
import type { BaseTree } from "../collect/base-tree.ts";
import { collectWork, type Work } from "../collect/collect-work.ts";
import { subjectOf } from "../collect/commit-object.ts";
import type { PlannedCommit } from "../collect/series-plan.ts";
import { emptyTreeLike } from "../collect/tree-diff.ts";
import { writeSeries } from "../collect/write-series.ts";
import { RunFailure } from "../run-failure.ts";
import type { Workspace } from "../workspace.ts";
import { withTrailers, heldPatch } from "./message-texts.ts";
import { reviewChanges, type SecretTests } from "./review.ts";
import type { Git } from "./run-git.ts";
import type { Identity } from "./work-tree.ts";

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
  heldBack: HeldBack[];
  notes: Note[];
};

export type ChangesInput = {
  workspace: Workspace;
  user: AgentUser;
  identity: Identity;
  base: BaseTree;
  trailers: string[];
  /** Title for work without an own commit: the agent's words, else the issue's. Redacted: it becomes a message. */
  fallbackTitle: string;
  tests: SecretTests;
  /** Epoch ms. */
  finishBy: number;
};

const LONGEST_PATCH = 60_000;

/**
 * Takes the agent's work across the boundary into the trusted repository, checks it and makes it Porter's. null: the agent
 * changed nothing. Throws `RunFailure`.
 */
export async function prepareChanges(git: Git, input: ChangesInput): Promise<Changes | null> {
  const { base, tests } = input;
  const containsOwnSecret = (text: string | Uint8Array): boolean => tests.containsOwnSecret(text);
  const work = await collectWork({ ...input, containsOwnSecret, trusted: git, asked: new Set() });
  refuseNothing(work);
  const title = titleOf(work, input);
  const tip = await write(git, work, { ...input, title });
  if (tip === null && work.heldBack.length === 0 && work.notes.length === 0) return null;
  const review =
    tip === null ? { draftReasons: [], notices: [] } : await reviewChanges(git, { base: base.commit, tip }, tests);
  const { draftReasons, notices } = sentencesOf(work);
  const heldBackPatch = await patchOf(git, work);
  return {
    tip,
    title,
    commits: work.commits.length,
    filesChanged: work.size.files,
    additions: work.size.additions,
    deletions: work.size.deletions,
    draftReasons: [...draftReasons, ...review.draftReasons],
    notices: [...notices, ...review.notices],
    heldBackPatch,
    heldBack: work.heldBack,
    notes: work.notes,
  };
}

/** Work of which nothing is left is a failure that says why; what tools leave behind is no work. */
function refuseNothing({ line, heldBack }: Work): void {
  const lost = heldBack.filter(({ reason }) => !isByProduct(reason) && reason.kind !== "workflow");
  if (line !== null || lost.length === 0) return;
  if (lost.some(({ reason }) => reason.kind === "own_secret")) {
    throw new RunFailure(
      "secret_in_changes",
      "A credential of this run appears in the changes, so nothing was pushed.",
    );
  }
  throw new RunFailure("push_rejected", `Nothing is left to push. ${heldBackSentences(lost).join(" ")}`.slice(0, 1000));
}

/** The commits, with Porter's trailers and without the run's secrets in their texts; null: there are none. */
async function write(git: Git, work: Work, input: ChangesInput & { title: string }): Promise<string | null> {
  if (work.line === null) return null;
  const { tests, trailers } = input;
  const written = await writeSeries(git, {
    commits: work.commits,
    identity: input.identity,
    messageOf: (commit) => withTrailers(messageOf(commit, input), trailers),
    isUsableAuthor: (header) => !tests.containsOwnSecret(header),
    ref: "refs/porter/series",
    marksFile: join(input.workspace.privateDir, "series.marks"),
    now: Date.now(),
  });
  const tip = written.get(work.tip) ?? work.tip;
  const tree = await git.text(["rev-parse", `${tip}^{tree}`]);
  if (tree === emptyTreeLike(tree))
    throw new RunFailure("agent_failed", "The agent removed every file, so nothing was pushed.");
  return tip;
}

function messageOf({ commit }: PlannedCommit, { title, tests }: ChangesInput & { title: string }): Buffer | string {
  if (commit === null) return title;
  if (!tests.containsOwnSecret(commit.message)) return commit.message;
  const redacted = tests.redact(commit.message.toString("utf8"));
  return tests.containsOwnSecret(redacted) ? title : redacted;
}

/** First line of the agent's first own commit, else the fallback. */
function titleOf({ commits }: Work, { fallbackTitle, tests }: ChangesInput): string {
  const own = commits.find(({ commit }) => commit !== null)?.commit;
  return (own && cutLine(tests.redact(subjectOf(own)), 200)) ?? fallbackTitle;
}

function sentencesOf({ notes, heldBack }: Work): { draftReasons: string[]; notices: string[] } {
  const workflows = heldBack.some(({ reason }) => reason.kind === "workflow");
  return {
    draftReasons: [
      ...notes.filter(makesDraft).map(noteSentence),
      ...(workflows ? ["Files that GitHub runs by itself were held back: Porter may not push them."] : []),
    ],
    notices: [
      ...notes.filter((note) => !makesDraft(note)).map(noteSentence),
      ...heldBackSentences(heldBack.filter(({ reason }) => reason.kind !== "workflow")),
    ],
  };
}

/** The workflows that are held back, as a patch. */
async function patchOf(git: Git, { source, heldBack }: Work): Promise<string | null> {
  const paths = heldBack.filter(({ reason }) => reason.kind === "workflow").map(({ path }) => path);
  if (source === null || paths.length === 0) return null;
  const patch = await heldPatch(git, { ...source, paths }, LONGEST_PATCH);
  return patch === "" ? null : patch;
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
