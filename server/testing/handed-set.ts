import type { Note } from "@/lib/change-set";
import { GitTrees } from "./git-trees";
import { type PackedSet, packedSet } from "./hand-over";
import { type Files, smallSet } from "./small-set";

/** `held`: files that are held back. */
export type ToHand = { base?: Files; steps: readonly Files[]; held?: Files; notes?: Note[] };

/** A set as a machine hands it over, with the ids that git gives its trees: one commit a step on the files of the base. */
export function handedSet({ base = {}, steps, held = {}, notes = [] }: ToHand): PackedSet {
  const set = smallSet(base, [...steps, held], notes);
  const treeAfter = (count: number): string =>
    new GitTrees(smallSet(Object.assign({}, base, ...steps.slice(0, count)), []).base).id();
  const heldEntries = (set.manifest.commits.at(-1)?.paths ?? []).flatMap(({ path, entry }) =>
    entry === null ? [] : [{ path, entry }],
  );
  const manifest = {
    ...set.manifest,
    baseTree: treeAfter(0),
    tree: treeAfter(steps.length),
    commits: set.manifest.commits.slice(0, steps.length).map((one, at) => ({ ...one, tree: treeAfter(at + 1) })),
    heldEntries,
    heldBack: heldEntries.map(({ path }) => ({ path, reason: { kind: "env_file" as const } })),
  };
  return packedSet({ ...set, manifest });
}

/** One new file: what most tests want to see pushed. */
export const A_CHANGE: ToHand = { steps: [{ "bonjour.txt": "Bonjour\n" }] };
