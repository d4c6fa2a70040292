import { TARGET } from "@/lib/markdown/link-targets";

/** Nobody nests deeper, and reading it takes more than in proportion. */
const DEEPEST = 20;
/** A link's text is shorter, and stands in fewer others. */
const LONGEST_LABEL = 2000;
const DEEPEST_LABEL = 20;
/** What is shorter costs little however it is written. */
const SMALL = 4096;

const CONTAINERS = /^[ \t]*(?:(?:>|[-+*](?=[ \t])|\d{1,9}[.)](?=[ \t]))[ \t]*){21,}/gm;
const CONTAINER = /(?:>|[-+*](?=[ \t])|\d{1,9}[.)](?=[ \t]))[ \t]*/g;
const RULE = /^[ \t]*([-*_])(?:[ \t]*\1)+[ \t]*$/;

/** Takes the quotes and lists of a line that are deeper than twenty. `removed`: how many. */
export function limitNesting(text: string): { text: string; removed: number } {
  let removed = 0;
  const limited = text.replace(CONTAINERS, (prefix, at: number) => {
    const end = text.indexOf("\n", at);
    if (RULE.test(text.slice(at, end === -1 ? text.length : end))) return prefix;
    let depth = 0;
    return prefix.replace(CONTAINER, (marker) => {
      depth += 1;
      if (depth <= DEEPEST) return marker;
      removed += 1;
      return "";
    });
  });
  return { text: limited, removed };
}

/**
 * Makes text of brackets outside of code fences that have no other one near, or stand too deep: each costs a look at
 * everything before it. On GitHub some of them may be links: what a link hides goes with its brackets, and an image with
 * all of it. `removed`: how many of these.
 */
export function limitBrackets(text: string): { text: string; removed: number } {
  if (text.length <= SMALL) return { text, removed: 0 };
  const { pairs, alone } = bracketPairs(text);
  const plain = new Set(alone);
  const gone: { from: number; to: number }[] = [];
  for (const { from, to, depth } of pairs) {
    if (depth < DEEPEST_LABEL && to - from <= LONGEST_LABEL) continue;
    plain.add(from).add(to);
    const behind = behindLabel(text, to + 1);
    if (behind === to + 1) continue;
    const isImage = text[from - 1] === "!" && text[from - 2] !== "\\";
    gone.push({ from: isImage ? from - 1 : to + 1, to: behind });
  }
  let limited = "";
  let done = 0;
  for (const { from, to } of gone.toSorted((one, other) => one.from - other.from)) {
    limited += escapedAt(text, { from: done, to: Math.max(done, from) }, plain);
    done = Math.max(done, to);
  }
  return { text: limited + escapedAt(text, { from: done, to: text.length }, plain), removed: gone.length };
}

const escapedAt = (text: string, { from, to }: { from: number; to: number }, plain: ReadonlySet<number>): string =>
  text.slice(from, to).replace(/[[\]]/g, (found, at: number) => (plain.has(from + at) ? `\\${found}` : found));

/** Where that ends which stands behind a link's text: its address and title, or its label. `at` itself: there is none. */
function behindLabel(text: string, at: number): number {
  if (text[at] !== "(" && text[at] !== "[") return at;
  TARGET.lastIndex = at;
  if (text[at] === "(" && TARGET.test(text)) return TARGET.lastIndex;
  // Of another form, or none at all: whatever of it could hide stands before the next empty line.
  const end = text.indexOf("\n\n", at);
  return end === -1 ? text.length : end;
}

/** Brackets that belong together, with how many such pairs stand around each, and those that have no other one. */
function bracketPairs(text: string): { pairs: { from: number; to: number; depth: number }[]; alone: number[] } {
  const open: number[] = [];
  const alone: number[] = [];
  const found: { from: number; to: number }[] = [];
  for (const { from, to } of outsideFences(text))
    for (const { 0: sign, index } of text.slice(from, to).matchAll(/\\[\s\S]|[[\]]/g)) {
      const at = from + index;
      if (sign === "[") open.push(at);
      if (sign !== "]") continue;
      const opening = open.pop();
      if (opening === undefined) alone.push(at);
      else found.push({ from: opening, to: at });
    }
  const around: number[] = [];
  const pairs = found
    .toSorted((one, other) => one.from - other.from)
    .map((pair) => {
      while ((around.at(-1) ?? Infinity) < pair.from) around.pop();
      around.push(pair.to);
      return { ...pair, depth: around.length - 1 };
    });
  return { pairs, alone: [...alone, ...open] };
}

/** Where no code fence is, line by line as fences open and close. */
function outsideFences(text: string): { from: number; to: number }[] {
  const ranges: { from: number; to: number }[] = [];
  let fence: string | null = null;
  let from = 0;
  for (const { 1: marks = "", 2: rest = "", index } of text.matchAll(/^ {0,3}(`{3,}|~{3,})([^\n]*)/gm)) {
    if (fence === null) {
      ranges.push({ from, to: index });
      fence = marks;
    } else if (marks.startsWith(fence) && rest.trim() === "") {
      fence = null;
      from = index;
    }
  }
  if (fence === null) ranges.push({ from, to: text.length });
  return ranges;
}
