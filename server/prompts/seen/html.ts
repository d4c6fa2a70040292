import { elementEdits } from "@/lib/markdown/hidden-elements";
import { BLOCK_ELEMENTS, type HtmlTag, tagAt } from "@/lib/markdown/html-tags";
import { isInvisibleReference } from "@/lib/markdown/invisible-reference";
import { walkTokens, type MarkdownToken } from "@/lib/markdown/tokens";
import type { TextEdit } from "../edits";
import type { OmittedKind } from "../omissions";

/** What GitHub's page keeps of HTML. */
const SHOWN_ELEMENTS = new Set(
  (
    "a abbr b bdo blockquote br caption cite code dd del details dfn div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i img " +
    "ins kbd li mark ol p picture pre q rp rt ruby s samp small source span strike strong sub summary sup table tbody td tfoot " +
    "th thead time tr tt ul var wbr"
  ).split(" "),
);
/**
 * Names that somebody speaks of: HTML's own, and types of programs. GitHub leaves their tags out as well, and they say
 * nothing to anybody; any other name may be a word of a sentence.
 */
const NAMES = new Set([
  ...BLOCK_ELEMENTS,
  ...(
    "area audio button canvas data datalist embed font input label map marquee math meter noembed noscript object output " +
    "picture plaintext progress slot svg template video xmp any array bool boolean byte char double error float int integer list " +
    "long map never null number object option result set short str string type undefined uint unit unknown void"
  ).split(" "),
]);
const PARAMETER = /^[a-z]\d?$/;

/** What is in too many of these is too small to be seen, or squeezed out of the page. */
const SMALLER = { names: new Set("code h5 h6 kbd pre rt samp small sub sup tt".split(" ")), most: 3 };
const NARROWER = { names: new Set("blockquote dd details dl li ol table ul".split(" ")), most: 40 };

/** What browsers take for a comment, whatever its end: `<!-- -->`, and all that begins like no tag. */
const COMMENT = /<!--(?:>|->|[\s\S]*?-->)/y;
const DECLARED = /<\?[\s\S]*?\?>|<!\[CDATA\[[\s\S]*?\]\]>|<[!?][\s\S]*?>|<\/(?![a-zA-Z])[\s\S]*?>/y;
const OPENED = /<(?:[!?]|\/(?![a-zA-Z]))/y;
const TAG_BEGINS = /<\/?[a-zA-Z]/y;
const REFERENCE = /&(#\d{1,8}|#x[\da-f]{1,8}|[a-z][a-z\d]{1,40});?/giy;

/** HTML without comments, hidden elements, and whatever the page does not show of its tags. */
export function htmlEdits(text: string, tokens: readonly MarkdownToken[]): TextEdit[] {
  const edits: TextEdit[] = [];
  const tags: HtmlTag[] = [];
  for (const { type, from, to } of walkTokens(tokens)) {
    // A comment that never ends is text for GitHub; with the blank it is text for everybody.
    if (type === "data")
      for (const { index } of text.slice(from, to).matchAll(/<(?=!--)/g))
        edits.push({ from: from + index, to: from + index + 1, replacement: "< ", what: null });
    if (type !== "htmlFlow" && type !== "htmlText") continue;
    for (let at = from; at < to;) at = readOne(text, { at, to }, { edits, tags });
  }
  return [
    ...edits,
    ...emptyLinks(text, tags),
    ...unknownTags(tags),
    ...tooDeep(text, tags, { ...SMALLER, what: "hidden element" }),
    ...tooDeep(text, tags, { ...NARROWER, what: "quote or list over the limit" }),
    ...elementEdits(text, { tags }),
  ];
}

/** What begins at `at`; answers where to go on. */
function readOne(
  text: string,
  { at, to }: { at: number; to: number },
  { edits, tags }: { edits: TextEdit[]; tags: HtmlTag[] },
): number {
  const begins = (pattern: RegExp): boolean => ((pattern.lastIndex = at), pattern.test(text));
  const leaveOut = (end: number): number => {
    edits.push({ from: at, to: end, replacement: " ", what: "HTML comment" });
    return end;
  };
  if (text[at] === "&" && begins(REFERENCE)) {
    const end = REFERENCE.lastIndex;
    if (isInvisibleReference(text.slice(at + 1, end).replace(";", "")))
      edits.push({ from: at, to: end, replacement: "", what: "invisible character reference" });
    return end;
  }
  if (text[at] !== "<") return at + 1;
  const isComment = text.startsWith("<!--", at);
  if (begins(isComment ? COMMENT : DECLARED)) {
    const end = (isComment ? COMMENT : DECLARED).lastIndex;
    if (end <= to) return leaveOut(end);
  }
  // Never closed: a comment hides all that follows, anything else the rest of its block.
  if (begins(OPENED)) return leaveOut(isComment ? text.length : to);
  const tag = tagAt(text, at);
  if (tag !== null && tag.to <= to) {
    tags.push(tag);
    return tag.to;
  }
  if (!begins(TAG_BEGINS)) return at + 1;
  // To a browser all that follows is a part of this tag, to the end of the block, or with a quote to the next one.
  const rest = text.slice(at, to);
  const isQuoted = /=\s*(?:"[^"]*|'[^']*)$/.test(rest);
  return leaveOut(isQuoted ? text.length : to);
}

/** Tags that the page leaves out although it shows what is between them. */
const unknownTags = (tags: readonly HtmlTag[]): TextEdit[] =>
  tags.flatMap(({ from, to, name }): TextEdit[] => {
    if (SHOWN_ELEMENTS.has(name) || NAMES.has(name) || PARAMETER.test(name)) return [];
    return [{ from, to, replacement: "", what: "hidden element" }];
  });

type Depth = { names: ReadonlySet<string>; most: number; what: OmittedKind };

/** Elements that stand in more than `most` others of their kind, with all they hold; without an end, all that follows. */
function tooDeep(text: string, tags: readonly HtmlTag[], { names, most, what }: Depth): TextEdit[] {
  const edits: TextEdit[] = [];
  const open: HtmlTag[] = [];
  const leaveOut = (tag: HtmlTag | undefined, to: number): void => {
    if (tag !== undefined) edits.push({ from: tag.from, to, replacement: "", what });
  };
  for (const tag of tags.filter(({ name }) => names.has(name))) {
    // An end without a beginning ends nothing.
    const at = tag.closing ? open.findLastIndex(({ name }) => name === tag.name) : open.push(tag);
    if (!tag.closing || at === -1) continue;
    if (at <= most) leaveOut(open[most], tag.to);
    open.length = at;
  }
  leaveOut(open[most], text.length);
  return edits;
}

/** `<a href="…"></a>`, with nothing between that could be seen. */
function emptyLinks(text: string, tags: readonly HtmlTag[]): TextEdit[] {
  return tags.flatMap((tag, index): TextEdit[] => {
    if (tag.name !== "a" || tag.closing) return [];
    const end = tags.slice(index + 1, index + 20).find(({ name, closing }) => name === "a" && closing);
    if (end === undefined) return [];
    const between = text.slice(tag.to, end.from);
    const isEmpty = !/<img\b/i.test(between) && between.replace(/<[^>]*>|&nbsp;|[\s!]/g, "") === "";
    return isEmpty ? [{ from: tag.from, to: end.to, replacement: " ", what: "link without text" }] : [];
  });
}
