import { elementEdits } from "@/lib/markdown/hidden-elements";
import { linkEdits } from "@/lib/markdown/hidden-link-text";
import { clip, removeInvisible } from "@/lib/markdown/invisible";
import { CODE, HIDDEN, readRegions, type Regions } from "@/lib/markdown/regions";
import { applyEdits, type Edit } from "./edits";
import { omissionCounter, type OmittedKind } from "./omissions";

/** Removing one thing may uncover another; text made to do so again and again is broken up instead. */
const MAX_PASSES = 8;

/** GitHub's titles have 256 characters. */
const MAX_TITLE_READ = 2000;

/**
 * What a person who looks at the issue on GitHub sees of a Markdown text, for a model that would see all of it:
 * without HTML comments, invisible characters, hidden elements and attributes, image alt texts, link titles and
 * unused link definitions (shared/design/security.md "What the agent is told"). Code is visible and stays, but for
 * invisible characters. Idempotent; the result is valid UTF-8 with `\n` line ends.
 */
export function sanitise(text: string): { text: string; omitted: { what: OmittedKind; count: number }[] } {
  const counter = omissionCounter();
  let current = text;
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    const visible = removeInvisible(current);
    for (const { kind, count } of visible.removed) counter.note(kind, count);
    const regions = readRegions(visible.text);
    const next = applyEdits(visible.text, editsOf(visible.text, regions), counter.note);
    if (next === current) return { text: current, omitted: counter.counted() };
    current = next;
  }
  return { text: current.replace(/[<[&]/g, "$& "), omitted: counter.counted() };
}

/**
 * A title, which GitHub shows as plain text in one line: without invisible characters and, though they show there,
 * HTML comments.
 */
export function sanitiseTitle(text: string): { text: string; omitted: { what: OmittedKind; count: number }[] } {
  const counter = omissionCounter();
  const visible = removeInvisible(clip(text, MAX_TITLE_READ));
  for (const { kind, count } of visible.removed) counter.note(kind, count);
  const line = visible.text.replace(/<!--.*?-->/gs, () => (counter.note("HTML comment", 1), " ")).replace(/\s+/g, " ");
  return { text: line.trim(), omitted: counter.counted() };
}

function editsOf(text: string, regions: Regions): Edit[] {
  // GitHub shows an inline comment without an end as text: it stays, with a blank that makes it text for everyone.
  if (regions.unclosedComment !== null) {
    const at = regions.unclosedComment;
    return [{ from: at, to: text.length, replacement: text.slice(at).replaceAll("<!--", "< !--"), what: null }];
  }
  return [
    ...commentEdits(text, regions),
    ...elementEdits(text, regions),
    ...linkEdits(text, regions),
    ...referenceEdits(text, regions),
  ];
}

function commentEdits(text: string, { marks }: Regions): Edit[] {
  const edits: Edit[] = [];
  for (let from = 0; from < text.length; from++) {
    if (((marks[from] ?? 0) & HIDDEN) === 0) continue;
    let to = from + 1;
    while (to < text.length && ((marks[to] ?? 0) & HIDDEN) !== 0) to++;
    edits.push({ from, to, replacement: " ", what: "HTML comment" });
    from = to;
  }
  return edits;
}

const NAMED_REFERENCES =
  /^&(?:shy|zwj|zwnj|lrm|rlm|NoBreak|ZeroWidthSpace|NegativeThinSpace|NegativeMediumSpace|NegativeThickSpace|NegativeVeryThinSpace|InvisibleTimes|InvisibleComma|ApplyFunction|af|it|ic);$/;

/** `&#8203;` and its like: a character that nobody sees, spelt out. */
function referenceEdits(text: string, { marks }: Regions): Edit[] {
  return [...text.matchAll(/&(?:#x0*[0-9a-fA-F]{1,6}|#0*[0-9]{1,7}|[A-Za-z]{2,24});/g)].flatMap((found): Edit[] => {
    if (((marks[found.index] ?? 0) & CODE) !== 0 || !isInvisibleReference(found[0])) return [];
    return [
      { from: found.index, to: found.index + found[0].length, replacement: "", what: "invisible character reference" },
    ];
  });
}

function isInvisibleReference(reference: string): boolean {
  const digits = /^&#(x?)([0-9a-fA-F]+);$/i.exec(reference);
  if (!digits) return NAMED_REFERENCES.test(reference);
  const code = Number.parseInt(digits[2] ?? "", digits[1] ? 16 : 10);
  return code <= 0x10ffff && code !== 13 && removeInvisible(String.fromCodePoint(code)).removed.length > 0;
}
