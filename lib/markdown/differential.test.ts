import fc from "fast-check";
import { parse, postprocess, preprocess } from "micromark";
import { gfm } from "micromark-extension-gfm";
import { describe, expect, it } from "vitest";
import type { MarkdownLine } from "./blocks.ts";
import { CODE, HIDDEN, QUOTED, readRegions } from "./regions.ts";

const SEED = 20261130;

/** What micromark with GFM says of the character at each `X`, and what we say. */
type Reading = { at: number; code: boolean; quoted: boolean; hidden: boolean };

/**
 * `unclosed`: where first `<!--`, `<?`, `<!A` or `<![CDATA[` is opened and not closed in its block. There everything
 * behind is hidden for us: GitHub's page may show it, and what might be hidden is no command and stays out of prompts.
 */
type Expected = { readings: Reading[]; unclosed: number };
const OPENING = /<!--|<\?|<!\[CDATA\[|<![a-zA-Z]/g;
const DECLARED = /<!--(?:>|->|[\s\S]*?-->)|<\?[\s\S]*?\?>|<!\[CDATA\[[\s\S]*?\]\]>|<![a-zA-Z][\s\S]*?>/g;

const extensions = [gfm()];
const CODE_TOKENS = new Set(["codeFenced", "codeIndented", "codeText"]);
const HTML_TOKENS = new Set(["htmlFlow", "htmlText"]);

function byMicromark(text: string): Expected {
  const events = postprocess(
    parse({ extensions })
      .document()
      .write(preprocess()(text, undefined, true)),
  );
  const found: Record<"code" | "quoted" | "hidden", [number, number][]> = { code: [], quoted: [], hidden: [] };
  let unclosed = Infinity;
  for (const [kind, token] of events) {
    if (kind !== "enter") continue;
    const range: [number, number] = [token.start.offset, token.end.offset];
    if (CODE_TOKENS.has(token.type)) found.code.push(range);
    else if (token.type === "blockQuote") found.quoted.push(range);
    else if (HTML_TOKENS.has(token.type))
      for (const declared of text.slice(...range).matchAll(DECLARED)) {
        const from = range[0] + declared.index;
        found.hidden.push([from, from + declared[0].length]);
      }
  }
  const within = (ranges: [number, number][], at: number) => ranges.some(([from, to]) => from <= at && at < to);
  for (const { index } of text.matchAll(OPENING))
    if (!within(found.code, index) && !within(found.hidden, index)) unclosed = Math.min(unclosed, index);
  const readings = [...text.matchAll(/X/g)].map(({ index: at }) => ({
    at,
    code: within(found.code, at),
    quoted: within(found.quoted, at),
    hidden: within(found.hidden, at),
  }));
  return { readings, unclosed };
}

/**
 * A lone tag right below a quoted paragraph ends the quote, as in GitHub's cmark (it looks at the
 * container that was matched). micromark does so only where no line follows.
 */
function isTagBelowQuote(lines: readonly MarkdownLine[], at: number): boolean {
  let index = lines.findIndex(({ start, end }) => start <= at && at <= end);
  const group = lines[index]?.group;
  if (lines[index]?.kind !== "html" || lines[index]?.quoted) return false;
  while (lines[index]?.group === group) index--;
  return lines[index]?.quoted === true && lines[index]?.kind === "text";
}

function byUs(text: string, { readings, unclosed }: Expected): Reading[] {
  const { marks, lines } = readRegions(text);
  return readings.map((expected) => {
    const { at } = expected;
    const mark = marks[at] ?? 0;
    const hidden = (mark & HIDDEN) !== 0;
    if (hidden && at > unclosed) return expected;
    if (isTagBelowQuote(lines, at)) return expected;
    return { at, code: (mark & CODE) !== 0, quoted: (mark & QUOTED) !== 0, hidden };
  });
}

/**
 * Left out, because the difference is meant: `<pre>`, `<code>`, `<script>` and their like, whose content is code for
 * us and raw HTML for micromark; a backtick right behind a bare address, which belongs to the address there and
 * begins code here, where nothing in it can be a mention.
 */
const fragment = fc.constantFrom(
  "X",
  "X",
  "X",
  "X ",
  "a",
  "\n",
  "\n",
  "\n",
  "\n\n",
  "\n\n",
  "\r\n",
  "\r",
  "    ",
  "  ",
  " ",
  "\t",
  "\u00a0",
  "> ",
  "> ",
  ">",
  ">   ",
  "- ",
  "* ",
  "-",
  "  - ",
  "1. ",
  "1) ",
  "2) ",
  "10. ",
  "- [ ] ",
  "[^a]: ",
  "[^a]",
  "```",
  "~~~",
  "````",
  "`",
  "``",
  "`a`",
  "a`X`",
  "\\",
  "\\`",
  "# ",
  "---",
  "===",
  "***",
  "--",
  "|",
  "|-|\n",
  "a|X\n-|-\n",
  "<!--",
  "-->",
  "<!-->",
  "<div>",
  "</div>",
  "<details>",
  "</details>",
  "<span>",
  "</b>",
  "<a href='X'>",
  "<x-y>",
  "</script>",
  "<?",
  "?>",
  "<![CDATA[",
  "]]>",
  "<!A",
  ">",
  "<",
  "<b ",
  "<a\n",
  "<img alt='X'>",
  "<X@x.y>",
  "https://X.y ",
  "[X](",
  "[X]: ",
  "[X](X) ",
  '"X"',
  ")",
  "*",
  "_",
  "**",
  "~",
);
/**
 * An item that may not end a paragraph, first in a quote below one: micromark takes it for text, as if the paragraph
 * outside went on inside. cmark opens the item, and so do we.
 */
const ITEM_BELOW_PARAGRAPH =
  /(?:^|[\r\n])[ \t]*>[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t\u00a0]*(?:[\r\n]|$)|(?!1[.)])\d{1,9}[.)])/;
const document = fc
  .array(fragment, { maxLength: 40 })
  .map((parts) => parts.join(""))
  .filter((text) => !ITEM_BELOW_PARAGRAPH.test(text));

describe(`regions agree with micromark and GFM (seed ${SEED})`, () => {
  it("on random documents", () => {
    fc.assert(
      fc.property(document, (text) => {
        const expected = byMicromark(text);
        expect(byUs(text, expected)).toEqual(expected.readings);
      }),
      { seed: SEED, numRuns: 4000 },
    );
  });

  it.each([
    ["a block of HTML ends no quote by going on", "> </details>\nX"],
    ["a block of HTML holds no quote", "<div>\n> X"],
    ["a declaration ends with its paragraph", "a <!A X\n\n> b"],
    ["a cell ends a code span", "`a | X` |\n--|--\n| `b | X` |"],
    ["a footnote is a container", "[^a]: ~~~\n    X\n\nX"],
    ["an address holds no code", "[a](b`c) X `d`"],
    ["a definition holds no code", "[a]: b`c\nX `d`"],
  ])("where %s", (_, text) => {
    const expected = byMicromark(text);
    expect(byUs(text, expected)).toEqual(expected.readings);
  });
});
