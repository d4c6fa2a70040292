import {
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { MIDDLES, type Question, type RepositoryAnswer } from "./reader-answers.ts";

type RepositoryRequest = Extract<Question, { ask: "repository" }>;

const LARGEST_INDEX = 256 * 1024 ** 2;
const LARGEST_TEXT = 16 * 1024 ** 2;
const MOST_REFS = 100;
const MOST_WORK_TREES = 5;
const SHA = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;

/**
 * Reads the agent's repository as files: git is not started in it, so its configuration, hooks and attributes are
 * nobody's orders. Indexes are copied to the folder `into`, whose git is the supervisor's. Throws when there is none.
 */
export function readRepository({ work, into }: RepositoryRequest): RepositoryAnswer {
  const gitDir = gitDirOf(join(work, ".git"));
  const common = commonDirOf(gitDir);
  refusePipes(join(common, "objects"));
  const refs = readRefs(common);
  copyExclude(common, into);
  const head = headOf(gitDir, refs);
  return {
    objects: join(common, "objects"),
    head,
    isOnBranch: textOf(join(gitDir, "HEAD")).startsWith("ref: "),
    hasIndex: copyState(gitDir, { into, head }),
    refs: [...refs].filter(([name]) => /^refs\/(?:heads|tags)\//.test(name)).map(([name, sha]) => ({ name, sha })),
    stashes: stashesOf(common, refs),
    detached: detachedOf(gitDir),
    workTrees: workTreesOf({ gitDir, common, into, refs }),
    middles: middlesOf(gitDir),
  };
}

/** git waits for a pipe in the place of its own files for ever. */
function refusePipes(objects: string): void {
  for (const folder of [join(objects, "info"), join(objects, "pack")]) {
    for (const entry of namesIn(folder)) {
      const path = join(folder, entry.name);
      if (!entry.isDirectory() && !statSync(path, { throwIfNoEntry: false })?.isFile())
        throw new Error("no plain file");
    }
  }
}

/** A plain file of bounded size, else null. A pipe in its place is not waited for. */
function slurp(path: string, most: number): Buffer | null {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return null;
  }
  try {
    const stats = fstatSync(file);
    if (!stats.isFile() || stats.size > most) return null;
    const content = Buffer.alloc(stats.size);
    let at = 0;
    while (at < content.length) {
      const read = readSync(file, content, at, content.length - at, at);
      if (read === 0) return null;
      at += read;
    }
    return content;
  } finally {
    closeSync(file);
  }
}

const textOf = (path: string): string => slurp(path, LARGEST_TEXT)?.toString("utf8") ?? "";

function gitDirOf(path: string): string {
  if (statSync(path).isDirectory()) return path;
  const named = /^gitdir: (.+)$/m.exec(textOf(path))?.[1];
  if (named === undefined) throw new Error("there is no repository");
  return isAbsolute(named) ? named : resolve(dirname(path), named);
}

function commonDirOf(gitDir: string): string {
  const named = textOf(join(gitDir, "commondir")).trim();
  return named === "" ? gitDir : resolve(gitDir, named);
}

/** Loose refs win over packed ones. Refs that name refs, and everything that is no ref, are left out. */
function readRefs(common: string): Map<string, string> {
  const refs = new Map<string, string>();
  for (const line of textOf(join(common, "packed-refs")).split("\n")) {
    const [sha = "", name = ""] = line.split(" ");
    if (SHA.test(sha) && name.startsWith("refs/")) refs.set(name, sha);
  }
  const open = ["refs/heads", "refs/tags"];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const entry of namesIn(join(common, at))) {
      const name = `${at}/${entry.name}`;
      if (entry.isDirectory()) open.push(name);
      else setRef(refs, common, name);
    }
  }
  setRef(refs, common, "refs/stash");
  // Branches before tags: of very many, the branches are what the agent worked on.
  const isTag = ([name]: [string, string]): number => Number(name.startsWith("refs/tags/"));
  return new Map([...refs].toSorted((one, other) => isTag(one) - isTag(other)).slice(0, MOST_REFS));
}

function setRef(refs: Map<string, string>, common: string, name: string): void {
  const sha = textOf(join(common, name)).trim();
  if (SHA.test(sha)) refs.set(name, sha);
}

function namesIn(folder: string): { name: string; isDirectory(): boolean }[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

function headOf(gitDir: string, refs: Map<string, string>): string | null {
  const head = textOf(join(gitDir, "HEAD")).trim();
  if (SHA.test(head)) return head;
  const name = /^ref: (refs\/\S+)$/.exec(head)?.[1];
  return name === undefined ? null : (refs.get(name) ?? null);
}

/** The newest stash, then older ones, which only its log names. */
function stashesOf(common: string, refs: Map<string, string>): string[] {
  const newest = refs.get("refs/stash");
  if (newest === undefined) return [];
  const logged = textOf(join(common, "logs/refs/stash"))
    .split("\n")
    .map((line) => line.split(" ")[1] ?? "");
  return [...new Set([newest, ...logged.filter((sha) => SHA.test(sha)).toReversed()])].slice(0, 10);
}

/** What a checkout left behind that was on no branch. A reset is no such thing: it throws work away on purpose. */
function detachedOf(gitDir: string): string[] {
  const left = textOf(join(gitDir, "logs/HEAD"))
    .split("\n")
    .flatMap((line) => /^([0-9a-f]+) .*\tcheckout: moving from ([0-9a-f]+) to /.exec(line)?.slice(1, 3) ?? [])
    .filter((sha, at, all) => SHA.test(sha) && at % 2 === 0 && all[at + 1] === sha);
  return [...new Set(left.toReversed())].slice(0, 10);
}

function workTreesOf(input: {
  gitDir: string;
  common: string;
  into: string;
  refs: Map<string, string>;
}): RepositoryAnswer["workTrees"] {
  const { gitDir, common, into, refs } = input;
  const found = namesIn(join(common, "worktrees")).filter(
    (entry) => entry.isDirectory() && join(common, "worktrees", entry.name) !== gitDir,
  );
  return found.slice(0, MOST_WORK_TREES).flatMap((entry, at) => {
    const own = join(common, "worktrees", entry.name);
    const head = headOf(own, refs);
    if (head === null) return [];
    const gitDirCopy = `worktrees/${at}`;
    mkdirSync(join(into, gitDirCopy), { recursive: true });
    writeFileSync(join(into, gitDirCopy, "commondir"), "../..\n");
    const path = dirname(textOf(join(own, "gitdir")).trim());
    return [
      {
        name: entry.name,
        path,
        head,
        gitDir: gitDirCopy,
        hasIndex: copyState(own, { into: join(into, gitDirCopy), head }),
      },
    ];
  });
}

/**
 * HEAD and the index, for a git of the supervisor's. The copy is as old as the second before the index: git then looks
 * into every file that changed since, instead of believing that one which is as new as the copy is what the index says.
 */
function copyState(gitDir: string, to: { into: string; head: string | null }): boolean {
  if (to.head !== null) writeFileSync(join(to.into, "HEAD"), `${to.head}\n`);
  const content = slurp(join(gitDir, "index"), LARGEST_INDEX);
  if (content === null) return false;
  const parts = namesIn(gitDir).filter((entry) => /^sharedindex\.[0-9a-f]+$/.test(entry.name));
  for (const { name } of parts.slice(0, 4)) {
    const shared = slurp(join(gitDir, name), LARGEST_INDEX);
    if (shared !== null) writeFileSync(join(to.into, name), shared);
  }
  const copy = join(to.into, "index");
  writeFileSync(copy, content);
  const second = Math.floor(statSync(join(gitDir, "index")).mtimeMs / 1000) - 1;
  utimesSync(copy, second, second);
  return true;
}

/** What the agent told its git to ignore, in this repository alone. */
function copyExclude(common: string, into: string): void {
  const exclude = slurp(join(common, "info/exclude"), LARGEST_TEXT);
  if (exclude !== null) writeFileSync(join(into, "info/exclude"), exclude);
}

function middlesOf(gitDir: string): RepositoryAnswer["middles"] {
  const names = new Set(namesIn(gitDir).map((entry) => entry.name));
  const isApplying = namesIn(join(gitDir, "rebase-apply")).some((entry) => entry.name === "applying");
  const marks: Record<(typeof MIDDLES)[number], boolean> = {
    rebase: names.has("rebase-merge") || (names.has("rebase-apply") && !isApplying),
    merge: names.has("MERGE_HEAD"),
    "cherry-pick": names.has("CHERRY_PICK_HEAD"),
    revert: names.has("REVERT_HEAD"),
    am: isApplying,
    bisect: names.has("BISECT_LOG"),
  };
  return MIDDLES.filter((middle) => marks[middle]);
}
