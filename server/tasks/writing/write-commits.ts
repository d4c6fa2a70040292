import type { Making, WrittenHead } from "@/lib/write-progress";
import { textOf } from "@/server/change-sets/inline-text";
import type { PlannedCommit, WritingPlan } from "@/server/change-sets/plan-writing";
import type { PlannedEntry } from "@/server/change-sets/tree-entries";
import type { GitHubGitData, GitTreeEntry } from "@/server/github/port";

export type CommitsInput = {
  plan: WritingPlan;
  /** The base's commit and tree. */
  base: { commit: string; tree: string };
  /** What GitHub has already; it is brought up to date as more is made. */
  progress: Making;
  /** Keeps the progress, so that the next one goes on from there. */
  keep: () => Promise<void>;
  /** Asked before calls are made. Not null: not now, but in so many ms. */
  mayCall: (wanted: { calls: number; uploads: number }) => Promise<number | null>;
  /** The tree of another commit that the repository has. */
  treeOf: (commit: string) => Promise<string>;
  /** The content of a file of the set. */
  contentOf: (sha: string) => Promise<Uint8Array>;
  messageOf: (commit: PlannedCommit) => string;
  git: GitHubGitData;
};

/** `differs`: GitHub made something else of it than the set says (a file or a commit's tree); nothing may be shown. */
export type CommitsWritten =
  | ({ outcome: "written" } & WrittenHead)
  | { outcome: "differs"; what: string; expected: string; got: string }
  | { outcome: "paused"; waitMs: number };
type Stopped = Exclude<CommitsWritten, { outcome: "written" }>;

const UPLOADS_AT_ONCE = 6;
/** A larger file goes alone: with its base64 and the request it is in memory three times. */
const LARGE = 1024 * 1024;

/**
 * Writes a plan's files, trees and commits. No branch shows them yet, so what was made twice after a kill is nobody's:
 * the same content has the same id, and a commit that nobody kept is never shown.
 */
export async function writeCommits(input: CommitsInput): Promise<CommitsWritten> {
  const { plan, base, progress, keep } = input;
  const stopped = await upload(input);
  if (stopped !== null) return stopped;
  for (const commit of plan.commits.slice(progress.made.length)) {
    const halted = await writeCommit(commit, input);
    if (halted !== null) return halted;
    if (plan.commits.length > 1) await keep();
  }
  const last = progress.made.at(-1) ?? base;
  const verified = progress.made.every((made) => made.verified);
  return { outcome: "written", commit: last.commit, tree: last.tree, verified };
}

async function upload({ plan, progress, keep, mayCall, ...by }: CommitsInput): Promise<Stopped | null> {
  while (progress.uploaded < plan.uploads.length) {
    const files = nextUploads(plan.uploads.slice(progress.uploaded));
    const waitMs = await mayCall({ calls: files.length, uploads: files.length });
    if (waitMs !== null) return { outcome: "paused", waitMs };
    // One after the other: each may lie in another part, and one part is in memory at a time.
    const contents: Uint8Array[] = [];
    for (const { sha } of files) contents.push(await by.contentOf(sha));
    // Nobody holds a file any more once its request is made.
    const ids = await Promise.all(contents.splice(0).map((content) => by.git.createBlob(content)));
    const wrong = files.findIndex(({ sha }, at) => ids[at] !== sha);
    const [file, got] = [files[wrong], ids[wrong]];
    if (file !== undefined && got !== undefined) return { outcome: "differs", what: file.sha, expected: file.sha, got };
    progress.uploaded += files.length;
    await keep();
  }
  return null;
}

/** What goes at once: a few small files, or one large one. */
function nextUploads(left: WritingPlan["uploads"]): WritingPlan["uploads"] {
  const few = left.slice(0, UPLOADS_AT_ONCE);
  const large = few.findIndex(({ bytes }) => bytes > LARGE);
  return large === -1 ? few : few.slice(0, Math.max(1, large));
}

async function writeCommit(commit: PlannedCommit, input: CommitsInput): Promise<Stopped | null> {
  const { base, progress, mayCall, git, messageOf } = input;
  const made = new Map([[base.commit, base], ...progress.made.map((one) => [one.id, one] as const)]);
  const [first = ""] = commit.parents;
  const begun = progress.at ?? { tree: made.get(first)?.tree ?? (await input.treeOf(first)), requests: 0 };
  progress.at = begun;
  for (const request of commit.requests.slice(begun.requests)) {
    const waitMs = await mayCall({ calls: 1, uploads: 0 });
    if (waitMs !== null) return { outcome: "paused", waitMs };
    begun.tree = await git.createTree(begun.tree, await entriesOf(request, input.contentOf));
    begun.requests += 1;
  }
  const { tree } = begun;
  if (commit.tree !== null && tree !== commit.tree) {
    return { outcome: "differs", what: commit.id, expected: commit.tree, got: tree };
  }
  const waitMs = await mayCall({ calls: 1, uploads: 0 });
  if (waitMs !== null) return { outcome: "paused", waitMs };
  const parents = commit.parents.map((parent) => made.get(parent)?.commit ?? parent);
  const written = await git.createCommit({ message: messageOf(commit), tree, parents });
  progress.made.push({ id: commit.id, commit: written.sha, tree, verified: written.verified });
  progress.at = null;
  return null;
}

async function entriesOf(
  request: readonly PlannedEntry[],
  contentOf: CommitsInput["contentOf"],
): Promise<GitTreeEntry[]> {
  const entries: GitTreeEntry[] = [];
  for (const entry of request) {
    const { path, mode } = entry;
    if (entry.kind === "gone") {
      entries.push({ path, mode, type: entry.what, sha: null });
      continue;
    }
    const content = entry.kind === "text" ? textOf(await contentOf(entry.sha)) : null;
    const type = mode === "160000" ? "commit" : "blob";
    entries.push(content === null ? { path, mode, type, sha: entry.sha } : { path, mode, type, content });
  }
  return entries;
}
