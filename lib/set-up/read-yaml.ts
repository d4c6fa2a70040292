import { type Document, isAlias, isMap, isPair, isScalar, isSeq, LineCounter, parseDocument, visit } from "yaml";
import type { FileProblem } from "./problem.ts";

/** A longer file is refused. */
const MOST_BYTES = 64 * 1024;
/** Each may stand for many values, and in itself again. */
const MOST_ALIASES = 20;

type Broken = { is: "broken"; problem: FileProblem };
/** A key that stands a second time among its neighbours. */
export type RepeatedKey = { path: string[]; line: number };
type ReadFile = {
  is: "read";
  value: unknown;
  repeated: RepeatedKey[];
  lineOf: (path: readonly PropertyKey[]) => number | null;
};

export const isTooLarge = (text: string): boolean => new TextEncoder().encode(text).length > MOST_BYTES;

/**
 * YAML 1.2 without tags of its own. A number that would be written in another way stays the text that it is: 3.10 is a
 * version. `lineOf` says where a key or an item stands, or the nearest above it.
 */
export function readYaml(file: string, text: string): ReadFile | Broken {
  const broken = (is: "syntax" | "too_large" | "too_many_aliases", line: number | null = null): Broken => ({
    is: "broken",
    problem: { file, line, key: null, is },
  });
  if (isTooLarge(text)) return broken("too_large");
  try {
    const lines = new LineCounter();
    const document = parseDocument(text, { lineCounter: lines, schema: "core", uniqueKeys: false, logLevel: "error" });
    const [error] = document.errors;
    if (error !== undefined) return broken("syntax", lines.linePos(error.pos[0]).line || 1);
    const { aliases, repeated } = lookThrough(document, lines);
    if (aliases > MOST_ALIASES) return broken("too_many_aliases");
    const value: unknown = document.toJS({ maxAliasCount: MOST_ALIASES });
    return { is: "read", value, repeated, lineOf: (path) => lineIn(document.contents, path, lines) };
  } catch {
    // Nested deeper than can be followed, or an alias that leads to itself.
    return broken("syntax", 1);
  }
}

function lookThrough(document: Document, lines: LineCounter): { aliases: number; repeated: RepeatedKey[] } {
  let aliases = 0;
  const repeated: RepeatedKey[] = [];
  visit(document, {
    Alias: () => void (aliases += 1),
    Scalar: (_, node) => {
      const isOtherwise = typeof node.value === "number" && String(node.value) !== node.source;
      if (isOtherwise) node.value = node.source;
    },
    Map: (_, { items }, above) => {
      const known = new Set<string>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        const name = String(key.value);
        const path = above.flatMap((one) => (isPair(one) && isScalar(one.key) ? [String(one.key.value)] : []));
        if (known.has(name)) repeated.push({ path: [...path, name], line: lines.linePos(key.range?.[0] ?? 0).line });
        known.add(name);
      }
    },
  });
  return { aliases, repeated };
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
