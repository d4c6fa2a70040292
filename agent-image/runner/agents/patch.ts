import { clipBytes } from "../clip-bytes.ts";

/** More of a patch than a log record can show helps nobody; the pull request holds the whole change. */
const MAX_PATCH_BYTES = 32 * 1024;

export type StructuredHunk = {
  oldStart: number;
  oldLines: number;
  newStart: number;
  newLines: number;
  lines: string[];
};

const bounded = (text: string): string => clipBytes(text, { maxBytes: MAX_PATCH_BYTES, keep: "start" });
const linesOf = (text: string): string[] => {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
};
const range = (start: number, lines: number): string =>
  lines === 1 ? String(start) : `${lines === 0 ? Math.max(0, start - 1) : start},${lines}`;

function patch(names: { from: string; to: string }, body: string): string {
  return bounded(`--- ${names.from}\n+++ ${names.to}\n${body}\n`);
}

/** A file that did not exist. */
export function newFilePatch(path: string, content: string): string {
  const lines = linesOf(bounded(content));
  return patch(
    { from: "/dev/null", to: `b/${path}` },
    [`@@ -0,0 +${range(1, lines.length)} @@`, ...lines.map((line) => `+${line}`)].join("\n"),
  );
}

/** Old text replaced by new text at a place that is not known: line numbers count from 1. */
export function replacementPatch(path: string, change: { before: string; after: string }): string {
  const before = linesOf(bounded(change.before));
  const after = linesOf(bounded(change.after));
  const header = `@@ -${range(1, before.length)} +${range(1, after.length)} @@`;
  return patch(
    changed(path),
    [header, ...before.map((line) => `-${line}`), ...after.map((line) => `+${line}`)].join("\n"),
  );
}

/** Hunks as an agent's own diff library reports them. */
export function hunksPatch(path: string, hunks: StructuredHunk[]): string {
  const body = hunks.flatMap((hunk) => [
    `@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@`,
    ...hunk.lines,
  ]);
  return patch(changed(path), body.join("\n"));
}

/** A unified diff whose header names absolute paths, under the repository's path instead. */
export function renamedPatch(path: string, diff: string): string {
  const start = diff.search(/^@@ /m);
  return patch(changed(path), start === -1 ? "" : diff.slice(start).trimEnd());
}

const changed = (path: string): { from: string; to: string } => ({ from: `a/${path}`, to: `b/${path}` });

/** A path as people know it: from the repository's root if it lies inside, without line breaks. */
export function repositoryPath(path: string, workDir: string | null): string {
  const inside = workDir !== null && path.startsWith(`${workDir}/`) ? path.slice(workDir.length + 1) : path;
  return inside.replace(/^\.\//, "").replace(/\s+/g, " ");
}
