import type { SetEntry } from "@/server/change-sets/facts";

/** What stands at a path afterwards; null: nothing. */
export type Changed = ReadonlyMap<string, SetEntry | null>;

/** An entry of a request for a tree. `tree` is a folder that goes with all that it has. */
export type PlannedEntry =
  | { path: string; kind: "gone"; what: "blob" | "commit" | "tree"; mode: SetEntry["mode"] | "040000" }
  | { path: string; kind: "text" | "id"; mode: SetEntry["mode"]; sha: string };

/** The folders that a path stands in, the outermost first. */
export function foldersOf(path: string): string[] {
  const steps = path.split("/");
  return steps.slice(1).map((_step, at) => steps.slice(0, at + 1).join("/"));
}

/** How many files each folder has. */
export function countFolders(paths: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const path of paths) for (const folder of foldersOf(path)) counts.set(folder, (counts.get(folder) ?? 0) + 1);
  return counts;
}

type State = {
  /** What the parent has at a path. */
  before: (path: string) => SetEntry | null;
  /** How many files the parent has in a folder. */
  filesIn: (folder: string) => number;
  isText: (sha: string) => boolean;
};

/**
 * The entries that make the changes on the parent's tree, those that go first, so that their names are free. A folder
 * that loses its last file goes as a folder: GitHub would keep it, empty, and git never has one. What a file replaces is
 * not named at all: its folder goes with the file's coming.
 */
export function treeEntries(changes: Changed, { before, filesIn, isText }: State): PlannedEntry[] {
  const emptied = emptiedFolders(changes, { before, filesIn });
  const gone = new Map<string, PlannedEntry>();
  const put: PlannedEntry[] = [];
  for (const [path, entry] of changes) {
    if (entry !== null) {
      put.push({ path, kind: entry.mode !== "160000" && isText(entry.sha) ? "text" : "id", ...entry });
      continue;
    }
    const folders = foldersOf(path);
    if (folders.some((folder) => (changes.get(folder) ?? null) !== null)) continue;
    const folder = folders.find((one) => emptied.has(one));
    const old = before(path);
    if (folder !== undefined) gone.set(folder, { path: folder, kind: "gone", what: "tree", mode: "040000" });
    else if (old !== null) {
      gone.set(path, { path, kind: "gone", what: old.mode === "160000" ? "commit" : "blob", mode: old.mode });
    }
  }
  return [...gone.values(), ...put];
}

function emptiedFolders(changes: Changed, { before, filesIn }: Pick<State, "before" | "filesIn">): Set<string> {
  const change = new Map<string, number>();
  for (const [path, entry] of changes) {
    const more = Number(entry !== null) - Number(before(path) !== null);
    if (more !== 0) for (const folder of foldersOf(path)) change.set(folder, (change.get(folder) ?? 0) + more);
  }
  return new Set([...change].flatMap(([folder, more]) => (filesIn(folder) + more === 0 ? [folder] : [])));
}
