/** One line of a diff. Numbers are those of the old and the new file, null where the line is not. */
export type DiffLine = { sign: " " | "+" | "-"; text: string; old: number | null; new: number | null };
export type Hunk = { header: string; lines: DiffLine[] };

const HEADER = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@(.*)$/;

/** The hunks of a unified diff of one file. What is none of it is left out; a cut diff gives what is there. */
export function parsePatch(patch: string): Hunk[] {
  const hunks: Hunk[] = [];
  let hunk: Hunk | undefined;
  let oldLine = 0;
  let newLine = 0;
  for (const line of patch.split("\n")) {
    const header = HEADER.exec(line);
    if (header !== null) {
      oldLine = Number(header[1]);
      newLine = Number(header[2]);
      hunk = { header: (header[3] ?? "").trim(), lines: [] };
      hunks.push(hunk);
      continue;
    }
    const sign = line[0];
    if (hunk === undefined || (sign !== " " && sign !== "+" && sign !== "-")) continue;
    hunk.lines.push({
      sign,
      text: line.slice(1),
      old: sign === "+" ? null : oldLine++,
      new: sign === "-" ? null : newLine++,
    });
  }
  return hunks;
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
