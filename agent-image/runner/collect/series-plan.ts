import type { HoldReason } from "../../../lib/held-back.ts";
import { type BaseTree, type PathEntry, LINK_MODE, sameEntry } from "./base-tree.ts";
import type { Commit } from "./commit-object.ts";
import type { WorkLine } from "./lines.ts";
import type { PathChange } from "./tree-diff.ts";

/** A commit as it will be written: on these parents, with these paths set or taken out against the first. */
export type SeriesCommit = {
  id: string;
  commit: Commit | null;
  parents: string[];
  paths: { path: string; entry: PathEntry }[];
};

export type Filter = { base: BaseTree; held: ReadonlyMap<string, HoldReason>; modules: ReadonlySet<string> };

/**
 * A line's commits without what is held back and without what git alone would change. Commits that lose everything by
 * that are left out. `tip`: the id of the last one, or a commit that the repository has.
 */
export function planSeries(line: WorkLine, filter: Filter): { commits: SeriesCommit[]; tip: string } {
  const commits: SeriesCommit[] = [];
  const standsFor = new Map<string, string>();
  const nameOf = (id: string): string => standsFor.get(id) ?? id;
  // Work on an old commit goes onto the base where the base still has what it changed.
  const isOnBase = line.isLook && line.total.every(({ path, before }) => sameEntry(before, filter.base.entry(path)));
  if (isOnBase) standsFor.set(line.commit, filter.base.commit);
  let tip = nameOf(line.commit);
  for (const step of line.steps) {
    const paths = step.changes.flatMap((change) => kept(change, filter));
    const parents = [...new Set(step.parents.map(nameOf))];
    const [only] = parents;
    if (paths.length === 0 && step.changes.length > 0 && parents.length === 1 && only !== undefined) {
      standsFor.set(step.id, only);
      tip = only;
      continue;
    }
    // One that was empty from the start is the agent's wish; one without a parent would be a history of its own.
    commits.push({
      id: step.id,
      commit: step.commit,
      parents: parents.length > 0 ? parents : [filter.base.commit],
      paths,
    });
    tip = step.id;
  }
  return { commits, tip };
}

function kept({ path, before, after }: PathChange, filter: Filter): { path: string; entry: PathEntry }[] {
  if (filter.held.has(path)) return [];
  const entry = asWritten(path, after, filter);
  return sameEntry(asWritten(path, before, filter), entry) ? [] : [{ path, entry }];
}

/** What the series has in place of an entry: the base's where only git would change it. */
function asWritten(path: string, entry: PathEntry, { base, modules }: Filter): PathEntry {
  if (base.isUntouched(path, entry)) return base.entry(path);
  return entry?.mode === LINK_MODE && !modules.has(path) ? null : entry;
}

/** What a line makes of the base when all is written. */
export const remainingPaths = (line: WorkLine, filter: Filter): { path: string; entry: PathEntry }[] =>
  line.total.flatMap((change) => kept(change, filter));

export type LineSize = { files: number; additions: number; deletions: number; weight: number };

/** How much of a line is left after holding back. A file without lines of text weighs as one line. */
export function sizeOf(line: WorkLine, filter: Filter): LineSize {
  const size: LineSize = { files: 0, additions: 0, deletions: 0, weight: 0 };
  for (const change of line.total) {
    if (kept(change, filter).length === 0) continue;
    const additions = change.additions ?? 0;
    const deletions = change.deletions ?? 0;
    size.files += 1;
    size.additions += additions;
    size.deletions += deletions;
    size.weight += Math.max(1, additions + deletions);
  }
  return size;
}
