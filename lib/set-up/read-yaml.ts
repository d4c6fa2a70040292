import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, visit } from "yaml";
import type { FileProblem } from "./problem.ts";

/** More than this of a file is read by nobody. */
const MOST_BYTES = 64 * 1024;
/** Each may stand for many values, and in itself again. */
const MOST_ALIASES = 20;

type Broken = { is: "broken"; problem: FileProblem };
type ReadFile = { is: "read"; value: unknown; lineOf: (path: readonly PropertyKey[]) => number | null };

export const isTooLarge = (text: string): boolean => new TextEncoder().encode(text).length > MOST_BYTES;

/** YAML 1.2 without tags of its own. `lineOf` says where a key or an item stands, or the nearest above it. */
export function readYaml(file: string, text: string): ReadFile | Broken {
  const broken = (is: "syntax" | "too_large" | "too_many_aliases", line: number | null = null): Broken => ({
    is: "broken",
    problem: { file, line, key: null, is },
  });
  if (isTooLarge(text)) return broken("too_large");
  try {
    const lines = new LineCounter();
    const document = parseDocument(text, { lineCounter: lines, schema: "core", logLevel: "silent" });
    const [error] = document.errors;
    if (error !== undefined) return broken("syntax", lines.linePos(error.pos[0]).line || 1);
    let aliases = 0;
    visit(document, { Alias: () => void (aliases += 1) });
    if (aliases > MOST_ALIASES) return broken("too_many_aliases");
    const value: unknown = document.toJS({ maxAliasCount: MOST_ALIASES });
    return { is: "read", value, lineOf: (path) => lineIn(document.contents, path, lines) };
  } catch {
    // Nested deeper than can be followed, or an alias that leads to itself.
    return broken("syntax", 1);
  }
}

function lineIn(root: unknown, path: readonly PropertyKey[], lines: LineCounter): number | null {
  let line: number | null = null;
  let node = root;
  const at = (range: readonly number[] | null | undefined) =>
    range?.[0] === undefined ? line : lines.linePos(range[0]).line;
  for (const step of path) {
    if (isAlias(node)) return line;
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
      if (pair === undefined) return line;
      if (isScalar(pair.key)) line = at(pair.key.range);
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(step)];
      if (isScalar(node) || isMap(node) || isSeq(node)) line = at(node.range);
    } else return line;
  }
  return line;
}
