import type { Dirent } from "node:fs";
import { lstat, readlink, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { blankedText, type Spelling } from "./spelling.ts";

type Names = { uid: number; forms: readonly Spelling[]; onFound: (path: string) => void };

/**
 * A user's file or folder under a name without a secret; null: it is a link that leads to a name with one, and is gone.
 * Nobody else's name is changed.
 */
export async function hideInName(
  folder: string,
  entry: Dirent,
  { uid, forms, onFound }: Names,
): Promise<string | null> {
  const path = join(folder, entry.name);
  const name = blankedText(entry.name, forms);
  const leadsTo = entry.isSymbolicLink() ? await readlink(path).catch(() => "") : "";
  const isBadLink = blankedText(leadsTo, forms) !== null;
  if ((name === null && !isBadLink) || (await lstat(path)).uid !== uid) return path;
  const hidden = join(folder, name ?? entry.name);
  onFound(hidden);
  if (isBadLink) {
    await rm(path);
    return null;
  }
  try {
    await rename(path, hidden);
    return hidden;
  } catch {
    // There is one of that name already.
    await rm(path, { recursive: true });
    return null;
  }
}
