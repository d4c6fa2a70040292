import { decodePath, type GitPath, nulFields } from "./git-paths.ts";

/** A tracked path that differs from HEAD or from the index. Modes are git's, "000000": not there. */
export type TrackedChange = GitPath & {
  /** Staged against HEAD. */
  isStagedRemoval: boolean;
  /** The work tree differs from the index, or the path is in conflict. */
  isOpen: boolean;
  /** The file is gone from the work tree. */
  isGone: boolean;
  isLink: boolean;
  modes: { head: string; index: string; work: string };
  headSha: string;
  /** Empty where the path is in conflict. */
  indexSha: string;
};

export type WorkTreeStatus = { tracked: TrackedChange[]; untracked: GitPath[]; ignored: GitPath[] };

/** Reads `git status --porcelain=v2 -z --no-renames`. */
export function parseStatus(output: Buffer): WorkTreeStatus {
  const status: WorkTreeStatus = { tracked: [], untracked: [], ignored: [] };
  for (const field of nulFields(output)) {
    const kind = String.fromCharCode(field[0] ?? 0);
    if (kind === "?") status.untracked.push(decodePath(field.subarray(2)));
    else if (kind === "!") status.ignored.push(decodePath(field.subarray(2)));
    else if (kind === "1") status.tracked.push(ordinary(field));
    else if (kind === "u") status.tracked.push(inConflict(field));
  }
  return status;
}

/** "1 XY sub mH mI mW hH hI path" */
function ordinary(field: Buffer): TrackedChange {
  const [words, path] = split(field, 8);
  const [, xy = "..", sub = "N", head = "", index = "", work = "", headSha = "", indexSha = ""] = words;
  return {
    ...decodePath(path),
    isStagedRemoval: xy[0] === "D",
    isOpen: xy[1] !== ".",
    isGone: work === "000000",
    isLink: sub.startsWith("S"),
    modes: { head, index, work },
    headSha,
    indexSha,
  };
}

/** "u XY sub m1 m2 m3 mW h1 h2 h3 path" */
function inConflict(field: Buffer): TrackedChange {
  const [words, path] = split(field, 10);
  const work = words[6] ?? "";
  return {
    ...decodePath(path),
    isStagedRemoval: false,
    isOpen: true,
    isGone: work === "000000",
    isLink: (words[2] ?? "").startsWith("S"),
    // In conflict no mode of the index is anybody's decision.
    modes: { head: work, index: work, work },
    headSha: "",
    indexSha: "",
  };
}

/** The first words, and what follows them. */
function split(field: Buffer, count: number): [string[], Buffer] {
  let at = 0;
  for (let word = 0; word < count; word += 1) at = field.indexOf(0x20, at) + 1;
  return [
    field
      .subarray(0, at - 1)
      .toString("latin1")
      .split(" "),
    field.subarray(at),
  ];
}
