import {
  accessSync,
  closeSync,
  constants,
  type Dirent,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { FileAnswer, FilesAnswer, Question } from "./reader-answers.ts";

type FilesRequest = Extract<Question, { ask: "files" }>;

/** A tree with more entries than this is not walked to its end. */
const MOST_ENTRIES = 20_000;

/** What stands at these paths of the work tree. Links are never followed, pipes never waited for. */
export function readFiles({ work, paths, folders, closed, survey }: FilesRequest): FilesAnswer {
  return {
    odd: survey ? findOdd(work, new Set(closed)) : [],
    files: paths.map((path) => fileAt(join(work, path))),
    folders: folders.map((folder) => listFolder(work, folder.replace(/\/+$/, ""), new Set(closed))),
  };
}

const GONE: FileAnswer = { kind: "gone", size: 0, readable: false, ctime: "0", mtime: "0" };

function fileAt(path: string): FileAnswer {
  try {
    const stats = lstatSync(path, { bigint: true });
    const times = { ctime: String(stats.ctimeNs), mtime: String(stats.mtimeNs) };
    const kind = stats.isFile()
      ? "file"
      : stats.isSymbolicLink()
        ? "link"
        : stats.isDirectory()
          ? "folder"
          : stats.isFIFO()
            ? "pipe"
            : stats.isSocket()
              ? "socket"
              : "device";
    return { kind, size: Number(stats.size), readable: kind !== "file" || isReadable(path), ...times };
  } catch {
    return GONE;
  }
}

function isReadable(path: string): boolean {
  try {
    closeSync(openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK));
    return true;
  } catch {
    return false;
  }
}

function listFolder(work: string, folder: string, closedNames: Set<string>): FilesAnswer["folders"][number] {
  const answer: FilesAnswer["folders"][number] = { isWorkTree: false, paths: [], closed: [], isCut: false };
  if (isLinkedWorkTree(work, folder)) return { ...answer, isWorkTree: true };
  const open = [folder];
  let entries = 0;
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const entry of entriesOf(join(work, at)) ?? []) {
      if (entry.name.toLowerCase() === ".git") continue;
      entries += 1;
      if (entries > MOST_ENTRIES) return { ...answer, isCut: true };
      const path = `${at}/${entry.name}`;
      if (!entry.isDirectory()) answer.paths.push(path);
      else if (closedNames.has(entry.name)) answer.closed.push(path);
      else if (!isLinkedWorkTree(work, path)) open.push(path);
    }
  }
  return answer;
}

/** null: the folder cannot be read. */
function entriesOf(folder: string): Dirent[] | null {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return null;
  }
}

function isEnterable(folder: string): boolean {
  try {
    accessSync(folder, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const MOST_ODD = 50;

function findOdd(work: string, closedNames: Set<string>): FilesAnswer["odd"] {
  const odd: FilesAnswer["odd"] = [];
  const open = [""];
  let entries = 0;
  for (let at = open.pop(); at !== undefined && odd.length < MOST_ODD; at = open.pop()) {
    const found = entriesOf(join(work, at));
    // Names alone are no reading: files of a folder that cannot be entered are out of reach.
    if (found === null || !isEnterable(join(work, at))) odd.push({ path: at, what: "unreadable" });
    for (const entry of found ?? []) {
      entries += 1;
      if (entries > MOST_ENTRIES) return odd;
      const path = at === "" ? entry.name : `${at}/${entry.name}`;
      if (entry.isDirectory() && entry.name.toLowerCase() !== ".git" && !closedNames.has(entry.name)) open.push(path);
      else if (entry.isFIFO()) odd.push({ path, what: "pipe" });
      else if (entry.isSocket()) odd.push({ path, what: "socket" });
      else if (entry.isBlockDevice() || entry.isCharacterDevice()) odd.push({ path, what: "device" });
    }
  }
  return odd;
}

/** `git worktree add` leaves a file `.git` that names a folder below the repository's own `worktrees`. */
function isLinkedWorkTree(work: string, folder: string): boolean {
  try {
    const file = join(work, folder, ".git");
    const stats = lstatSync(file);
    if (!stats.isFile() || stats.size > 8192) return false;
    const named = /^gitdir: (.+)$/m.exec(readFileSync(file, "utf8"))?.[1];
    if (named === undefined) return false;
    return dirname(realpathSync(resolve(dirname(file), named))) === realpathSync(join(work, ".git", "worktrees"));
  } catch {
    return false;
  }
}
