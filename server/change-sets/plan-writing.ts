import type { Manifest, SetCommit } from "@/lib/change-set";
import type { SetEntry } from "@/server/change-sets/facts";
import { REQUEST_TEXT_BYTES } from "@/server/change-sets/inline-text";
import {
  type Changed,
  countFolders,
  foldersOf,
  type PlannedEntry,
  treeEntries,
} from "@/server/change-sets/tree-entries";

const MOST_ENTRIES = 100;
/** More commits than this are written as one: each costs two requests at least. */
const MOST_COMMITS = 40;

export type PlanInput = {
  manifest: Manifest;
  /** Every file of the base's tree, as GitHub has it. */
  base: ReadonlyMap<string, SetEntry>;
  /** Paths that stay out, where the machine that could leave them out is gone. */
  leftOut: ReadonlySet<string>;
  /** Whether it may only be one commit on the base. */
  squash: boolean;
  /** The size of each file that goes along as text (`isInline`). */
  texts: ReadonlyMap<string, number>;
};

/**
 * A commit to be written. `parents` are of the plan by their `id`, or the repository's. `tree`: what the last answer has
 * to name, else nothing may be moved; null: nobody has made that tree yet, so every path is compared.
 */
export type PlannedCommit = {
  id: string;
  parents: string[];
  tree: string | null;
  /** The texts of the commits that it stands for, the first one first. */
  messages: string[];
  /** Each on the tree of the one before it, the first on the first parent's. */
  requests: PlannedEntry[][];
};

/** `uploads`: files to be there before the first tree. `calls`: how many requests all of it takes, the ref included. */
export type WritingPlan = {
  commits: PlannedCommit[];
  uploads: { sha: string; bytes: number }[];
  leftOut: string[];
  calls: number;
};

/** How a set is written. null: it has to be one commit, but it does not begin at the base. */
export function planWriting(input: PlanInput): WritingPlan | null {
  const { manifest, leftOut } = input;
  const isOne = input.squash || leftOut.size > 0 || manifest.commits.length > MOST_COMMITS;
  if (isOne) return squash(input);
  const counts = countFolders(input.base.keys());
  const commits = manifest.commits.map((commit): PlannedCommit => {
    const { id, parents, message, tree } = { ...commit, id: commit.sha };
    const changes = changesOf([commit]);
    const chain = chainTo(parents[0] ?? "", manifest);
    const entries =
      chain === null ? plainEntries(changes, input) : entriesOn(changesOf(chain), changes, { ...input, counts });
    return { id, parents, tree, messages: [message], requests: inRequests(entries, input.texts) };
  });
  return planOf(commits, { ...input, leftOut: [] });
}

function squash(input: PlanInput): WritingPlan | null {
  const { manifest, base, leftOut, texts } = input;
  const last = manifest.commits.at(-1);
  const chain = last === undefined ? null : chainTo(last.sha, manifest);
  if (last === undefined || chain === null) return null;
  const all = new Map([...changesOf(chain)].filter(([path, entry]) => !sameEntry(entry, base.get(path) ?? null)));
  const { kept, dropped } = withoutPaths(all, base, leftOut);
  const counts = countFolders(base.keys());
  const entries = entriesOn(new Map(), kept, { ...input, counts });
  const commit: PlannedCommit = {
    id: last.sha,
    parents: [manifest.base],
    tree: dropped.length === 0 ? manifest.tree : null,
    messages: manifest.commits.map(({ message }) => message),
    requests: inRequests(entries, texts),
  };
  return planOf([commit], { ...input, leftOut: dropped });
}

/** Without these paths, and without what has no room beside what stays in their place. */
function withoutPaths(
  all: Changed,
  base: ReadonlyMap<string, SetEntry>,
  leftOut: ReadonlySet<string>,
): { kept: Changed; dropped: string[] } {
  const out = new Set([...all.keys()].filter((path) => leftOut.has(path)));
  const stays = [...out].filter((path) => base.has(path));
  const files = new Set(stays);
  const folders = new Set(stays.flatMap(foldersOf));
  for (const [path, entry] of all) {
    if (entry !== null && (folders.has(path) || foldersOf(path).some((folder) => files.has(folder)))) out.add(path);
  }
  return { kept: new Map([...all].filter(([path]) => !out.has(path))), dropped: [...out] };
}

/** The commits from the base to this one, by their first parents; null: it does not come from the base so. */
function chainTo(id: string, { base, commits }: Manifest): SetCommit[] | null {
  const byId = new Map(commits.map((commit) => [commit.sha, commit]));
  const chain: SetCommit[] = [];
  for (let at = id; at !== base;) {
    const commit = byId.get(at);
    if (commit === undefined || chain.length === commits.length) return null;
    chain.unshift(commit);
    at = commit.parents[0] ?? "";
  }
  return chain;
}

const changesOf = (chain: readonly SetCommit[]): Changed =>
  new Map(chain.flatMap(({ paths }) => paths.map(({ path, entry }) => [path, entry] as const)));

const sameEntry = (one: SetEntry | null, other: SetEntry | null): boolean =>
  one?.mode === other?.mode && one?.sha === other?.sha;

type OnBase = Pick<PlanInput, "base" | "texts"> & { counts: ReadonlyMap<string, number> };

/** The entries of changes on what earlier ones made of the base. */
function entriesOn(earlier: Changed, changes: Changed, { base, texts, counts }: OnBase): PlannedEntry[] {
  const before = (path: string): SetEntry | null => {
    const entry = earlier.get(path);
    return entry === undefined ? (base.get(path) ?? null) : entry;
  };
  const moved = new Map<string, number>();
  for (const [path, entry] of earlier) {
    const more = Number(entry !== null) - Number(base.has(path));
    if (more !== 0) for (const folder of foldersOf(path)) moved.set(folder, (moved.get(folder) ?? 0) + more);
  }
  const filesIn = (folder: string): number => (counts.get(folder) ?? 0) + (moved.get(folder) ?? 0);
  return treeEntries(changes, { before, filesIn, isText: (sha) => texts.has(sha) });
}

/** On a tree that Porter does not know: what goes is named file by file. */
const plainEntries = (changes: Changed, { texts }: PlanInput): PlannedEntry[] =>
  treeEntries(changes, {
    before: () => ({ mode: "100644", sha: "" }),
    filesIn: () => Number.POSITIVE_INFINITY,
    isText: (sha) => texts.has(sha),
  });

function inRequests(entries: readonly PlannedEntry[], texts: ReadonlyMap<string, number>): PlannedEntry[][] {
  const requests: PlannedEntry[][] = [];
  let room = 0;
  for (const entry of entries) {
    const size = entry.kind === "text" ? (texts.get(entry.sha) ?? 0) : 0;
    const last = requests.at(-1);
    if (last === undefined || last.length === MOST_ENTRIES || size > room) {
      requests.push([entry]);
      room = REQUEST_TEXT_BYTES - size;
    } else {
      last.push(entry);
      room -= size;
    }
  }
  return requests;
}

/** Files that neither the repository nor a request for a tree has are uploaded, each once. */
function planOf(
  commits: PlannedCommit[],
  { manifest, leftOut }: { manifest: Manifest; leftOut: string[] },
): WritingPlan {
  const named = commits.flatMap(({ requests }) => requests.flat());
  const used = new Set(named.flatMap((entry) => (entry.kind === "id" ? [entry.sha] : [])));
  const uploads = manifest.blobs.flatMap(({ sha, size }) => (used.delete(sha) ? [{ sha, bytes: size }] : []));
  const trees = commits.reduce((sum, { requests }) => sum + requests.length, 0);
  return { commits, uploads, leftOut, calls: uploads.length + trees + commits.length + 1 };
}

/** The files that a plan of one commit has to make of the base, for where no tree's id is known. */
export function filesAfter(plan: WritingPlan, base: ReadonlyMap<string, SetEntry>): Map<string, SetEntry> {
  const entries = plan.commits.flatMap(({ requests }) => requests.flat());
  // A folder that goes, and one that a file or a link stands in place of.
  const cleared = new Set(
    entries.flatMap((entry) => (entry.kind !== "gone" || entry.what === "tree" ? [entry.path] : [])),
  );
  const files = new Map([...base].filter(([path]) => !foldersOf(path).some((folder) => cleared.has(folder))));
  for (const entry of entries) {
    if (entry.kind === "gone") files.delete(entry.path);
    else files.set(entry.path, { mode: entry.mode, sha: entry.sha });
  }
  return files;
}

/** The paths at which two trees differ. */
export const differingPaths = (one: ReadonlyMap<string, SetEntry>, other: ReadonlyMap<string, SetEntry>): string[] =>
  [...new Set([...one.keys(), ...other.keys()])].filter(
    (path) => !sameEntry(one.get(path) ?? null, other.get(path) ?? null),
  );
