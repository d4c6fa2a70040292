import type { Git } from "../git/run-git.ts";
import type { OtherLine } from "../../../lib/change-set.ts";
import { type Commit, parseCommit } from "./commit-object.ts";
import type { ObjectReader } from "./object-reader.ts";
import { type PathChange, diffTrees, emptyTreeLike, type TreePair } from "./tree-diff.ts";

/** Where a line of work ends: at a commit, and on top of it what was not committed, as a tree. */
export type Tip = {
  kind: OtherLine["kind"];
  name: string;
  commit: string;
  tree: string | null;
  /** A tree of files that come on top: what a stash keeps of untracked files. */
  extra?: string;
  /** HEAD on a branch: where it was moved to is what the agent wants. Elsewhere an old commit was only looked at. */
  isOnBranch?: boolean;
};

/** One commit to write. `commit` null: there is none yet, only its files. `parents` are ids of steps or commits. */
export type LineStep = { id: string; commit: Commit | null; parents: string[]; changes: PathChange[] };

/**
 * A line of work. `total`: the base against its end. `relation`: whether it goes on from the base, only shares a past
 * with it, or neither.
 */
export type WorkLine = Tip & {
  relation: "descends" | "shares" | "none";
  commits: number;
  steps: LineStep[];
  total: PathChange[];
  /** An old commit that was only looked at, with work on top of it. */
  isLook: boolean;
  /** Its last tree as the agent has it, without a stash's untracked files. */
  end: string;
  squashed: "rewrote" | "many" | null;
};

type Range = { base: string; baseTree: string };
const MOST_COMMITS = 200;
const MOST_COMMITS_OF_ALL = 2000;
const LARGEST_COMMIT = 1024 * 1024;

/** Reads what stands between the base and each tip. Lines that are part of another one are left out. */
export async function readLines(
  git: Git,
  input: Range & { tips: readonly Tip[]; objects: ObjectReader; timeoutMs: number },
): Promise<WorkLine[]> {
  const graph = await readGraph(git, input);
  const whole = input.tips.filter((tip, at) => !graph.isPartOfAnother(tip, input.tips, at));
  const plans = whole.map((tip) => plan(tip, graph, input));
  const pairs = plans.flatMap(({ steps, sum }) => [...sum, ...steps.flatMap(({ pairs: own }) => own)]);
  const answers = await diffTrees(git, pairs, input.timeoutMs);
  let next = 0;
  const take = (): PathChange[] => answers[next++] ?? [];
  return plans.map(({ tip, isLook, relation, commits, squashed, steps, sum }) => {
    const total = sum.flatMap(() => take());
    const written = steps.map((step): LineStep => ({
      id: step.id,
      commit: step.commit,
      parents: step.parents,
      changes: step.pairs.length === 0 ? total : step.pairs.flatMap(() => take()),
    }));
    return { ...tip, isLook, relation, commits, squashed, steps: written, total, end: sum[0]?.to ?? input.baseTree };
  });
}

type PlannedStep = Omit<LineStep, "changes"> & { pairs: TreePair[] };
type Plan = Pick<WorkLine, "isLook" | "relation" | "commits" | "squashed"> & {
  tip: Tip;
  sum: TreePair[];
  steps: PlannedStep[];
};

function plan(tip: Tip, graph: Graph, { base, baseTree }: Range): Plan {
  const commits = graph.upTo(tip.commit);
  const own = graph.treeOf(tip.commit);
  const isLook = !graph.isNew(tip.commit) && tip.commit !== base && !tip.isOnBranch;
  const relation = isLook ? "descends" : graph.relationOf(tip.commit, commits, base);
  const extra = tip.extra === undefined ? [] : [{ from: emptyTreeLike(baseTree), to: tip.extra }];
  const sum = [{ from: isLook ? own : baseTree, to: tip.tree ?? own }, ...extra];
  const isOwnWay = relation === "descends" && (isLook || graph.firstOldParent(tip.commit) === base);
  const squashed = !isOwnWay ? "rewrote" : commits.length > MOST_COMMITS ? "many" : null;
  const facts = { tip, isLook, relation, commits: commits.length, squashed, sum } as const;
  if (squashed !== null) {
    // No pairs of its own: it is the line's sum.
    return { ...facts, steps: [{ id: `all of ${tip.commit}`, commit: null, parents: [base], pairs: [] }] };
  }
  const steps = commits.map((commit): PlannedStep => {
    const from = commit.parents[0] === undefined ? emptyTreeLike(baseTree) : graph.treeOf(commit.parents[0]);
    return { id: commit.sha, commit, parents: commit.parents, pairs: [{ from, to: commit.tree }] };
  });
  if ((tip.tree !== null && tip.tree !== own) || extra.length > 0) {
    const pairs = [{ from: own, to: tip.tree ?? own }, ...extra];
    steps.push({ id: `on ${tip.commit}`, commit: null, parents: [tip.commit], pairs });
  }
  return { ...facts, steps };
}

/** The commits that the repository does not have, parents first, and the trees of those that they stand on. */
class Graph {
  readonly #commits: Map<string, Commit>;
  readonly #trees: Map<string, string>;

  constructor(commits: Map<string, Commit>, trees: Map<string, string>) {
    this.#commits = commits;
    this.#trees = trees;
  }

  treeOf(sha: string): string {
    const tree = this.#commits.get(sha)?.tree ?? this.#trees.get(sha);
    if (tree === undefined) throw new Error(`the commit ${sha} is not there`);
    return tree;
  }

  isNew(sha: string): boolean {
    return this.#commits.has(sha);
  }

  /** The first commit that the repository has on the way back by first parents, itself included. */
  firstOldParent(tip: string): string | null {
    let sha: string | undefined = tip;
    for (let commit = this.#commits.get(sha); commit !== undefined; commit = this.#commits.get(sha)) {
      sha = commit.parents[0];
      if (sha === undefined) return null;
    }
    return sha;
  }

  upTo(tip: string): Commit[] {
    const found = new Set<string>();
    const open = [tip];
    for (let sha = open.pop(); sha !== undefined; sha = open.pop()) {
      const commit = this.#commits.get(sha);
      if (commit === undefined || found.has(sha)) continue;
      found.add(sha);
      open.push(...commit.parents);
    }
    return [...this.#commits.values()].filter(({ sha }) => found.has(sha));
  }

  relationOf(tip: string, commits: readonly Commit[], base: string): WorkLine["relation"] {
    if (tip === base || commits.some(({ parents }) => parents.includes(base))) return "descends";
    return !this.isNew(tip) || commits.some(({ parents }) => parents.some((sha) => this.#trees.has(sha)))
      ? "shares"
      : "none";
  }

  isPartOfAnother(tip: Tip, all: readonly Tip[], at: number): boolean {
    if (tip.kind === "head" || tip.kind === "stash") return false;
    if (tip.tree !== null && tip.tree !== this.treeOf(tip.commit)) return false;
    return all.some((other, index) => {
      if (index === at || (other.commit === tip.commit && index > at)) return false;
      return other.commit === tip.commit || this.upTo(other.commit).some(({ sha }) => sha === tip.commit);
    });
  }
}

async function readGraph(
  git: Git,
  { base, tips, objects, timeoutMs }: Range & { tips: readonly Tip[]; objects: ObjectReader; timeoutMs: number },
): Promise<Graph> {
  const commits = new Map<string, Commit>();
  const trees = new Map<string, string>();
  const read = async (sha: string): Promise<Commit> => {
    const object = await objects.read(sha, LARGEST_COMMIT);
    if (object?.type !== "commit" || object.content === null) throw new Error(`the commit ${sha} is not there`);
    return parseCommit(sha, object.content);
  };
  const input = [...tips.map(({ commit }) => commit), `^${base}`, ""].join("\n");
  const list = await git.text(["rev-list", "--topo-order", "--reverse", "--stdin"], { input, timeoutMs });
  const shas = list.split("\n").filter(Boolean);
  if (shas.length > MOST_COMMITS_OF_ALL) throw new Error(`there are ${shas.length} commits`);
  for (const sha of shas) commits.set(sha, await read(sha));
  const below = [base, ...tips.map(({ commit }) => commit), ...[...commits.values()].flatMap(({ parents }) => parents)];
  for (const sha of new Set(below)) if (!commits.has(sha)) trees.set(sha, (await read(sha)).tree);
  return new Graph(commits, trees);
}
