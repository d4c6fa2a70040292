import { isPlainAddress } from "./addresses.ts";
import { attributesOf, type HtmlTag } from "./html-tags.ts";
import type { Regions } from "./regions.ts";
import type { UnseenEdit } from "./unseen-edit.ts";

/** Elements whose content nobody reads on a page; without a closing tag they are a word in the text. */
const UNSEEN_ELEMENTS = new Set([
  "script",
  "style",
  "template",
  "noscript",
  "noembed",
  "noframes",
  "iframe",
  "object",
  "head",
  "title",
  "svg",
  "math",
  "datalist",
]);
const VOID_ELEMENTS = new Set([
  "area",
  "base",
  "br",
  "col",
  "embed",
  "hr",
  "img",
  "input",
  "link",
  "meta",
  "source",
  "track",
  "wbr",
]);
const UNSEEN_STYLE =
  /display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0(?:\.0+)?(?![.\d])|font-size\s*:\s*0|(?:width|height)\s*:\s*0|color\s*:\s*(?:transparent|white|#fff)|clip|text-indent\s*:\s*-|(?:left|top)\s*:\s*-\d/i;

/** Attributes that lead somewhere, and ones that only lay out; everything else is a place to hide words. */
const LINK_ATTRIBUTES: Readonly<Record<string, string>> = { a: "href", img: "src", source: "src" };
const LAYOUT_ATTRIBUTES = new Set([
  "align",
  "valign",
  "width",
  "height",
  "open",
  "colspan",
  "rowspan",
  "start",
  "border",
  "dir",
]);
const LAYOUT_VALUE = /^(?:\d{1,5}(?:%|px)?|left|right|center|justify|top|middle|bottom|baseline|ltr|rtl|auto|open|)$/i;

/** Removes hidden elements with all they hold, and from other tags the attributes that nobody sees. */
export function elementEdits(text: string, { tags }: Pick<Regions, "tags">): UnseenEdit[] {
  const edits: UnseenEdit[] = [];
  const ends = closingTags(tags);
  for (const tag of tags) {
    const source = text.slice(tag.from, tag.to);
    const end = ends.get(tag);
    if (tag.closing) edits.push(...closingEdits(tag, source));
    else if (isHidden(source) || (UNSEEN_ELEMENTS.has(tag.name) && end))
      edits.push({
        from: tag.from,
        to: hiddenEnd(text, tag, end),
        replacement: " ",
        what: "hidden element",
        isUnclosed: !end && !isAlone(text, tag),
      });
    else edits.push(...attributeEdits(tag, source));
  }
  return edits;
}

function closingEdits(tag: HtmlTag, source: string): UnseenEdit[] {
  if (/^<\/[\w-]+\s*>$/.test(source)) return [];
  return [{ from: tag.from, to: tag.to, replacement: `</${tag.name}>`, what: "hidden attribute" }];
}

function isHidden(source: string): boolean {
  return attributesOf(source).some(
    ({ name, value }) =>
      name === "hidden" ||
      (name === "aria-hidden" && value !== "false") ||
      (name === "type" && value.toLowerCase() === "hidden") ||
      (name === "style" && UNSEEN_STYLE.test(value)),
  );
}

const isAlone = (text: string, tag: HtmlTag): boolean => VOID_ELEMENTS.has(tag.name) || text[tag.to - 2] === "/";

/** Behind the closing tag; without one, at the next blank line. */
function hiddenEnd(text: string, tag: HtmlTag, closing: HtmlTag | undefined): number {
  if (isAlone(text, tag)) return tag.to;
  if (closing) return closing.to;
  const blank = text.indexOf("\n\n", tag.to);
  return blank === -1 ? text.length : blank;
}

/** Each opening tag's closing tag, with nesting of the same name. */
function closingTags(tags: readonly HtmlTag[]): Map<HtmlTag, HtmlTag> {
  const open = new Map<string, HtmlTag[]>();
  const ends = new Map<HtmlTag, HtmlTag>();
  for (const tag of tags) {
    const stack = open.get(tag.name) ?? [];
    open.set(tag.name, stack);
    if (!tag.closing) stack.push(tag);
    else {
      const opening = stack.pop();
      if (opening) ends.set(opening, tag);
    }
  }
  return ends;
}

function attributeEdits(tag: HtmlTag, source: string): UnseenEdit[] {
  const attributes = attributesOf(source);
  const kept = attributes.flatMap(({ name, value }) => {
    if (LINK_ATTRIBUTES[tag.name] === name && !/[<>]/.test(value) && isPlainAddress(value))
      return [`${name}="${value}"`];
    return LAYOUT_ATTRIBUTES.has(name) && LAYOUT_VALUE.test(value) ? [value === "" ? name : `${name}="${value}"`] : [];
  });
  const dropped = attributes.length - kept.length;
  if (dropped === 0) return [];
  const name = /^<([\w-]+)/.exec(source)?.[1] ?? tag.name;
  const alt = attributes.some((attribute) => attribute.name === "alt" && attribute.value !== "");
  return [
    {
      from: tag.from,
      to: tag.to,
      replacement: `<${[name, ...kept].join(" ")}>`,
      what: alt ? "image alt text" : "hidden attribute",
      count: alt ? 1 : dropped,
    },
  ];
}
