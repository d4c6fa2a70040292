import type { HeldBack } from "../../../lib/held-back.ts";
import type { AgentUser } from "../agent-user.ts";
import type { Git, GitOptions } from "../git/run-git.ts";
import { addPaths } from "./add-paths.ts";
import { type BaseTree, isAttributes } from "./base-tree.ts";
import { nulInput } from "./git-paths.ts";
import { keepStagedModes, onlyRewritten, staysRemoved } from "./index-intent.ts";
import { readyIndex } from "./ready-index.ts";
import { surveyWorkTree } from "./survey.ts";
import { parseStatus, type WorkTreeStatus } from "./work-tree-status.ts";

export type SnapshotInput = {
  /** Its GIT_DIR holds HEAD and, where `hasIndex`, a copy of the agent's index; its work tree is `work`. */
  git: Git;
  work: string;
  hasIndex: boolean;
  user: AgentUser;
  base: BaseTree;
  /** Epoch ms. */
  finishBy: number;
};

/**
 * A work tree as a tree, what of it could not be taken, and what its ignore files keep out. `withOptional`: the tree with the
 * files that are held back as tools' and may still be wanted.
 */
export type WorkTreeSnapshot = { tree: string; withOptional: string; heldBack: HeldBack[]; ignored: string[] };

const STATUS = [
  "status",
  "--porcelain=v2",
  "-z",
  "--untracked-files=all",
  "--ignored=matching",
  "--no-renames",
  // Else git would start another git in each submodule, with the configuration that it has.
  "--ignore-submodules=dirty",
];

/**
 * What `git add --all` and `git write-tree` would make of a work tree and its index, path by path: one that cannot be
 * taken is named and left as the index has it. What was staged on purpose (removals, modes, forced files) stays staged.
 */
export async function takeSnapshot(input: SnapshotInput): Promise<WorkTreeSnapshot> {
  const { git } = input;
  const here = { cwd: input.work, timeoutMs: Math.max(2000, input.finishBy - Date.now()) };
  await readyIndex(input, here);
  const status = parseStatus(await git.run(STATUS, here));
  const survey = await surveyWorkTree({ ...input, status }, here);
  const facts = { status, files: survey.files };
  const removed = await staysRemoved(git, facts, here);
  const staged = await keepStagedModes(git, facts, here);
  const rewritten = hasAttributes(input.base, status) ? await onlyRewritten(git, facts, here) : new Set();
  // In conflict and not readable: the index must lose it, or there is no tree.
  const held = new Set(survey.heldBack.map(({ path }) => path));
  const lost = status.tracked.filter(({ path, headSha }) => headSha === "" && held.has(path)).map(({ path }) => path);
  const remove = [...survey.remove, ...lost];
  if (remove.length > 0) {
    await git.run(["update-index", "-z", "--force-remove", "--stdin"], { ...here, input: nulInput(remove) });
  }
  const add = survey.add.filter((path) => !removed.has(path) && !rewritten.has(path));
  const refused = await addPaths(git, add, here);
  for (const [chmod, paths] of staged) {
    await git.run(["update-index", `--chmod=${chmod}`, "-z", "--stdin"], { ...here, input: nulInput(paths) });
  }
  const tree = await git.text(["write-tree"], here);
  return {
    tree,
    withOptional: survey.optional.length === 0 ? tree : await addOptional(git, survey.optional, here),
    heldBack: [...survey.heldBack, ...refused],
    ignored: status.ignored.map(({ path }) => path),
  };
}

async function addOptional(git: Git, paths: readonly string[], here: GitOptions): Promise<string> {
  await addPaths(git, paths, here);
  return git.text(["write-tree"], here);
}

/** Without attributes git takes files as they are. */
function hasAttributes(base: BaseTree, { tracked, untracked }: WorkTreeStatus): boolean {
  return base.hasAttributes || [...tracked, ...untracked].some(({ path }) => isAttributes(path));
}
