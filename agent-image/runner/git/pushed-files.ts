import { StringDecoder } from "node:string_decoder";
import type { NewRecord } from "../record-stream.ts";
import { type Git, GitError } from "./run-git.ts";

type Range = { base: string; tip: string };
type FileRecord = Extract<NewRecord, { k: "f" }>;

/** `isCut`: it is long, and this is its beginning. */
type Patch = { patch: string; isCut: boolean };
/** One file between base and tip. Numbers are null for binary files. */
export type PushedFile = {
  path: string;
  additions: number | null;
  deletions: number | null;
} & Patch;

/** Of one file, and of all: enough to read, never a tenth of what an attempt may log. */
const MOST_PATCH_BYTES = 96 * 1024;
const MOST_BYTES = 768 * 1024;
const MOST_FILES = 1_000;
/** A record's text has at most 8,192 bytes. */
const PART_BYTES = 8_000;
const LONGEST_MS = 20_000;

const RANGE = ["diff-tree", "-r", "--find-renames", "--no-color", "--no-ext-diff", "--no-textconv"];

/**
 * What a push changes, file by file in git's order, at most 1,000 files. A page shows it; nothing depends on it: where
 * git cannot tell until `finishBy` (epoch ms), patches are cut or the list is empty.
 */
export async function readPushedFiles(git: Git, { base, tip }: Range, finishBy: number): Promise<PushedFile[]> {
  const timeoutMs = Math.max(1, Math.min(LONGEST_MS, finishBy - Date.now()));
  try {
    const list = await git.run([...RANGE, "-z", "--raw", "--numstat", base, tip], { timeoutMs });
    const files = parseList(list.toString("utf8")).slice(0, MOST_FILES);
    const patches = await readPatches(git, [...RANGE, "-p", base, tip], timeoutMs);
    // Sections come in the list's order; one that is not there was past the limit.
    return files.map((file, index) => ({ ...file, ...(patches[index] ?? { patch: "", isCut: true }) }));
  } catch (error) {
    if (error instanceof GitError) return [];
    throw error;
  }
}

/** Records of the log, in parts of whole lines: parts of one file follow each other. */
export function fileRecords(files: readonly PushedFile[]): FileRecord[] {
  return files.flatMap(({ path, additions, deletions, patch, isCut }) =>
    inParts(patch).map((s, index, parts): FileRecord => {
      const numbers = index > 0 || additions === null || deletions === null ? {} : { add: additions, del: deletions };
      const isEnd = isCut && index === parts.length - 1;
      return { k: "f", path, ...numbers, s, ...(isEnd ? { cut: true } : {}) };
    }),
  );
}

/** git's `--raw` part (paths, renames) and its `--numstat` part (numbers), both in the same order. */
function parseList(text: string): Omit<PushedFile, "patch" | "isCut">[] {
  const parts = text.split("\0");
  const files: { path: string; isMoved: boolean }[] = [];
  let at = 0;
  while (parts[at]?.startsWith(":")) {
    const isMoved = /\s[RC]\d*$/.test(parts[at] ?? "");
    files.push({ path: parts[at + (isMoved ? 2 : 1)] ?? "", isMoved });
    at += isMoved ? 3 : 2;
  }
  return files.map(({ path, isMoved }) => {
    const [added = "", deleted = ""] = (parts[at] ?? "").split("\t");
    at += isMoved ? 3 : 1;
    const isText = /^\d+$/.test(added) && /^\d+$/.test(deleted);
    return { path, additions: isText ? Number(added) : null, deletions: isText ? Number(deleted) : null };
  });
}

/** Patches in git's order. Reading ends when there is enough, however large the change is. */
async function readPatches(git: Git, command: string[], timeoutMs: number): Promise<Patch[]> {
  const enough = new AbortController();
  const sections = new Sections(() => enough.abort());
  const decoder = new StringDecoder("utf8");
  let rest = "";
  try {
    await git.run(command, {
      timeoutMs,
      signal: enough.signal,
      onStdout: (chunk) => {
        const lines = (rest + decoder.write(chunk)).split("\n");
        // A line that is over the limit anyway is not held whole.
        rest = (lines.pop() ?? "").slice(0, MOST_PATCH_BYTES);
        for (const line of lines) sections.add(line);
      },
    });
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    sections.cut();
  }
  return sections.patches();
}

type Section = { header: string; lines: string[]; bytes: number; isCut: boolean };

/** Lines of a diff of many files, kept by file as far as the limits let them. */
class Sections {
  readonly #all: Section[] = [];
  readonly #onFull: () => void;
  #bytes = 0;

  constructor(onFull: () => void) {
    this.#onFull = onFull;
  }

  add(line: string): void {
    const open = this.#all.at(-1);
    if (line.startsWith("diff --git ")) {
      // A file that became a link, or the other way round, is one file with two parts.
      if (open?.header !== line) this.#all.push({ header: line, lines: [], bytes: 0, isCut: false });
      return;
    }
    if (open === undefined || open.isCut) return;
    const size = Buffer.byteLength(line) + 1;
    const isFull = this.#bytes + size > MOST_BYTES;
    open.isCut = isFull || open.bytes + size > MOST_PATCH_BYTES;
    if (isFull) this.#onFull();
    if (open.isCut) return;
    open.lines.push(line);
    open.bytes += size;
    this.#bytes += size;
  }

  /** The last file is not here whole. */
  cut(): void {
    const open = this.#all.at(-1);
    if (open !== undefined) open.isCut = true;
  }

  patches(): Patch[] {
    return this.#all.map(({ lines, isCut }) => ({ patch: lines.join("\n"), isCut }));
  }
}

/** At least one part; a line that is longer than a part is cut when it becomes a record. */
function inParts(patch: string): string[] {
  const parts: string[] = [];
  let part: string[] = [];
  let bytes = 0;
  for (const line of patch.split("\n")) {
    const size = Buffer.byteLength(line) + 1;
    if (part.length > 0 && bytes + size > PART_BYTES) {
      parts.push(part.join("\n"));
      part = [];
      bytes = 0;
    }
    part.push(line);
    bytes += size;
  }
  return [...parts, part.join("\n")];
}
