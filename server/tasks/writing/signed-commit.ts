import type { AppContext } from "@/server/context";
import { differingPaths } from "@/server/change-sets/plan-writing";
import type { AttemptRow, TaskRow } from "@/server/db/task-store";
import type { GitHubRepository, SignedCommit } from "@/server/github/port";
import type { WriteProgress } from "@/lib/write-progress";
import type { OpenChangeSet } from "../change-set/open-change-set";
import { messagesFor } from "./commit-message";

/** All of it is one request, and in memory at once. */
const MOST_BYTES = 8 * 1024 ** 2;

type Written = {
  task: TaskRow;
  attempt: AttemptRow;
  opened: OpenChangeSet;
  progress: WriteProgress;
  repository: GitHubRepository;
};

/** What was written as one commit of plain files, which is all that GitHub signs for anybody. Null: it is not that. */
export async function signedCommit(
  context: AppContext,
  { task, attempt, opened, progress, repository }: Written,
): Promise<Omit<SignedCommit, "on"> | null> {
  const { manifest, contentOf } = opened;
  const tree = await repository.treeOf(manifest.base);
  const [before, after] = [
    tree === null ? null : await repository.treeFiles(tree),
    progress.head === null ? null : await repository.treeFiles(progress.head.tree),
  ];
  if (before === null || after === null) return null;
  const sizes = new Map(manifest.blobs.map(({ sha, size }) => [sha, size]));
  const additions: { path: string; sha: string }[] = [];
  const deletions: string[] = [];
  let bytes = 0;
  for (const path of differingPaths(before, after)) {
    const [old, entry] = [before.get(path), after.get(path)];
    if ([old, entry].some((one) => one !== undefined && one.mode !== "100644")) return null;
    if (entry === undefined) deletions.push(path);
    else {
      const size = sizes.get(entry.sha);
      // The base has it elsewhere, and it was not handed over.
      if (size === undefined) return null;
      bytes += size;
      additions.push({ path, sha: entry.sha });
    }
  }
  if (bytes > MOST_BYTES) return null;
  const messageOf = await messagesFor(context, { task, attempt });
  const files: SignedCommit["additions"] = [];
  for (const { path, sha } of additions) files.push({ path, content: await contentOf(sha) });
  return {
    message: messageOf({ messages: manifest.commits.map(({ message }) => message) }),
    additions: files,
    deletions,
  };
}
