import { type Git, type GitOptions } from "../git/run-git.ts";
import { isEnvFile, isKeyName } from "../../../lib/review/kept-out.ts";
import type { FileAnswer } from "./reader-answers.ts";
import type { TrackedChange, WorkTreeStatus } from "./work-tree-status.ts";

type Facts = { status: WorkTreeStatus; files: ReadonlyMap<string, FileAnswer> };

/**
 * Paths that were taken out of the index on purpose (`git rm --cached`) while their file stays. A file of other content
 * is a new one that took the name; but what may hold secrets stays out.
 */
export async function staysRemoved(git: Git, { status, files }: Facts, here: GitOptions): Promise<Set<string>> {
  const removed = new Set<string>();
  const open: TrackedChange[] = [];
  for (const change of status.tracked) {
    if (!change.isStagedRemoval || !files.has(change.path)) continue;
    if (isEnvFile(change.path) || isKeyName(change.path)) removed.add(change.path);
    else if (!change.path.includes("\n")) open.push(change);
  }
  if (open.length === 0) return removed;
  const input = open.map(({ path }) => `${path}\n`).join("");
  const shas = (await git.text(["hash-object", "--stdin-paths"], { ...here, input })).split("\n");
  for (const [at, { path, headSha }] of open.entries()) if (shas[at] === headSha) removed.add(path);
  return removed;
}

/**
 * Modes that were staged (`git update-index --chmod=+x`) and that the file does not have: adding the file would lose
 * them. A file whose mode somebody changed after staging has the last word.
 */
export async function keepStagedModes(
  git: Git,
  { status, files }: Facts,
  here: GitOptions,
): Promise<Map<"+x" | "-x", string[]>> {
  const open = status.tracked.filter(
    ({ path, modes, isOpen }) =>
      isOpen && files.has(path) && modes.head === modes.work && modes.index !== modes.head && isPlain(modes.index),
  );
  const kept = new Map<"+x" | "-x", string[]>();
  if (open.length === 0) return kept;
  const literal = open.map(({ path }) => `:(literal,top)${path}`);
  const staged = parseTimes(await git.run(["ls-files", "--debug", "-z", "--", ...literal], here));
  for (const { path, modes } of open) {
    const file = files.get(path);
    const then = staged.get(path);
    if (file === undefined || then === undefined) continue;
    // Changing a mode alone leaves its trace in one of the two times.
    const isModeChanged = then.mtime === file.mtime && then.ctime !== file.ctime;
    const chmod = modes.index === "100755" ? "+x" : "-x";
    if (!isModeChanged) kept.set(chmod, [...(kept.get(chmod) ?? []), path]);
  }
  return kept;
}

/**
 * Files that are byte for byte what the index has: git would only write them otherwise because attributes say so (line
 * endings, say), and that is nobody's change.
 */
export async function onlyRewritten(git: Git, { status, files }: Facts, here: GitOptions): Promise<Set<string>> {
  const open = status.tracked.filter(
    ({ path, isOpen, modes, indexSha }) =>
      isOpen &&
      indexSha !== "" &&
      modes.index === modes.work &&
      files.get(path)?.kind === "file" &&
      !path.includes("\n"),
  );
  if (open.length === 0) return new Set();
  const input = open.map(({ path }) => `${path}\n`).join("");
  const shas = (await git.text(["hash-object", "--no-filters", "--stdin-paths"], { ...here, input })).split("\n");
  return new Set(open.filter(({ indexSha }, at) => shas[at] === indexSha).map(({ path }) => path));
}

const isPlain = (mode: string): boolean => mode === "100644" || mode === "100755";

/** The times that the index remembers, of `git ls-files --debug -z`: a path, NUL, then lines that belong to it. */
function parseTimes(output: Buffer): Map<string, { ctime: string; mtime: string }> {
  const times = new Map<string, { ctime: string; mtime: string }>();
  const nanoseconds = (text: string, name: string): string => {
    const [, seconds = "0", rest = "0"] = new RegExp(`^ *${name}: (\\d+):(\\d+)$`, "m").exec(text) ?? [];
    return String(BigInt(seconds) * 1_000_000_000n + BigInt(rest));
  };
  let rest = output;
  for (let end = rest.indexOf(0); end >= 0; end = rest.indexOf(0)) {
    const path = rest.subarray(0, end).toString("utf8");
    const flags = rest.indexOf("flags:", end);
    const next = flags < 0 ? rest.length : rest.indexOf("\n", flags) + 1;
    const text = rest.subarray(end + 1, next).toString("latin1");
    times.set(path, { ctime: nanoseconds(text, "ctime"), mtime: nanoseconds(text, "mtime") });
    rest = rest.subarray(next === 0 ? rest.length : next);
  }
  return times;
}
