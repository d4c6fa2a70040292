import { join } from "node:path";
import { makesDraft, noteSentence } from "../../../lib/change-set-notes.ts";
import type { Note } from "../../../lib/change-set.ts";
import type { HeldBack } from "../../../lib/held-back.ts";
import { heldBackSentences, isByProduct } from "../../../lib/held-back-words.ts";
import type { Redactor } from "../../../lib/redaction.ts";
import type { AgentUser } from "../agent-user.ts";
import type { BaseTree } from "../collect/base-tree.ts";
import { collectWork, type CollectedWork } from "../collect/collect-work.ts";
import { subjectOf } from "../collect/commit-object.ts";
import { type SeriesCommit, remainingPaths } from "../collect/series-plan.ts";
import type { SeriesInput } from "../collect/write-series.ts";
import { RunFailure } from "../run-failure.ts";
import type { Workspace } from "../workspace.ts";
import { heldPatch } from "./message-texts.ts";
import type { Git } from "./run-git.ts";
import type { Identity } from "./work-tree.ts";

/** What there is to say of the work. */
export type ChangeSummary = {
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

/** How its commits are written, without the run's secrets in their texts. */
export type SeriesTexts = Pick<SeriesInput, "identity" | "isUsable" | "marksFile" | "now"> & {
  textOf: (commit: SeriesCommit) => Buffer;
};

/** Work that was collected. `nothingLeft`: why none of it can arrive. */
export type Collected = {
  work: CollectedWork;
  texts: SeriesTexts;
  changes: ChangeSummary;
  nothingLeft: RunFailure | null;
};

export type ChangesInput = {
  workspace: Workspace;
  user: AgentUser;
  identity: Identity;
  base: BaseTree;
  /** Title for work without an own commit: the agent's words, else the issue's. Redacted: it becomes a message. */
  fallbackTitle: string;
  tests: Pick<Redactor, "redact" | "containsOwnSecret">;
  mayPushWorkflows: boolean;
  /** Epoch ms. */
  finishBy: number;
};

const LONGEST_PATCH = 60_000;

/** Takes the agent's work across the boundary into the trusted repository. null: it changed nothing. Throws `RunFailure`. */
export async function collectChanges(git: Git, input: ChangesInput): Promise<Collected | null> {
  const { tests } = input;
  const containsOwnSecret = (text: string | Uint8Array): boolean => tests.containsOwnSecret(text);
  const work = await collectWork({ ...input, containsOwnSecret, trusted: git });
  if (work.line === null && work.heldBack.length === 0 && work.notes.length === 0) return null;
  const title = titleOf(work, input);
  const texts: SeriesTexts = {
    identity: input.identity,
    textOf: (commit) => Buffer.from(messageOf(commit, { title, tests })),
    isUsable: (header) => !tests.containsOwnSecret(header),
    marksFile: join(input.workspace.privateDir, "series.marks"),
    now: Date.now(),
  };
  return { work, texts, changes: await changesOf(git, work, title), nothingLeft: nothingLeft(work) };
}

/** Of the work as it arrived: perhaps less than what was collected. */
export async function changesOf(git: Git, work: CollectedWork, title: string): Promise<ChangeSummary> {
  const { size, heldBack, notes, commits } = work;
  const { files: filesChanged, additions, deletions } = size;
  const heldBackPatch = await patchOf(git, work);
  const facts = { title, commits: commits.length, filesChanged, additions, deletions, heldBackPatch };
  return { ...facts, heldBack, notes, ...sentencesOf(work) };
}

/** Work of which nothing is left is a failure that says why; what tools leave behind is no work. */
function nothingLeft({ line, heldBack, filter }: CollectedWork): RunFailure | null {
  if (line !== null) {
    const left = remainingPaths(line, filter);
    const isEmptied = left.length === filter.base.entries.size && left.every(({ entry }) => entry === null);
    return isEmptied && left.length > 0 ? new RunFailure("agent_failed", "The agent removed every file.") : null;
  }
  const lost = heldBack.filter(({ reason }) => !isByProduct(reason) && reason.kind !== "workflow");
  if (lost.length === 0) return null;
  return lost.some(({ reason }) => reason.kind === "own_secret")
    ? new RunFailure("secret_in_changes", "A credential of this run appears in the changes.")
    : new RunFailure("push_rejected", `Nothing is left to push. ${heldBackSentences(lost).join(" ")}`.slice(0, 1000));
}

function messageOf(
  { commit }: SeriesCommit,
  { title, tests }: Pick<ChangesInput, "tests"> & { title: string },
): Buffer | string {
  if (commit === null) return title;
  if (!tests.containsOwnSecret(commit.message)) return commit.message;
  const redacted = tests.redact(commit.message.toString("utf8"));
  return tests.containsOwnSecret(redacted) ? title : redacted;
}

/** First line of the agent's first own commit, else the fallback. */
function titleOf({ commits }: CollectedWork, { fallbackTitle, tests }: ChangesInput): string {
  const own = commits.find(({ commit }) => commit !== null)?.commit;
  return (own && cutLine(tests.redact(subjectOf(own)), 200)) ?? fallbackTitle;
}

function sentencesOf({ notes, heldBack }: CollectedWork): { draftReasons: string[]; notices: string[] } {
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
async function patchOf(git: Git, { source, heldBack }: CollectedWork): Promise<string | null> {
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
