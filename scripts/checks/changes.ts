import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { ROOT, runTool } from "./command.ts";
import { tryJson } from "../../lib/json.ts";

const FOLDER = join(ROOT, ".porter", "check");
const manifestSchema = z.record(z.string(), z.string());

/** Every file of the project, by its path, with the hash of its content. */
export type FileHashes = Record<string, string>;

/** What a check has to look at: some files of a tree that was green but for them, or all of it. */
export type Scope = { changed: string[] } | "all";

/** The files as they are now, those that git ignores left out. Throws where git does not answer. */
export async function readManifest(): Promise<FileHashes> {
  const { ok, stdout, output } = await runTool("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
  if (!ok) throw new Error(`git does not list the files: ${output}`);
  // Listed, too: what was deleted without telling git, and links to folders.
  const isFile = (path: string): boolean => statSync(join(ROOT, path), { throwIfNoEntry: false })?.isFile() === true;
  const paths = [...new Set(stdout.split("\0"))].filter((path) => path !== "" && isFile(path));
  const hash = (path: string): string =>
    createHash("sha1")
      .update(readFileSync(join(ROOT, path)))
      .digest("base64");
  return Object.fromEntries(paths.map((path) => [path, hash(path)]));
}

const fileOf = (check: string): string => join(FOLDER, `${check}.json`);

/** What is not as it was when this check was green last; a file that is gone counts, too. */
export function scopeSince(check: string, now: FileHashes): Scope {
  if (!existsSync(fileOf(check))) return "all";
  const before = tryJson(manifestSchema, readFileSync(fileOf(check), "utf8"));
  if (before === undefined) return "all";
  const paths = new Set([...Object.keys(before), ...Object.keys(now)]);
  return { changed: [...paths].filter((path) => before[path] !== now[path]) };
}

/** Notes that this check is green over these files. */
export function rememberGreen(check: string, now: FileHashes): void {
  mkdirSync(dirname(fileOf(check)), { recursive: true });
  writeFileSync(fileOf(check), JSON.stringify(now));
}
