import { CHANGE_SET_LIMITS, type Manifest, type SetPart } from "@/lib/change-set";

/** Why a manifest cannot be what it says, in words for whoever sent it; null: nothing in it contradicts the rest. */
export function whyInconsistent(manifest: Manifest): string | null {
  return whyNoPlaces(manifest) ?? whyNoHistory(manifest);
}

/** Contents lie one behind the other in the parts, and each only where a part has it. */
function whyNoPlaces({ parts, blobs }: Manifest): string | null {
  if (parts.some(({ number }, at) => number !== at + 1)) return "the parts are not numbered from 1";
  const starts: number[] = [];
  let end = 0;
  for (const { size } of parts) {
    starts.push(end);
    end += size;
  }
  if (end > CHANGE_SET_LIMITS.totalBytes) return "the parts are too much";
  let bytes = 0;
  for (const { sha, size, part, at } of blobs) {
    bytes += size;
    // An empty file may lie behind the last part.
    const start = starts[part - 1] ?? (size === 0 ? 0 : Infinity);
    if (start + at + size > end || at > (parts[part - 1]?.size ?? 0))
      return `the blob ${sha} lies outside of the parts`;
  }
  if (bytes > CHANGE_SET_LIMITS.totalBytes) return "the blobs are too much";
  return new Set(blobs.map(({ sha }) => sha)).size === blobs.length ? null : "a blob is named twice";
}

/** The commits stand one behind the other, each on what is known before it, from the base to the tree. */
function whyNoHistory(manifest: Manifest): string | null {
  const { base, commits } = manifest;
  const known = new Set([base]);
  const later = new Set(commits.map(({ sha }) => sha));
  if (later.size !== commits.length || later.has(base)) return "a commit is named twice";
  let paths = 0;
  for (const commit of commits) {
    later.delete(commit.sha);
    if (commit.parents.some((parent) => parent === commit.sha || later.has(parent)))
      return "a commit is before its parent";
    if (new Set(commit.paths.map(({ path }) => path)).size !== commit.paths.length) return "a path is named twice";
    paths += commit.paths.length;
    known.add(commit.sha);
  }
  if (paths > CHANGE_SET_LIMITS.paths) return `there are more than ${CHANGE_SET_LIMITS.paths} paths`;
  const tree = commits.at(-1)?.tree ?? manifest.baseTree;
  return tree === manifest.tree ? null : "the tree is not the last commit's";
}

/**
 * Whether the work comes from the base by the first parents: only then what its commits change is all that differs from
 * the base.
 */
export function descendsFromBase({ base, commits }: Manifest): boolean {
  const firstParents = new Map(commits.map(({ sha, parents }) => [sha, parents[0] ?? ""]));
  let at = commits.at(-1)?.sha ?? base;
  // Each step goes to a commit before it, so this ends.
  while (at !== base) {
    const parent = firstParents.get(at);
    if (parent === undefined) return false;
    at = parent;
  }
  return true;
}

/** Commits that it stands on and that are neither its own nor the base. */
export function foreignParents({ base, commits }: Manifest): string[] {
  const own = new Set([base, ...commits.map(({ sha }) => sha)]);
  return [...new Set(commits.flatMap(({ parents }) => parents))].filter((sha) => !own.has(sha));
}

/** The first part that is not there as it is named; null: all are. */
export function whichIsMissing(named: readonly SetPart[], there: readonly SetPart[]): SetPart | null {
  return (
    named.find(({ number, size, sha256 }, at) => {
      const part = there[at];
      return part?.number !== number || part.size !== size || part.sha256 !== sha256;
    }) ?? null
  );
}
