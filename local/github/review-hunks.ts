type Side = "LEFT" | "RIGHT";

/**
 * Where a line stands in a file's diff: the hunk from its head to the line, and how many lines below the first head that
 * is. Undefined: the diff does not show it, so nothing can be said at it.
 */
export function findInDiff(
  diff: string,
  { line, side }: { line: number; side: Side },
): { hunk: string; position: number } | undefined {
  let position = -1;
  let hunk: string[] = [];
  let [left, right] = [0, 0];
  for (const text of diff.split("\n")) {
    const head = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/.exec(text);
    if (head !== null) {
      [left, right] = [Number(head[1]), Number(head[2])];
      hunk = [text];
      position += 1;
      continue;
    }
    if (hunk.length === 0 || !/^[ +-]/.test(text)) continue;
    hunk.push(text);
    position += 1;
    const isHere = side === "RIGHT" ? text[0] !== "-" && right === line : text[0] !== "+" && left === line;
    if (isHere) return { hunk: hunk.join("\n"), position };
    if (text[0] !== "+") left += 1;
    if (text[0] !== "-") right += 1;
  }
  return undefined;
}
