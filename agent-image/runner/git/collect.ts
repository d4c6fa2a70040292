import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { AgentUser } from "../agent-user.ts";
import { RunFailure } from "../run-failure.ts";
import { handOver, type Workspace } from "../workspace.ts";
import { markHidden } from "./hidden-paths.ts";
import { Git } from "./run-git.ts";
import { type Identity, identityEnv } from "./work-tree.ts";

/** What the agent left: a bundle across the boundary, and which commit of it (if any) is the supervisor's own. */
export type Collected = { bundle: string; snapshot: string | null };

type CollectInput = {
  workspace: Workspace;
  user: AgentUser;
  identity: Identity;
  /** The supervisor's git on the trusted repository. */
  trusted: Git;
  baseSha: string;
  /** Kept out of the work tree from the start (`hidden-paths.ts`): missing there, yet not removed. */
  hiddenPaths: readonly string[];
  /** Epoch ms. */
  finishBy: number;
};

// What tools leave behind in repositories that forgot to ignore it; tracked files of these names still count.
const NEVER_MEANT =
  "node_modules/\n.venv/\nvenv/\n__pycache__/\n*.pyc\n.pytest_cache/\n.mypy_cache/\n.ruff_cache/\n.DS_Store\n";

/** The ref that carries the work across the boundary. */
const BUNDLE_REF = "refs/heads/porter-out";

/**
 * Gathers the agent's commits and whatever it left uncommitted into a bundle; null: it changed nothing. Runs as the
 * agent's user, in a repository with a configuration of ours: hooks, fsmonitor, filters and aliases that the agent
 * configured are never read, only its objects are. `from`: "head" keeps its commits, "files" takes the work tree
 * alone as one commit on the base, for a repository that is broken or gone.
 */
export async function collectWork(input: CollectInput, from: "head" | "files"): Promise<Collected | null> {
  const git = await openCollector(input, from);
  const limit = { timeoutMs: Math.max(2000, input.finishBy - Date.now()), cwd: input.workspace.work };
  const head = from === "head" ? await agentHead(input) : input.baseSha;
  await git.run(["read-tree", head], limit);
  await markHidden(git, input.hiddenPaths, limit);
  await git.run(["add", "--all", "--", "."], limit);
  const tree = await git.text(["write-tree"], limit);
  const headTree = await git.text(["rev-parse", `${head}^{tree}`], limit);
  const emptyTree = await git.text(["hash-object", "-t", "tree", "--stdin"], limit);
  if (tree === emptyTree && tree !== (await git.text(["rev-parse", `${input.baseSha}^{tree}`], limit))) {
    throw new RunFailure("agent_failed", "The agent removed every file, so nothing was pushed.");
  }
  let tip = head;
  let snapshot: string | null = null;
  if (tree !== headTree) {
    tip = snapshot = await git.text(["commit-tree", tree, "-p", head, "-m", "porter: uncommitted work"], limit);
  }
  if (tip === input.baseSha) return null;
  const bundle = join(input.workspace.out, `${from}.bundle`);
  await git.run(["update-ref", BUNDLE_REF, tip], limit);
  await git.run(["bundle", "create", "--quiet", bundle, BUNDLE_REF, `^${input.baseSha}`], limit);
  return { bundle, snapshot };
}

/** A repository of ours that borrows the agent's objects ("head") or holds the base alone ("files"). */
async function openCollector(input: CollectInput, from: "head" | "files"): Promise<Git> {
  const { workspace, user } = input;
  const directory = join(workspace.collect, `${from}.git`);
  await input.trusted.run(["init", "--quiet", "--bare", "--template=", directory], { env: { GIT_DIR: directory } });
  if (from === "head") {
    await writeFile(join(directory, "objects/info/alternates"), `${workspace.work}/.git/objects\n`, { flag: "wx" });
    const shallow = await readFile(join(workspace.trusted, "shallow")).catch(() => null);
    if (shallow) await writeFile(join(directory, "shallow"), shallow);
  } else {
    const fetch = ["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--depth=1"];
    await input.trusted.run([...fetch, `file://${workspace.trusted}`, `${input.baseSha}:refs/heads/base`], {
      env: { GIT_DIR: directory, GIT_ALLOW_PROTOCOL: "file" },
    });
  }
  await mkdir(join(directory, "info"), { recursive: true });
  await writeFile(join(directory, "info/exclude"), NEVER_MEANT);
  await handOver(directory, user);
  const env: Record<string, string> = {
    GIT_DIR: directory,
    GIT_WORK_TREE: workspace.work,
    ...identityEnv(input.identity),
  };
  if (from === "head") {
    Object.assign(env, {
      GIT_CONFIG_COUNT: "1",
      GIT_CONFIG_KEY_0: "core.excludesFile",
      GIT_CONFIG_VALUE_0: `${workspace.work}/.git/info/exclude`,
    });
  }
  return new Git({ home: workspace.home, user, env });
}

/** What HEAD of the agent's repository is, on whatever branch or none. */
async function agentHead(input: CollectInput): Promise<string> {
  const { workspace, user } = input;
  const git = new Git({ home: workspace.home, user, env: { GIT_DIR: `${workspace.work}/.git` } });
  return git.text(["rev-parse", "--verify", "--quiet", "HEAD^{commit}"], { cwd: workspace.work, timeoutMs: 20_000 });
}
