import { join } from "node:path";
import type { AgentUser } from "../agent-user.ts";
import { Git } from "../git/run-git.ts";
import type { Workspace } from "../workspace.ts";
import { addPaths } from "./add-paths.ts";
import { BaseTree, type PathEntry, parseStage } from "./base-tree.ts";
import { lendingEnvironment, openCollector } from "./collector-repository.ts";
import { diffTrees } from "./tree-diff.ts";

type BaseInput = {
  workspace: Workspace;
  user: AgentUser;
  /** The supervisor's git on the trusted repository. */
  trusted: Git;
  baseSha: string;
  hiddenPaths: readonly string[];
  /** Epoch ms. */
  finishBy: number;
};

/** The base's index, for questions about its attributes; the supervisor's own. */
export const baseIndexPath = (workspace: Workspace): string => join(workspace.privateDir, "base.index");

/**
 * Reads the fresh work tree before the agent starts: what is there, and what git would make of it if nobody did anything.
 */
export async function readBase(input: BaseInput): Promise<BaseTree> {
  const { workspace, trusted, baseSha, user } = input;
  const timeoutMs = Math.max(2000, input.finishBy - Date.now());
  const ownIndex = { GIT_INDEX_FILE: baseIndexPath(workspace) };
  await trusted.run(["read-tree", baseSha], { env: ownIndex, timeoutMs });
  const entries = parseStage(await trusted.run(["ls-files", "--stage", "-z"], { env: ownIndex, timeoutMs }));
  const tree = await trusted.text(["rev-parse", `${baseSha}^{tree}`]);
  const facts = { commit: baseSha, tree, entries, hiddenPaths: input.hiddenPaths };
  const before = new BaseTree({ ...facts, rewritten: new Map() });
  await refreshIndex(input, timeoutMs);
  // Without attributes git writes files as they are.
  if (!before.hasAttributes) return before;
  const lent = lendingEnvironment(join(workspace.work, ".git/objects"));
  const opened = await openCollector({ name: "base", workspace, user, head: baseSha });
  const git = opened.git.with(lent ?? {});
  const here = { cwd: workspace.work, timeoutMs };
  // An index without times: git looks into every file.
  await git.run(["read-tree", baseSha], here);
  await git.succeeds(["update-index", "-q", "--refresh"], here);
  const modified = await git.run(["diff-files", "--name-only", "--diff-filter=M", "-z"], here);
  await addPaths(git, modified.toString("utf8").split("\0").filter(Boolean), here);
  const written = await git.text(["write-tree"], here);
  const [changes = []] = await diffTrees(git, [{ from: tree, to: written }], timeoutMs);
  const rewritten = new Map<string, PathEntry>(
    changes.filter(({ isText }) => isText).map(({ path, after }) => [path, after]),
  );
  return new BaseTree({ ...facts, rewritten });
}

/** Lets the agent's git know its files: they have another owner since they were checked out. Their repository is still ours. */
async function refreshIndex({ workspace, user }: BaseInput, timeoutMs: number): Promise<void> {
  const env = { GIT_DIR: join(workspace.work, ".git"), GIT_WORK_TREE: workspace.work };
  const git = new Git({ home: workspace.home, user, env });
  await git.succeeds(["update-index", "-q", "--refresh"], { cwd: workspace.work, timeoutMs });
}
