import { isEscaped } from "./is-escaped.ts";
import { CODE, HIDDEN, TAG, type Regions } from "./regions.ts";
import { DEFINITION, TARGET } from "./link-targets.ts";
import type { UnseenEdit } from "./unseen-edit.ts";

/** CommonMark's limit for a label with its brackets. */
const MAX_LABEL = 1001;

/** A pair of square brackets in prose, from `[` to behind `]`. */
type Pair = { from: number; to: number };

/** Removes image alt texts, link titles and link definitions that no link uses: words that the page does not show. */
export function linkEdits(text: string, regions: Regions): UnseenEdit[] {
  const pairs = bracketPairs(text, regions);
  const definitions = linkDefinitions(text, regions);
  const defining = new Set(definitions.map((one) => one.labelAt));
  const using = pairs.filter((pair) => !defining.has(pair.from) && pair.to - pair.from <= MAX_LABEL);
  const used = new Set(using.map((pair) => labelOf(text.slice(pair.from + 1, pair.to - 1))));
  const known = new Set(definitions.map((one) => one.label));
  return [
    ...pairs.flatMap((pair) => pairEdits(text, pair, known)),
    ...definitions.flatMap((one) => definitionEdits(one, used.has(one.label))),
  ];
}

const labelOf = (label: string): string => label.toLowerCase().replace(/\s+/g, " ").trim();

function bracketPairs(text: string, { lines, marks }: Regions): Pair[] {
  const pairs: Pair[] = [];
  let group = -1;
  let open: number[] = [];
  for (const line of lines) {
    if (line.group !== group || line.kind === "blank") open = [];
    group = line.group;
    if (line.kind === "html") continue;
    for (let at = line.from; at < line.end; at++) {
      const char = text[at];
      if ((char !== "[" && char !== "]") || ((marks[at] ?? 0) & (CODE | HIDDEN | TAG)) !== 0 || isEscaped(text, at))
        continue;
      if (char === "[") open.push(at);
      else {
        const from = open.pop();
        if (from !== undefined) pairs.push({ from, to: at + 1 });
      }
    }
  }
  return pairs;
}

function pairEdits(text: string, pair: Pair, known: ReadonlySet<string>): UnseenEdit[] {
  const isImage = text[pair.from - 1] === "!" && !isEscaped(text, pair.from - 1);
  const inside = text.slice(pair.from + 1, pair.to - 1);
  TARGET.lastIndex = pair.to;
  const target = text[pair.to] === "(" ? TARGET.exec(text) : null;
  if (target) {
    const title =
      target[2] === undefined
        ? []
        : [{ from: pair.to, to: TARGET.lastIndex, replacement: `(${target[1] ?? ""})`, what: "link title" as const }];
    if (!isImage || inside === "") return title;
    return [{ from: pair.from, to: pair.to, replacement: "[]", what: "image alt text" }, ...title];
  }
  if (!isImage || inside === "") return [];
  const reference = /^\[([^[\]]*)\]/.exec(text.slice(pair.to, pair.to + 1002));
  const label = reference?.[1] ? labelOf(reference[1]) : labelOf(inside.slice(0, MAX_LABEL));
  if (!known.has(label)) return [];
  // `![alt]` and `![alt][]` name their definition by the alt text itself: the image as such is left.
  const to = reference ? pair.to + reference[0].length : pair.to;
  return [{ from: pair.from - 1, to, replacement: "(image)", what: "image alt text" }];
}

type Definition = { from: number; to: number; labelAt: number; label: string; titleFrom: number | null };

function linkDefinitions(text: string, { lines, marks }: Regions): Definition[] {
  const found: Definition[] = [];
  let end = -1;
  let previousGroup = -1;
  for (const line of lines) {
    const begins = line.group !== previousGroup || line.start === end + 1;
    previousGroup = line.group;
    if (line.kind !== "text" || !begins || line.start < end) continue;
    DEFINITION.lastIndex = line.from;
    const match = DEFINITION.exec(text);
    if (
      !match ||
      ((marks[line.from] ?? 0) & (CODE | HIDDEN)) !== 0 ||
      match[1]?.startsWith("^") ||
      /\n\s*\n/.test(match[0])
    )
      continue;
    end = DEFINITION.lastIndex;
    const title = match[3];
    found.push({
      from: line.from,
      to: end,
      labelAt: text.indexOf("[", line.from),
      label: labelOf(match[1] ?? ""),
      titleFrom: title === undefined ? null : match.index + match[0].lastIndexOf(title),
    });
  }
  return found;
}

function definitionEdits(definition: Definition, isUsed: boolean): UnseenEdit[] {
  const { from, to, titleFrom } = definition;
  if (!isUsed) return [{ from, to, replacement: "", what: "unused link definition" }];
  return titleFrom === null ? [] : [{ from: titleFrom, to, replacement: "", what: "link title" }];
}
