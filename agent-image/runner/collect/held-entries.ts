import type { HoldReason } from "../../../lib/held-back.ts";
import { LINK_MODE } from "./base-tree.ts";
import type { WorkLine } from "./lines.ts";
import type { Filter } from "./series-plan.ts";
import type { PathChange } from "./tree-diff.ts";

export type HeldEntry = { path: string; entry: { mode: string; sha: string } };

/** What somebody may want to have pushed anyway. Everything else would break the repository, or is a secret of this run. */
const WANTED: ReadonlySet<HoldReason["kind"]> = new Set([
  "env_file",
  "private_key",
  "artefacts",
  "leftover",
  "workflow",
  "asked",
]);

const MOST_ARTEFACTS = 200;

/**
 * Files that are held back, as they were at the end of the line, and those of tools' that are `optional`. Their contents
 * are in the trusted repository.
 */
export function heldEntriesOf(
  line: WorkLine | undefined,
  { held, base }: Filter,
  optional: readonly PathChange[],
): HeldEntry[] {
  const entries = new Map<string, HeldEntry>();
  const add = ({ path, after }: PathChange): void => {
    if (after !== null && after.mode !== LINK_MODE && !entries.has(path)) entries.set(path, { path, entry: after });
  };
  let artefacts = 0;
  for (const change of line?.total ?? []) {
    const reason = held.get(change.path);
    if (reason === undefined || !WANTED.has(reason.kind) || base.isUntouched(change.path, change.after)) continue;
    if (reason.kind === "artefacts") artefacts += 1;
    if (reason.kind !== "artefacts" || artefacts <= MOST_ARTEFACTS) add(change);
  }
  for (const change of optional) if (change.isText) add(change);
  return [...entries.values()];
}
