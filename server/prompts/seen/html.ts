import { elementEdits } from "@/lib/markdown/hidden-elements";
import { type HtmlTag, tagAt } from "@/lib/markdown/html-tags";
import type { Edit } from "../edits";
import { each, type Token } from "@/lib/markdown/tokens";

/** What GitHub's page keeps of HTML. */
const SHOWN_ELEMENTS = new Set(
  (
    "a abbr b bdo blockquote br caption cite code dd del details dfn div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i img " +
    "ins kbd li mark ol p picture pre q rp rt ruby s samp small source span strike strong sub summary sup table tbody td tfoot " +
    "th thead time tr tt ul var wbr"
  ).split(" "),
);
/** A type parameter or a tag that somebody speaks of, not a sentence. */
const LONGEST_NAME = 16;

const DECLARED = /<!--(?:>|->|[\s\S]*?-->)|<\?[\s\S]*?\?>|<!\[CDATA\[[\s\S]*?\]\]>|<![a-zA-Z][\s\S]*?>/y;
const OPENED = /<(?:!--|\?|!\[CDATA\[|![a-zA-Z])/y;
const BEGINS = /<[a-zA-Z/!?]/y;

/** HTML without comments, hidden elements, and whatever the page does not show of its tags. */
export function htmlEdits(text: string, tokens: readonly Token[]): Edit[] {
  const edits: Edit[] = [];
  const tags: HtmlTag[] = [];
  for (const { type, from, to } of each(tokens)) {
    // A comment that never ends is text for GitHub; with the blank it is text for everybody.
    if (type === "data")
      for (const { index } of text.slice(from, to).matchAll(/<(?=!--)/g))
        edits.push({ from: from + index, to: from + index + 1, replacement: "< ", what: null });
    if (type !== "htmlFlow" && type !== "htmlText") continue;
    for (let at = from; at < to;) at = readOne(text, { at, to }, { edits, tags });
  }
  return [...edits, ...emptyLinks(text, tags), ...unknownTags(text, tags), ...elementEdits(text, { tags })];
}

/** What begins at `at`; answers where to go on. */
function readOne(
  text: string,
  { at, to }: { at: number; to: number },
  { edits, tags }: { edits: Edit[]; tags: HtmlTag[] },
): number {
  const begins = (pattern: RegExp): boolean => ((pattern.lastIndex = at), pattern.test(text));
  if (text[at] !== "<") return at + 1;
  if (begins(DECLARED) && DECLARED.lastIndex <= to) {
    edits.push({ from: at, to: DECLARED.lastIndex, replacement: " ", what: "HTML comment" });
    return DECLARED.lastIndex;
  }
  if (begins(OPENED)) {
    // Never closed: nothing of the rest of it is shown.
    edits.push({ from: at, to, replacement: " ", what: "HTML comment" });
    return to;
  }
  const tag = tagAt(text, at);
  if (tag !== null && tag.to <= to) {
    tags.push(tag);
    return tag.to;
  }
  // A browser may take all that follows for a part of this tag; as text nobody does.
  if (begins(BEGINS)) edits.push({ from: at, to: at + 1, replacement: "&lt;", what: null });
  return at + 1;
}

/** Tags that the page leaves out although it shows what is between them. */
const unknownTags = (text: string, tags: readonly HtmlTag[]): Edit[] =>
  tags.flatMap(({ from, to, name }): Edit[] => {
    const isShort = name.length <= LONGEST_NAME && !name.includes("-");
    if (SHOWN_ELEMENTS.has(name) || isShort) return [];
    return [{ from, to, replacement: "", what: "hidden element" }];
  });

/** `<a href="…"></a>`, with nothing between that could be seen. */
function emptyLinks(text: string, tags: readonly HtmlTag[]): Edit[] {
  return tags.flatMap((tag, index): Edit[] => {
    if (tag.name !== "a" || tag.closing) return [];
    const end = tags.slice(index + 1, index + 20).find(({ name, closing }) => name === "a" && closing);
    if (end === undefined) return [];
    const between = text.slice(tag.to, end.from);
    const isEmpty = !/<img\b/i.test(between) && between.replace(/<[^>]*>|&nbsp;|[\s!]/g, "") === "";
    return isEmpty ? [{ from: tag.from, to: end.to, replacement: " ", what: "link without text" }] : [];
  });
}
