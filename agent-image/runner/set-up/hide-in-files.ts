import type { Dirent } from "node:fs";
import { chmod, constants, type FileHandle, lstat, open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { secretForms } from "../../../lib/secret-forms.ts";

const CHUNK_BYTES = 4 * 1024 * 1024;
/** White space between two characters: a line's end and the next one's indent. */
const MOST_INDENTED = 32;
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
  const places = [
    ...own.map((root) => ({ root, isOpen: anyFolder })),
    ...shared.map((root) => ({ root, isOpen: mayWrite })),
  ];
  for (const { root, isOpen } of places) {
    for await (const path of filesBelow(root, isOpen)) {
      if (Date.now() > until) throw new Error("There was not enough time to look through all files.");
      if (await hideInFile(path, { uid, forms, since: since - SLACK_MS })) found.push(path);
    }
  }
  return found;
}

type Choice = (folder: string) => Promise<boolean>;
const anyFolder: Choice = async () => true;

async function* filesBelow(folder: string, isOpen: Choice): AsyncGenerator<string> {
  for (const entry of await entriesOf(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (await isOpen(path)) yield* filesBelow(path, isOpen);
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
    return await overwrite(file, forms);
  } finally {
    await file.close();
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

/** `begins`: what a file without it cannot hold. `whole`: over lines of any length, in a text of one character a byte. */
type Spelling = { begins: Buffer; whole: RegExp; bytes: number };
const BEGIN_BYTES = 12;

function spellingOf(form: string): Spelling {
  const bytes = Buffer.from(form);
  const characters = [...bytes].map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`);
  const whole = new RegExp(characters.join(`\\s{0,${MOST_INDENTED}}`), "g");
  return { begins: bytes.subarray(0, BEGIN_BYTES), whole, bytes: bytes.length };
}

async function overwrite(file: FileHandle, forms: readonly Spelling[]): Promise<boolean> {
  // As long as the longest is where each of its lines is a short one.
  const overlap = Math.max(...forms.map(({ bytes }) => bytes)) * 4;
  const buffer = Buffer.alloc(CHUNK_BYTES + overlap);
  let isFound = false;
  for (let at = 0; ; at += CHUNK_BYTES) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, at);
    const bytes = buffer.subarray(0, bytesRead);
    if (blank(bytes, forms)) {
      await file.write(bytes, 0, bytesRead, at);
      isFound = true;
    }
    if (bytesRead < buffer.length) return isFound;
  }
}

/** Lines stay, and so does the length. */
function blank(bytes: Buffer, forms: readonly Spelling[]): boolean {
  let isFound = false;
  for (const { whole } of forms.filter(({ begins }) => bytes.includes(begins))) {
    const text = bytes.toString("latin1");
    const hidden = text.replace(whole, (found) => found.replace(/\S/g, "x"));
    if (hidden === text) continue;
    bytes.write(hidden, "latin1");
    isFound = true;
  }
  return isFound;
}
