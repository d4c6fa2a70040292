import type { Git } from "./run-git.ts";

export type ObjectInfo = { sha: string; type: string; size: number; path: string };

/** Objects that `tip` has and `base` has not, with the path under which each was met first. */
export async function newObjects(git: Git, range: { base: string; tip: string }): Promise<ObjectInfo[]> {
  const listing = await git.text(["rev-list", "--objects", range.tip, `^${range.base}`]);
  const paths = new Map<string, string>();
  for (const line of listing.split("\n")) {
    const cut = line.indexOf(" ");
    if (line !== "") paths.set(cut < 0 ? line : line.slice(0, cut), cut < 0 ? "" : line.slice(cut + 1));
  }
  const input = [...paths.keys()].map((sha) => `${sha}\n`).join("");
  const checked = await git.text(["cat-file", "--batch-check=%(objectname) %(objecttype) %(objectsize)"], { input });
  return checked.split("\n").flatMap((line) => {
    const [sha, type, size] = line.split(" ");
    return sha && type && size ? [{ sha, type, size: Number(size), path: paths.get(sha) ?? "" }] : [];
  });
}

const WINDOW = 1024 * 1024;
/** Longer than any spelling of any secret, so that none hides on the border of two windows. */
const OVERLAP = 64 * 1024;

/**
 * Whether `test` is true for any piece of the contents of these objects. Pieces overlap; they also run across the
 * border of two objects, which costs nothing and hides nothing.
 */
export async function anyContent(git: Git, objects: ObjectInfo[], test: (piece: Buffer) => boolean): Promise<boolean> {
  let found = false;
  let held: Buffer[] = [];
  let size = 0;
  const look = (): void => {
    const piece = Buffer.concat(held);
    found ||= test(piece);
    const tail = piece.subarray(Math.max(0, piece.length - OVERLAP));
    held = [Buffer.from(tail)];
    size = tail.length;
  };
  await git.run(["cat-file", "--batch"], {
    input: objects.map((object) => `${object.sha}\n`).join(""),
    timeoutMs: 300_000,
    onStdout: (chunk) => {
      held.push(chunk);
      size += chunk.length;
      if (!found && size >= WINDOW) look();
      else if (found) held = [];
    },
  });
  look();
  return found;
}
