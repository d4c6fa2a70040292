import { decodePath, nulFields } from "./git-paths.ts";
import { artefactFolder } from "../../../lib/review/kept-out.ts";

/** Null: nothing stands there. */
export type PathEntry = { mode: string; sha: string } | null;

export const LINK_MODE = "160000";

export const isAttributes = (path: string): boolean => path === ".gitattributes" || path.endsWith("/.gitattributes");

export const sameEntry = (one: PathEntry, other: PathEntry): boolean =>
  one?.mode === other?.mode && one?.sha === other?.sha;

/** Reads `git ls-files --stage -z`. Paths that are no text are left out: nothing can be said about them. */
export function parseStage(output: Buffer): Map<string, { mode: string; sha: string }> {
  const entries = new Map<string, { mode: string; sha: string }>();
  for (const field of nulFields(output)) {
    const tab = field.indexOf(9);
    const [mode = "", sha = ""] = field.subarray(0, tab).toString("latin1").split(" ");
    const { path, isText } = decodePath(field.subarray(tab + 1));
    if (isText) entries.set(path, { mode, sha });
  }
  return entries;
}

/**
 * What the agent found. `rewritten`: what git would write for a path that nobody touched, because of line endings,
 * filters and the like; only what differs from that is the agent's.
 */
export class BaseTree {
  readonly commit: string;
  readonly tree: string;
  readonly entries: ReadonlyMap<string, { mode: string; sha: string }>;
  readonly rewritten: ReadonlyMap<string, PathEntry>;
  readonly hiddenPaths: readonly string[];
  readonly hasAttributes: boolean;
  readonly #blobs: Set<string>;
  readonly #artefacts: Set<string>;

  constructor(facts: Pick<BaseTree, "commit" | "tree" | "entries" | "rewritten" | "hiddenPaths">) {
    this.commit = facts.commit;
    this.tree = facts.tree;
    this.entries = facts.entries;
    this.rewritten = facts.rewritten;
    this.hiddenPaths = facts.hiddenPaths;
    this.hasAttributes = [...facts.entries.keys()].some(isAttributes);
    this.#blobs = new Set([...facts.entries.values()].map(({ sha }) => sha));
    this.#artefacts = new Set([...facts.entries.keys()].flatMap((path) => artefactFolder(path) ?? []));
  }

  entry(path: string): PathEntry {
    return this.entries.get(path) ?? null;
  }

  hasBlob(sha: string): boolean {
    return this.#blobs.has(sha);
  }

  /** A folder that tools fill and that the base does not have; null: the path is in none. */
  newArtefactFolder(path: string): string | null {
    const folder = artefactFolder(path);
    return folder === null || this.#artefacts.has(folder) ? null : folder;
  }

  /** Whether this is how the path looks when nobody touched it. */
  isUntouched(path: string, entry: PathEntry): boolean {
    const before = this.entry(path);
    if (sameEntry(entry, before)) return true;
    const rewritten = this.rewritten.get(path);
    if (rewritten !== undefined && sameEntry(entry, rewritten)) return true;
    return entry === null && before !== null && this.#isHidden(path);
  }

  /** Taken out of the work tree before the agent came: missing there, yet not removed. */
  #isHidden(path: string): boolean {
    return this.hiddenPaths.some((hidden) => path === hidden || path.startsWith(`${hidden}/`));
  }
}
