import type { Note } from "../../../lib/change-set.ts";
import type { HeldBack, HoldReason } from "../../../lib/held-back.ts";
import { isWorkflowPath } from "../../../lib/review/workflow-paths.ts";
import { asRunFailure, RunFailure } from "../run-failure.ts";
import { parseCommit } from "./commit-object.ts";
import { gatherFiles, type Gathered, type GatherInput, gatherLines } from "./gather.ts";
import { type HeldEntry, heldEntriesOf } from "./held-entries.ts";
import { heldOf, holdBack } from "./hold-back.ts";
import { type WorkLine, readLines, type Tip } from "./lines.ts";
import { filesNotes, linesNotes, type Sized } from "./notes.ts";
import { ObjectReader } from "./object-reader.ts";
import { makeRulebook } from "./rulebook.ts";
import { type Filter, type LineSize, planSeries, type SeriesCommit, sizeOf } from "./series-plan.ts";
import { type PathChange, diffTrees } from "./tree-diff.ts";

export type CollectInput = GatherInput & {
  containsOwnSecret: (text: string | Uint8Array) => boolean;
  /** Whether somebody else decides about files that GitHub runs by itself. */
  mayPushWorkflows: boolean;
};

/** The agent's work, as commits that are ready to be written. `line` null: nothing is left of it. */
export type CollectedWork = {
  line: WorkLine | null;
  size: LineSize;
  commits: SeriesCommit[];
  /** Id of the last commit, or a commit that the repository has. */
  tip: string;
  heldBack: HeldBack[];
  /** Those of them that may still be wanted. */
  heldEntries: HeldEntry[];
  optional: readonly PathChange[];
  notes: Note[];
  filter: Filter;
  /** The trees between which what is held back can be seen: of the line, or of the first that lost something. */
  source: { from: string; to: string } | null;
  /** The lines that are not taken, with how much is in them. */
  others: { line: WorkLine; size: LineSize }[];
};

const NOTHING: LineSize = { files: 0, additions: 0, deletions: 0, weight: 0 };
const LARGEST_COMMIT = 1024 * 1024;
const LONGEST_WAY_MS = 120_000;

/**
 * Reads what the agent left, as far as it can be read: all lines of work, else what is checked out, else the files alone.
 * Writes nothing but objects. Throws `RunFailure`.
 */
export async function collectWork(input: CollectInput): Promise<CollectedWork> {
  const ways = [
    async () => gatherLines(hasty(input), { isHeadAlone: false }),
    async () => gatherLines(hasty(input), { isHeadAlone: true }),
    async () => gatherFiles(input),
  ];
  let last: unknown;
  for (const [at, gather] of ways.entries()) {
    try {
      const work = await sort(input, await gather());
      return at < ways.length - 1 ? work : { ...work, notes: [...work.notes, { kind: "files_only" }] };
    } catch (error) {
      if (asRunFailure(error).failureCode !== "internal") throw asRunFailure(error);
      last = error;
    }
  }
  throw new RunFailure("agent_failed", "The agent left a repository that cannot be read.", { cause: last });
}

/** What hangs must leave time for the way that follows. */
function hasty(input: CollectInput): CollectInput {
  const left = input.finishBy - Date.now();
  return { ...input, finishBy: Date.now() + Math.min(LONGEST_WAY_MS, left * 0.4) };
}

async function sort(input: CollectInput, gathered: Gathered): Promise<CollectedWork> {
  const { trusted, base } = input;
  const timeoutMs = Math.max(2000, input.finishBy - Date.now());
  const objects = new ObjectReader(trusted, timeoutMs);
  try {
    const tips = [...gathered.tips, ...(await stashTips(gathered.stashes, objects))];
    const lines = await readLines(trusted, { base: base.commit, baseTree: base.tree, tips, objects, timeoutMs });
    const rules = await makeRulebook(lines, { ...input, collector: gathered.collector, objects, timeoutMs });
    const held = await holdBack(lines, rules);
    const filter = { base, held, modules: rules.modules };
    const sized = lines.map((line) => ({ line, size: sizeOf(line, filter) }));
    const chosen = choose(sized);
    const others = sized.filter((one) => one !== chosen && one.size.weight > 0);
    const line = chosen?.line ?? null;
    const shown = line ?? lines.find(({ total }) => total.some(({ path }) => held.has(path)));
    const [optional = []] = await diffTrees(trusted, [gathered.optional], timeoutMs);
    return {
      line,
      size: chosen?.size ?? NOTHING,
      ...(line === null ? { commits: [], tip: base.commit } : planSeries(line, filter)),
      heldEntries: heldEntriesOf(shown, filter, optional),
      optional,
      heldBack: mergeHeld(gathered.heldBack, lines, { held, base }),
      notes: [
        ...linesNotes(gathered.middles, chosen, others),
        ...(await filesNotes(line, { rules, held, ignored: gathered.ignored })),
      ],
      filter,
      source: shown === undefined ? null : { from: base.tree, to: shown.end },
      others,
    };
  } finally {
    await objects.close().catch(() => undefined);
  }
}

/** The same work without these paths, which Porter does not write. */
export function leaveOut(work: CollectedWork, paths: readonly string[]): CollectedWork {
  const { line } = work;
  if (line === null) return work;
  const held = new Map<string, HoldReason>([
    ...paths.map((path) => [path, { kind: isWorkflowPath(path) ? "workflow" : "asked" }] as const),
    ...work.filter.held,
  ]);
  const filter = { ...work.filter, held };
  const heldBack = mergeHeld(work.heldBack, [line], { held, base: filter.base });
  return {
    ...work,
    ...planSeries(line, filter),
    size: sizeOf(line, filter),
    others: work.others.flatMap(({ line: other }) => {
      const size = sizeOf(other, filter);
      return size.weight > 0 ? [{ line: other, size }] : [];
    }),
    filter,
    heldBack,
    heldEntries: heldEntriesOf(line, filter, work.optional),
  };
}

/** A stash is a commit whose parents are where it was made, the index, and perhaps its untracked files. */
async function stashTips(shas: readonly string[], objects: ObjectReader): Promise<Tip[]> {
  const tips: Tip[] = [];
  const read = async (sha: string | undefined): Promise<ReturnType<typeof parseCommit> | null> => {
    const object = sha === undefined ? null : await objects.read(sha, LARGEST_COMMIT);
    return sha !== undefined && object?.type === "commit" && object.content ? parseCommit(sha, object.content) : null;
  };
  for (const [at, sha] of shas.entries()) {
    const stash = await read(sha);
    const [on, , untracked] = stash?.parents ?? [];
    if (stash === null || on === undefined) continue;
    const extra = (await read(untracked))?.tree;
    tips.push({
      kind: "stash",
      name: `stash@{${at}}`,
      commit: on,
      tree: stash.tree,
      ...(extra === undefined ? {} : { extra }),
    });
  }
  return tips;
}

/** The largest line; what is checked out comes first, so that it wins a tie. Rewritten history only where there is no other. */
function choose(sized: readonly Sized[]): Sized | null {
  let best: Sized | null = null;
  const rank = ({ line, size }: Sized): [number, number] => [
    line.kind === "head" || line.relation === "descends" ? 1 : 0,
    size.weight,
  ];
  for (const one of sized) {
    if (one.size.weight === 0 || (one.line.kind !== "head" && one.line.relation === "none")) continue;
    const [tier, weight] = rank(one);
    const [bestTier, bestWeight] = best === null ? [-1, 0] : rank(best);
    if (tier > bestTier || (tier === bestTier && weight > bestWeight)) best = one;
  }
  return best;
}

function mergeHeld(
  found: readonly HeldBack[],
  lines: readonly WorkLine[],
  { held, base }: Pick<Filter, "held" | "base">,
): HeldBack[] {
  const all = new Map<string, HeldBack>();
  for (const item of [...found, ...lines.flatMap((line) => heldOf(line, held, base))]) {
    if (!all.has(item.path)) all.set(item.path, item);
  }
  return [...all.values()];
}
