import type { Dirent } from "node:fs";
import { chmod, constants, type FileHandle, lstat, open, readdir, rm } from "node:fs/promises";
import { unzipSync } from "node:zlib";
import { secretForms } from "../../../lib/secret-forms.ts";
import { hideInName } from "./hide-in-names.ts";
import { blankIn, type Spelling, spellingOf } from "./spelling.ts";

const CHUNK_BYTES = 4 * 1024 * 1024;
/** A larger compressed file is not looked into, nor more of one: so much holds what a set-up writes, not what it fetches. */
const MOST_PACKED_BYTES = 1024 * 1024;
const MOST_UNPACKED_BYTES = 8 * 1024 * 1024;
/** Clocks of file systems are coarse. */
const SLACK_MS = 5000;
type Search = {
  /** The user's folders; they may not be there. Links in them are not followed. */
  own: readonly string[];
  /** Everybody's, of which only what the user may write to is looked into. */
  shared: readonly string[];
  uid: number;
  secrets: readonly string[];
  /** Epoch ms: what was not written since then cannot hold one. */
  since: number;
  /** Epoch ms: whoever is not done by then fails. */
  until: number;
};

/**
 * Overwrites each secret, in any spelling that is known, in every file that a user has written; the rest of a file stays,
 * so that what was installed goes on working. Answers the files. Nobody may write there meanwhile. Throws where a file
 * could not be read or written.
 */
export async function hideInFiles({ own, shared, uid, secrets, since, until }: Search): Promise<string[]> {
  const forms = secrets.flatMap(secretForms).map(spellingOf);
  const found: string[] = [];
  if (forms.length === 0) return found;
  const mayWrite = async (folder: string): Promise<boolean> => {
    const known = await lstat(folder).catch(() => null);
    return known !== null && (known.uid === uid || (known.mode & 0o002) !== 0);
  };
  const roots = [
    ...own.map((root) => ({ root, isOpen: anyFolder })),
    ...shared.map((root) => ({ root, isOpen: mayWrite })),
  ];
  const names = { uid, forms, onFound: (path: string) => void found.push(path) };
  for (const { root, isOpen } of roots) {
    for await (const path of filesBelow(root, { isOpen, names })) {
      if (Date.now() > until) throw new Error("There was not enough time to look through all files.");
      if (await hideInFile(path, { uid, forms, since: since - SLACK_MS })) found.push(path);
    }
  }
  return found;
}

type Choice = (folder: string) => Promise<boolean>;
const anyFolder: Choice = async () => true;
type Walk = { isOpen: Choice; names: Parameters<typeof hideInName>[2] };

/** Under names without secrets. */
async function* filesBelow(folder: string, walk: Walk): AsyncGenerator<string> {
  for (const entry of await entriesOf(folder)) {
    const path = await hideInName(folder, entry, walk.names);
    if (path === null) continue;
    if (entry.isDirectory()) {
      if (await walk.isOpen(path)) yield* filesBelow(path, walk);
    } else if (entry.isFile()) yield path;
  }
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (isError(error, "ENOENT", "ENOTDIR")) return [];
    if (!isError(error, "EACCES", "EPERM")) throw error;
    // What is another user's, in /tmp for example, is closed to the agent as well.
    if ((await lstat(folder)).uid !== process.getuid?.()) return [];
    await chmod(folder, 0o700);
    return readdir(folder, { withFileTypes: true });
  }
}

const isError = (error: unknown, ...codes: string[]): boolean =>
  error instanceof Error && "code" in error && codes.includes(String(error.code));

type FileSearch = { uid: number; forms: readonly Spelling[]; since: number };

async function hideInFile(path: string, { uid, forms, since }: FileSearch): Promise<boolean> {
  const known = await lstat(path).catch((error: unknown) => {
    if (isError(error, "ENOENT", "ENOTDIR")) return null;
    throw error;
  });
  if (known === null || known.uid !== uid || known.ctimeMs < since) return false;
  const file = await openOwn(path, known.mode);
  try {
    if (await overwrite(file, forms)) return true;
    if (known.size > MOST_PACKED_BYTES || !(await isPackedWith(file, forms))) return false;
  } finally {
    await file.close();
  }
  // Nothing of it can be kept: such as what git keeps of a version.
  await rm(path);
  return true;
}

/** Whether a compressed file holds one. */
async function isPackedWith(file: FileHandle, forms: readonly Spelling[]): Promise<boolean> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
  const isZlib = bytesRead === 2 && buffer[0] === 0x78 && buffer.readUInt16BE() % 31 === 0;
  const isGzip = bytesRead === 2 && buffer.readUInt16BE() === 0x1f8b;
  if (!isZlib && !isGzip) return false;
  try {
    const { size } = await file.stat();
    const whole = await file.read(Buffer.alloc(size), 0, size, 0);
    return blankIn(unzipSync(whole.buffer, { maxOutputLength: MOST_UNPACKED_BYTES }), forms);
  } catch {
    return false;
  }
}

/** Root needs no right for it; a user is refused what it wrote read-only. */
async function openOwn(path: string, mode: number): Promise<FileHandle> {
  const flags = constants.O_RDWR | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  try {
    return await open(path, flags);
  } catch (error) {
    if (!isError(error, "EACCES")) throw error;
    await chmod(path, mode | 0o600);
    return open(path, flags);
  }
}

async function overwrite(file: FileHandle, forms: readonly Spelling[]): Promise<boolean> {
  // As long as the longest is where each of its lines is a short one.
  const overlap = Math.max(...forms.map(({ bytes }) => bytes)) * 4;
  const buffer = Buffer.alloc(CHUNK_BYTES + overlap);
  let isFound = false;
  for (let at = 0; ; at += CHUNK_BYTES) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, at);
    const bytes = buffer.subarray(0, bytesRead);
    if (blankIn(bytes, forms)) {
      await file.write(bytes, 0, bytesRead, at);
      isFound = true;
    }
    if (bytesRead < buffer.length) return isFound;
  }
}
