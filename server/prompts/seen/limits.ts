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
 * everything before it, and no link is made of them. They are shown on GitHub as before.
 */
export function limitBrackets(text: string): string {
  if (text.length <= SMALL) return text;
  const open: number[] = [];
  const plain: number[] = [];
  for (const { from, to } of outsideFences(text))
    for (const { 0: found, index } of text.slice(from, to).matchAll(/\\[\s\S]|[[\]]/g)) {
      const at = from + index;
      if (found === "[") open.push(at);
      if (found !== "]") continue;
      const opening = open.pop();
      const isLink = opening !== undefined && open.length < DEEPEST_LABEL && at - opening <= LONGEST_LABEL;
      if (!isLink) plain.push(...(opening === undefined ? [] : [opening]), at);
    }
  const escaped = new Set([...plain, ...open]);
  return escaped.size === 0
    ? text
    : text.replace(/[[\]]/g, (found, at: number) => (escaped.has(at) ? `\\${found}` : found));
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
