import { join } from "node:path";
import type { HeldBack } from "../../../lib/held-back.ts";
import type { AgentUser } from "../agent-user.ts";
import type { Git } from "../git/run-git.ts";
import type { Workspace } from "../workspace.ts";
import { askForRepository } from "./ask-reader.ts";
import type { BaseTree } from "./base-tree.ts";
import { copyObjects } from "./copy-objects.ts";
import { type CollectorRepository, lendingEnvironment, openCollector } from "./collector-repository.ts";
import type { Tip } from "./lines.ts";
import type { RepositoryAnswer } from "./reader-answers.ts";
import { type WorkTreeSnapshot, takeSnapshot } from "./snapshot.ts";
import type { TreePair } from "./tree-diff.ts";

export type GatherInput = {
  workspace: Workspace;
  user: AgentUser;
  /** The supervisor's git on the trusted repository. */
  trusted: Git;
  base: BaseTree;
  /** Epoch ms. */
  finishBy: number;
};

/** What the agent left, in the trusted repository by now. `collector` answers questions about its ignore files. */
export type Gathered = {
  collector: Git;
  tips: Tip[];
  stashes: string[];
  heldBack: HeldBack[];
  /** Between these trees are the files of tools' that may still be wanted. */
  optional: TreePair;
  ignored: string[];
  middles: RepositoryAnswer["middles"];
};

/** All lines of work, or (`isHeadAlone`) only what is checked out, for a repository of which another part is broken. */
export async function gatherLines(input: GatherInput, { isHeadAlone }: { isHeadAlone: boolean }): Promise<Gathered> {
  const { workspace, user, base } = input;
  const name = isHeadAlone ? "head" : "lines";
  const opened = await openCollector({ name, workspace, user, head: base.commit });
  const asking = { user, timeoutMs: Math.max(2000, input.finishBy - Date.now()) };
  const found = await askForRepository({ work: workspace.work, into: opened.directory }, asking);
  const lent = lendingEnvironment(found.objects);
  if (lent === null) throw new Error("the objects' folder has a strange name");
  const git = opened.git.with(lent);
  const main = await takeSnapshot({ ...input, git, work: workspace.work, hasIndex: found.hasIndex });
  const head: Tip = {
    kind: "head",
    name: "HEAD",
    commit: found.head ?? base.commit,
    tree: main.tree,
    isOnBranch: found.isOnBranch,
  };
  const others = isHeadAlone ? { tips: [], heldBack: [] } : await otherTips(input, { ...opened, git }, found);
  const stashes = isHeadAlone ? [] : await known(git, found.stashes);
  const tips = [head, ...others.tips];
  await carry(input, git, [
    ...tips.flatMap(({ commit, tree }) => [commit, ...(tree === null ? [] : [tree])]),
    ...stashes,
    main.withOptional,
  ]);
  return {
    collector: git,
    tips,
    stashes,
    heldBack: [...main.heldBack, ...others.heldBack],
    optional: { from: main.tree, to: main.withOptional },
    ignored: main.ignored,
    middles: found.middles,
  };
}

/** The files alone, where there is no repository of the agent's that can be read. */
export async function gatherFiles(input: GatherInput): Promise<Gathered> {
  const { workspace, user, base, trusted } = input;
  const prepare = async (directory: string): Promise<void> => {
    const fetch = ["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--depth=1"];
    await trusted.run([...fetch, `file://${workspace.trusted}`, base.commit], {
      env: { GIT_DIR: directory, GIT_ALLOW_PROTOCOL: "file" },
    });
  };
  const { git } = await openCollector({ name: "files", workspace, user, head: base.commit, prepare });
  const main: WorkTreeSnapshot = await takeSnapshot({ ...input, git, work: workspace.work, hasIndex: false });
  await carry(input, git, [main.tree, main.withOptional]);
  const head: Tip = { kind: "head", name: "HEAD", commit: base.commit, tree: main.tree, isOnBranch: true };
  return {
    collector: git,
    tips: [head],
    stashes: [],
    heldBack: main.heldBack,
    optional: { from: main.tree, to: main.withOptional },
    ignored: main.ignored,
    middles: [],
  };
}

async function carry({ trusted, base, finishBy }: GatherInput, git: Git, wanted: string[]): Promise<void> {
  const fresh = [...new Set(wanted)].filter((sha) => sha !== base.commit && sha !== base.tree);
  if (fresh.length > 0) await copyObjects(git, trusted, { wanted: fresh, had: [base.commit, base.tree], finishBy });
}

/** Branches, tags, commits that HEAD left behind, and work trees with what is not committed in them. */
async function otherTips(
  input: GatherInput,
  opened: CollectorRepository,
  found: RepositoryAnswer,
): Promise<Pick<Gathered, "tips" | "heldBack">> {
  const named = [
    ...found.refs.map(({ name, sha }) => ({ kind: kindOf(name), name: name.split("/").slice(2).join("/"), sha })),
    ...found.workTrees.map(({ name, head }) => ({ kind: "worktree" as const, name, sha: head })),
    ...found.detached.map((sha) => ({ kind: "detached" as const, name: sha.slice(0, 12), sha })),
  ];
  const commits = await resolveCommits(
    opened.git,
    named.map(({ sha }) => sha),
  );
  const tips: Tip[] = [];
  const heldBack: HeldBack[] = [];
  for (const { kind, name, sha } of named) {
    const commit = commits.get(sha);
    if (commit === undefined) continue;
    const workTree = kind === "worktree" ? found.workTrees.find((one) => one.name === name) : undefined;
    const snapshot = workTree === undefined ? null : await snapshotOf(workTree, { ...input, ...opened });
    tips.push({ kind, name, commit, tree: snapshot?.tree ?? null });
    heldBack.push(...(snapshot?.heldBack ?? []));
  }
  return { tips, heldBack };
}

const kindOf = (ref: string): "branch" | "tag" => (ref.startsWith("refs/tags/") ? "tag" : "branch");

/** null: it cannot be read, or its folder is gone; its commits are there anyway. */
async function snapshotOf(
  { path, gitDir, hasIndex }: RepositoryAnswer["workTrees"][number],
  input: GatherInput & CollectorRepository,
): Promise<WorkTreeSnapshot | null> {
  const git = input.git.with({ GIT_DIR: join(input.directory, gitDir), GIT_WORK_TREE: path });
  try {
    return await takeSnapshot({ ...input, git, work: path, hasIndex });
  } catch {
    return null;
  }
}

/** What names a commit, directly or through a tag, and the commit. */
async function resolveCommits(git: Git, shas: readonly string[]): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  if (shas.length === 0) return found;
  const input = shas.map((sha) => `${sha}^{commit}\n`).join("");
  const lines = (await git.text(["cat-file", "--batch-check=%(objectname)"], { input })).split("\n");
  for (const [at, sha] of shas.entries()) {
    const line = lines[at] ?? "";
    if (/^[0-9a-f]+$/.test(line)) found.set(sha, line);
  }
  return found;
}

const known = async (git: Git, shas: readonly string[]): Promise<string[]> => [
  ...(await resolveCommits(git, shas)).keys(),
];
