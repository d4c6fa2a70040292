import { isPlainAddress, isPlainImage } from "./addresses.ts";
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
  "audio",
  "video",
  "canvas",
]);
/** What browsers show only if they cannot show something better, or back to front: also without its end. */
const NEVER_SEEN = new Set(["rp", "bdo"]);
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
const LENGTH = /^\d{1,4}(?:px|%)?$/;
const NUMBER = /^\d{1,4}$/;
const LAYOUT_ATTRIBUTES: Readonly<Record<string, RegExp>> = {
  align: /^(?:left|right|center|justify|top|middle|bottom)$/i,
  valign: /^(?:top|middle|bottom|baseline)$/i,
  width: LENGTH,
  height: LENGTH,
  open: /^(?:open|true)?$/i,
  colspan: NUMBER,
  rowspan: NUMBER,
  start: /^-?\d{1,6}$/,
  border: NUMBER,
  dir: /^(?:ltr|rtl|auto)$/i,
};

/** So small that nobody sees it, or that there is a picture at all. */
const SPECK = /^[0-3](?:px|%)?$/;

/** Removes hidden elements with all they hold, and from other tags the attributes that nobody sees. */
export function elementEdits(text: string, { tags }: Pick<Regions, "tags">): UnseenEdit[] {
  const edits: UnseenEdit[] = [];
  const ends = closingTags(tags);
  for (const tag of tags) {
    const source = text.slice(tag.from, tag.to);
    const end = ends.get(tag);
    if (tag.closing) edits.push(...closingEdits(tag, source));
    else if (
      isHidden(source) ||
      NEVER_SEEN.has(tag.name) ||
      isSpeck(tag, source) ||
      (UNSEEN_ELEMENTS.has(tag.name) && end)
    )
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

const isSpeck = ({ name }: HtmlTag, source: string): boolean =>
  name === "img" &&
  attributesOf(source).some((one) => (one.name === "width" || one.name === "height") && SPECK.test(one.value.trim()));

const isAlone = (text: string, tag: HtmlTag): boolean => VOID_ELEMENTS.has(tag.name) || text[tag.to - 2] === "/";

/** Behind the closing tag; without one, at the next blank line. */
function hiddenEnd(text: string, tag: HtmlTag, closing: HtmlTag | undefined): number {
  if (isAlone(text, tag)) return tag.to;
  if (closing) return closing.to;
  if (NEVER_SEEN.has(tag.name)) return text.length;
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
    const isAddress = tag.name === "img" ? isPlainImage : isPlainAddress;
    if (LINK_ATTRIBUTES[tag.name] === name && !/[<>]/.test(value) && isAddress(value)) return [`${name}="${value}"`];
    return LAYOUT_ATTRIBUTES[name]?.test(value) === true ? [value === "" ? name : `${name}="${value}"`] : [];
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
