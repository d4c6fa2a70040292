import { foldersOf } from "@/server/change-sets/tree-entries";
import { GitHubError, type GitHubGitData, type GitHubRepository, type SignedCommit } from "@/server/github/port";
import type { WrittenHead } from "@/lib/write-progress";
import type { WorkRefusal } from "@/lib/work-refusal";

export type BranchToShow = {
  branch: string;
  head: WrittenHead;
  /** The commit that the work stands on. */
  base: string;
  /** Heads that Porter itself put on this branch before; nobody else's are ever replaced. */
  own: ReadonlySet<string>;
  /** The work as one commit that GitHub signs; null: it cannot be one. */
  signed: () => Promise<Omit<SignedCommit, "on"> | null>;
};
type Shown = { is: "shown"; head: WrittenHead } | { is: "refused"; refusal: WorkRefusal };
type At = { git: GitHubGitData; repository: GitHubRepository };

const SIGNATURES = /signature|signed/i;
const NO_ROOM = /reference update failed/i;

const again = (message: string): GitHubError => new GitHubError({ kind: "unavailable", message });

/** Makes the branch show the work. The same again does nothing more. @throws GitHubError, also with `refusedBy` */
export async function showBranch(at: At, show: BranchToShow): Promise<Shown> {
  const { branch, head } = show;
  try {
    if ((await at.git.createBranch(branch, head.commit)) === "made") return { is: "shown", head };
  } catch (error) {
    if (!(error instanceof GitHubError) || error.failure.kind !== "invalid") throw error;
    const { refusedBy, errors, message } = error.failure;
    if (refusedBy?.rules.some((rule) => SIGNATURES.test(rule)) && !head.verified) {
      const signed = await showSigned(at, show);
      if (signed !== null) return signed;
    }
    const blocking = [message, ...errors].some((text) => NO_ROOM.test(text)) ? await blockingBranch(at, branch) : null;
    if (blocking !== null) return { is: "refused", refusal: { kind: "branch_blocked", by: blocking } };
    throw error;
  }
  return showOnExisting(at, show);
}

async function showOnExisting({ git, repository }: At, show: BranchToShow): Promise<Shown> {
  const { branch, head, own } = show;
  const from = await repository.branchSha(branch);
  if (from === null) throw again("the branch is there and cannot be read yet");
  if (from === head.commit) return { is: "shown", head };
  const there = await git.readCommit(from);
  // What a killed one of ours left: the same files on the same commit.
  if (there?.tree === head.tree && there.parents.length === 1 && there.parents[0] === show.base)
    return { is: "shown", head: { commit: from, tree: there.tree, verified: there.verified } };
  if (!own.has(from)) return { is: "refused", refusal: { kind: "branch_moved", branch } };
  if ((await git.moveBranch(branch, { from, to: head.commit, replaces: true })) === "moved")
    return { is: "shown", head };
  throw again("the branch moved meanwhile");
}

/** A branch that stands where a folder of ours has to. */
async function blockingBranch({ repository }: At, branch: string): Promise<string | null> {
  for (const folder of foldersOf(branch)) if ((await repository.branchSha(folder)) !== null) return folder;
  return null;
}

const GONE = "0".repeat(40);

/** The same files in one commit that GitHub makes itself, and so signs. Null: it does not do that here either. */
async function showSigned({ git, repository }: At, show: BranchToShow): Promise<Shown | null> {
  const { branch, base, head } = show;
  const wanted = await show.signed();
  if (wanted === null) return null;
  if ((await git.createBranch(branch, base)) === "exists") {
    const from = await repository.branchSha(branch);
    if (from !== base) return showOnExisting({ git, repository }, show);
  }
  const commit = await git.createCommitOnBranch(branch, { ...wanted, on: base }).catch(async (error: unknown) => {
    // Without the work the branch is nobody's.
    await git.moveBranch(branch, { from: base, to: GONE, replaces: true });
    throw error;
  });
  if (commit === null) throw again("the branch moved meanwhile");
  const made = await git.readCommit(commit);
  if (made === null) throw again("the commit cannot be read yet");
  if (made.tree === head.tree) return { is: "shown", head: { commit, tree: made.tree, verified: made.verified } };
  await git.moveBranch(branch, { from: commit, to: GONE, replaces: true });
  return { is: "refused", refusal: { kind: "tree_differs" } };
}
