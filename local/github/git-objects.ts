import { createHash } from "node:crypto";
import { mkdir, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { deflateSync } from "node:zlib";

export type ObjectType = "blob" | "tree" | "commit";
export type TreeEntry = { mode: string; type: string; sha: string; path: string };

/** Git's own form of an object: what its id is computed of. */
function framed(type: ObjectType, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${type} ${content.length}\0`), content]);
}

/** Writes a loose object without a git process and answers its id. One that is there already may be written again. */
export async function writeLooseObject(directory: string, type: ObjectType, content: Buffer): Promise<string> {
  const bytes = framed(type, content);
  const id = createHash("sha1").update(bytes).digest("hex");
  const folder = path.join(directory, "objects", id.slice(0, 2));
  const file = path.join(folder, id.slice(2));
  await mkdir(folder, { recursive: true });
  await writeFile(`${file}.new`, deflateSync(bytes, { level: 1 }), { mode: 0o444 });
  await rename(`${file}.new`, file);
  return id;
}

/** A tree's content. Git sorts a folder as if its name ended with a slash, by bytes. */
export function treeContent(entries: TreeEntry[]): Buffer {
  const keyed = entries.map((entry) => ({
    key: Buffer.from(entry.type === "tree" ? `${entry.path}/` : entry.path),
    bytes: Buffer.concat([
      Buffer.from(`${entry.mode.replace(/^0/, "")} ${entry.path}\0`),
      Buffer.from(entry.sha, "hex"),
    ]),
  }));
  return Buffer.concat(keyed.toSorted((one, other) => Buffer.compare(one.key, other.key)).map(({ bytes }) => bytes));
}
