/** An HTML tag from its `<` at `from` to behind its `>`; `name` in small letters. */
export type HtmlTag = { from: number; to: number; name: string; closing: boolean };

/** A tag as CommonMark 6.6 takes it; anything else between angle brackets (`Map<K, V>`) is text. */
export const STRICT_TAG =
  /<(?:([a-zA-Z][a-zA-Z0-9-]*)(?:\s+[a-zA-Z_:][\w.:-]*(?:\s*=\s*(?:[^\s"'=<>`]+|'[^']*'|"[^"]*"))?)*\s*\/?|\/([a-zA-Z][a-zA-Z0-9-]*)\s*)>/y;

/** A tag as browsers take it, junk between its attributes included. */
const LENIENT = /<(\/?)([a-zA-Z][a-zA-Z0-9-]*)(?=[\s/>"'])(?:"[^"<]{0,8000}"|'[^'<]{0,8000}'|[^"'<>])*>/y;

/** Elements that begin an HTML block whatever follows their name (CommonMark 4.6), in which browsers' rules hold. */
export const BLOCK_ELEMENTS = new Set(
  (
    "address article aside base basefont blockquote body caption center col colgroup dd details dialog dir div dl dt fieldset " +
    "figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 head header hr html iframe legend li link main menu menuitem " +
    "nav noframes ol optgroup option p param pre script search section source style summary table tbody td textarea tfoot th " +
    "thead title tr track ul"
  ).split(" "),
);

/** The tag that begins at `at`, or null. */
export function tagAt(text: string, at: number): HtmlTag | null {
  STRICT_TAG.lastIndex = at;
  const strict = STRICT_TAG.exec(text);
  if (strict)
    return {
      from: at,
      to: STRICT_TAG.lastIndex,
      name: (strict[1] ?? strict[2] ?? "").toLowerCase(),
      closing: strict[1] === undefined,
    };
  LENIENT.lastIndex = at;
  const lenient = LENIENT.exec(text);
  const name = (lenient?.[2] ?? "").toLowerCase();
  return lenient && BLOCK_ELEMENTS.has(name)
    ? { from: at, to: LENIENT.lastIndex, name, closing: lenient[1] === "/" }
    : null;
}

/** The attributes of an opening tag with their values as written, without quotes; no value is "". */
export function attributesOf(tag: string): { name: string; value: string }[] {
  const inside = tag.replace(/^<[a-zA-Z][a-zA-Z0-9-]*/, "").replace(/\/?>$/, "");
  return [...inside.matchAll(/([^\s"'=/]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"']+)))?/g)].map((found) => ({
    name: (found[1] ?? "").toLowerCase(),
    value: found[2] ?? found[3] ?? found[4] ?? "",
  }));
}
