import { type AgentUser } from "../agent-user.ts";
import { handOver, type Workspace } from "../workspace.ts";
import { hidePaths } from "./hidden-paths.ts";
import { type Git } from "./run-git.ts";

/** Author and committer of the supervisor's commits. */
export type Identity = { userName: string; userEmail: string };

/**
 * Checks the base branch out for the agent: its own repository on its own branch, without a remote, hooks or
 * credentials, owned by the agent's user; without the files that its CLI would run or obey.
 */
export async function prepareWorkTree(
  git: Git,
  input: {
    workspace: Workspace;
    base: string;
    branch: string;
    identity: Identity;
    user: AgentUser;
    hiddenPaths: readonly string[];
  },
): Promise<void> {
  const { workspace } = input;
  const clone = ["clone", "--quiet", "--template=", "--no-local", "--single-branch", "--no-tags"];
  await git.run([...clone, "--branch", input.base, "--", `file://${workspace.trusted}`, workspace.work], {
    env: { GIT_ALLOW_PROTOCOL: "file" },
    timeoutMs: 300_000,
  });
  const inWork = git.with({ GIT_DIR: `${workspace.work}/.git`, GIT_WORK_TREE: workspace.work });
  await inWork.run(["remote", "remove", "origin"]);
  await inWork.run(["config", "user.name", input.identity.userName]);
  await inWork.run(["config", "user.email", input.identity.userEmail]);
  await inWork.run(["checkout", "--quiet", "-b", input.branch]);
  await hidePaths(inWork, workspace.work, input.hiddenPaths);
  await handOver(workspace.work, input.user);
}

/** Notes for the log about what the checkout leaves out: submodules and LFS stay off. */
export async function checkoutNotes(git: Git, baseSha: string): Promise<string[]> {
  const notes: string[] = [];
  if (await git.succeeds(["cat-file", "-e", `${baseSha}:.gitmodules`])) notes.push("Submodules are not checked out.");
  const lfs = ["grep", "-q", "filter=lfs", baseSha, "--", ".gitattributes", "**/.gitattributes"];
  if (await git.succeeds(lfs)) notes.push("Git LFS files are pointers here, not their contents.");
  return notes;
}
