import { eachAtMost } from "@/lib/concurrency";
import { textOf } from "@/server/change-sets/inline-text";
import type { WritingPlan } from "@/server/change-sets/plan-writing";
import type { PlannedEntry } from "@/server/change-sets/tree-entries";
import type { GitHubGitData, GitTreeEntry } from "@/server/github/port";

export type CommitsInput = {
  plan: WritingPlan;
  /** The base's commit and tree. */
  base: { commit: string; tree: string };
  /** The tree of another commit that the repository has. */
  treeOf: (commit: string) => Promise<string>;
  /** The content of a file of the set. */
  contentOf: (sha: string) => Promise<Uint8Array>;
  messageOf: (commit: WritingPlan["commits"][number]) => string;
  git: GitHubGitData;
};

/** `differs`: GitHub made something else of it than the set says (a file or a commit's tree); nothing may be shown. */
export type CommitsWritten =
  | { outcome: "written"; head: string; tree: string; verified: boolean }
  | { outcome: "differs"; what: string; expected: string; got: string };

const UPLOADS_AT_ONCE = 6;
/** A larger file goes alone: with its base64 and the request it is in memory three times. */
const LARGE = 1024 * 1024;

/**
 * Writes a plan's files, trees and commits. No branch shows them yet, so it may be done again from the start after any
 * line: the same content has the same id, and what nobody shows is nobody's.
 */
export async function writeCommits({
  plan,
  base,
  contentOf,
  treeOf,
  messageOf,
  git,
}: CommitsInput): Promise<CommitsWritten> {
  const wrong = await upload(plan, { contentOf, git });
  if (wrong !== null) return wrong;
  const made = new Map([[base.commit, base]]);
  let last = base;
  let verified = true;
  for (const commit of plan.commits) {
    const [first = ""] = commit.parents;
    let tree = made.get(first)?.tree ?? (await treeOf(first));
    for (const request of commit.requests) tree = await git.createTree(tree, await entriesOf(request, contentOf));
    if (commit.tree !== null && tree !== commit.tree) {
      return { outcome: "differs", what: commit.id, expected: commit.tree, got: tree };
    }
    const parents = commit.parents.map((parent) => made.get(parent)?.commit ?? parent);
    const written = await git.createCommit({ message: messageOf(commit), tree, parents });
    last = { commit: written.sha, tree };
    made.set(commit.id, last);
    verified &&= written.verified;
  }
  return { outcome: "written", head: last.commit, tree: last.tree, verified };
}

async function upload(
  { uploads }: WritingPlan,
  { contentOf, git }: Pick<CommitsInput, "contentOf" | "git">,
): Promise<CommitsWritten | null> {
  let wrong: CommitsWritten | null = null;
  const send = async ({ sha }: { sha: string }): Promise<void> => {
    const got = await git.createBlob(await contentOf(sha));
    if (got !== sha) wrong ??= { outcome: "differs", what: sha, expected: sha, got };
  };
  const isLarge = ({ bytes }: { bytes: number }): boolean => bytes > LARGE;
  for (const file of uploads.filter(isLarge)) await send(file);
  const small = uploads.filter((file) => !isLarge(file));
  await eachAtMost(UPLOADS_AT_ONCE, small, send);
  return wrong;
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
