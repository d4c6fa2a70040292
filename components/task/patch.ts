/** One line of a diff. Numbers are those of the old and the new file, null where the line is not. */
export type DiffLine = {
  sign: " " | "+" | "-";
  text: string;
  old: number | null;
  new: number | null;
  /** The file ends here without a line break. */
  isOpenEnd?: true;
};
export type DiffHunk = { header: string; lines: DiffLine[] };

const HEADER = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@(.*)$/;

/** The hunks of a unified diff of one file. What is none of it is left out; a cut diff gives what is there. */
export function parsePatch(patch: string): DiffHunk[] {
  const hunks: DiffHunk[] = [];
  let hunk: DiffHunk | undefined;
  let [oldLine, newLine, oldLeft, newLeft] = [0, 0, 0, 0];
  // The break at the end of the last line begins no line of its own, whatever a header's count says.
  const text = patch.replace(/\n$/, "");
  for (const line of text.split("\n")) {
    const header = HEADER.exec(line);
    if (header !== null) {
      [oldLine, newLine] = [Number(header[1]), Number(header[3])];
      [oldLeft, newLeft] = [Number(header[2] ?? 1), Number(header[4] ?? 1)];
      hunk = { header: (header[5] ?? "").trim(), lines: [] };
      hunks.push(hunk);
      continue;
    }
    const last = hunk?.lines.at(-1);
    if (line.startsWith("\\") && last !== undefined) last.isOpenEnd = true;
    // Editors and models strip the blank of an empty line.
    const sign = line === "" && oldLeft > 0 && newLeft > 0 ? " " : line[0];
    if (hunk === undefined || (sign !== " " && sign !== "+" && sign !== "-")) continue;
    if (sign !== "+") oldLeft -= 1;
    if (sign !== "-") newLeft -= 1;
    hunk.lines.push({
      sign,
      text: line.slice(1),
      old: sign === "+" ? null : oldLine++,
      new: sign === "-" ? null : newLine++,
    });
  }
  return hunks;
}

const NEW_FILE = /^--- \/dev\/null$|^new file mode/m;
const DELETED = /^\+\+\+ \/dev\/null$|^deleted file mode/m;
const RENAMED = /^rename from (.+)$/m;
const NOTES: [RegExp, (found: RegExpExecArray) => string][] = [
  [NEW_FILE, () => "New file"],
  [DELETED, () => "Deleted"],
  [RENAMED, ([, from]) => `Renamed from ${from}`],
  [/^copy from (.+)$/m, ([, from]) => `Copied from ${from}`],
  [/^old mode (\d+)\nnew mode (\d+)$/m, ([, from, to]) => `Mode ${from} → ${to}`],
  [/^Binary files|^GIT binary patch/m, () => "Binary file"],
];

/** What a patch says besides its lines. A patch without lines says at least that. */
export function notesOf(patch: string, isCut = false): string[] {
  const head = headOf(patch);
  const notes = NOTES.flatMap(([pattern, words]) => {
    const found = pattern.exec(head);
    return found === null ? [] : [words(found)];
  });
  return head === patch && notes.length === 0 && !isCut ? ["No line was changed"] : notes;
}

/** What stands before the first hunk; the whole patch where there is none. */
function headOf(patch: string): string {
  const begin = patch.search(/^@@ /m);
  return begin < 0 ? patch : patch.slice(0, begin);
}

export type PatchKind = "added" | "deleted" | "renamed" | "changed";

/** What became of the file as a whole. A file that became a link is deleted and new at once: changed. */
export function kindOf(patch: string): PatchKind {
  const head = headOf(patch);
  const [isNew, isGone, isMoved] = [NEW_FILE, DELETED, RENAMED].map((pattern) => pattern.test(head));
  if (isNew || isGone) return isNew && isGone ? "changed" : isNew ? "added" : "deleted";
  return isMoved ? "renamed" : "changed";
}

export function statOf(patches: readonly string[]): { additions: number; deletions: number } {
  let additions = 0;
  let deletions = 0;
  for (const { lines } of patches.flatMap(parsePatch))
    for (const { sign } of lines) {
      if (sign === "+") additions += 1;
      if (sign === "-") deletions += 1;
    }
  return { additions, deletions };
}

/** Lines side by side: what was deleted stands beside what came for it. */
export type SplitRow = { left: DiffLine | null; right: DiffLine | null };
export function splitRows(lines: readonly DiffLine[]): SplitRow[] {
  const rows: SplitRow[] = [];
  let deleted: DiffLine[] = [];
  let added: DiffLine[] = [];
  const flush = () => {
    for (let index = 0; index < Math.max(deleted.length, added.length); index++)
      rows.push({ left: deleted[index] ?? null, right: added[index] ?? null });
    deleted = [];
    added = [];
  };
  for (const line of lines) {
    if (line.sign === "-") deleted.push(line);
    else if (line.sign === "+") added.push(line);
    else {
      flush();
      rows.push({ left: line, right: line });
    }
  }
  flush();
  return rows;
}
