import type { Manifest, SetCommit } from "@/lib/change-set";
import type { HeldBack } from "@/lib/held-back";
import { isHeldAt, mayBePushed, stillHeldBack } from "@/lib/held-back-words";
import { FILES_NAMED, type HandedOverWork } from "@/lib/work-view";

type Shown = Pick<HandedOverWork, "commits" | "files" | "fileCount" | "heldBack" | "notes" | "otherLines">;

/** `heldBack`: the machine's paths and Porter's. `pushedToo`: those of them that somebody let through since. */
type Known = { heldBack: readonly HeldBack[]; pushedToo: readonly string[]; files: number };

/** What people see of a set. Without a manifest only the bundle has it. */
export function showSet(manifest: Manifest | null, { heldBack: known, pushedToo, files }: Known): Shown {
  const heldBack = stillHeldBack(known, pushedToo);
  if (manifest === null)
    return {
      commits: 0,
      files: [],
      fileCount: files,
      heldBack: withEntries(heldBack, null),
      notes: [],
      otherLines: [],
    };
  const sizes = new Map(manifest.blobs.map(({ sha, size }) => [sha, size]));
  const all = [...pathsOf(manifest)].toSorted(([one], [other]) => (one < other ? -1 : 1));
  return {
    commits: manifest.commits.length,
    files: all.slice(0, FILES_NAMED).map(([path, entry]) => ({
      path,
      mode: entry?.mode ?? null,
      bytes: entry === null ? null : (sizes.get(entry.sha) ?? null),
    })),
    fileCount: all.length,
    heldBack: withEntries(heldBack, manifest),
    notes: manifest.notes,
    otherLines: manifest.otherLines,
  };
}

/** With the files of each that a person may let through: not those that are held back permanently themselves. */
function withEntries(heldBack: readonly HeldBack[], manifest: Manifest | null): HandedOverWork["heldBack"] {
  const forGood = new Set(heldBack.filter(({ reason }) => !mayBePushed(reason)).map(({ path }) => path));
  const entries = manifest?.heldEntries.map(({ path }) => path) ?? [];
  const written = manifest?.commits.flatMap(({ paths }) => paths.map(({ path }) => path)) ?? [];
  const handedOver = [...new Set([...entries, ...written])];
  return heldBack.map((held) => {
    const own = handedOver.filter((path) => isHeldAt(path, held.path));
    return {
      ...held,
      entries: mayBePushed(held.reason) ? own.filter((path) => entries.includes(path) && !forGood.has(path)) : [],
      isKept: manifest === null ? null : own.length > 0,
    };
  });
}

/** What each path is in the end: the commits from the last one back to the base, by their first parents. */
function pathsOf({ base, commits }: Manifest): Map<string, SetCommit["paths"][number]["entry"]> {
  const byId = new Map(commits.map((commit) => [commit.sha, commit]));
  const paths = new Map<string, SetCommit["paths"][number]["entry"]>();
  let at = commits.at(-1);
  for (let left = commits.length; at !== undefined && left > 0; left--) {
    for (const { path, entry } of at.paths) if (!paths.has(path)) paths.set(path, entry);
    const parent: string | undefined = at.parents[0];
    at = parent === undefined || parent === base ? undefined : byId.get(parent);
  }
  return paths;
}
