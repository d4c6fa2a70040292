import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CODE, readRegions } from "@/lib/markdown/regions";
import {
  clippedCodeBlock,
  codeBlock,
  codeSpan,
  markdownLink,
  neutraliseLine,
  plainLine,
  titleLine,
} from "./neutralise";

const SEED = 20261122;
const Z = "\u200b";
const line = (text: string): string => neutraliseLine(text, 8192);

describe("text for GitHub pings nobody, refers to nothing and loads nothing", () => {
  it.each([
    ["thanks @octocat and @org/team", `thanks @${Z}octocat and @${Z}org/team`],
    ["\\@octocat", `\\@${Z}octocat`],
    ["&#64;octocat &commat;octocat &#x40;octocat", `&amp;#${Z}64;octocat &amp;commat;octocat &amp;#x40;octocat`],
    ["me@example.com", "me@example.com"],
    ["see #12, o/r#12, GH-12, o/r\\#12, GH\\-12", `see #${Z}12, o/r#${Z}12, GH-${Z}12, o/r\\#${Z}12, GH\\-${Z}12`],
    ["Fixes #12. closes: o/r#1, Resolved GH-3", `Fix${Z}es #${Z}12. clos${Z}es: o/r#${Z}1, Resolv${Z}ed GH-${Z}3`],
    ["fixes https://github.com/o/r/issues/5", `fix${Z}es https://redirect.github.com/o/r/issues/5`],
    ["[x](https://www.github.com/o/r/pull/5)", "[x](https://redirect.github.com/o/r/pull/5)"],
    ["it fixes the bug", "it fixes the bug"],
    ["![leak](https://evil.test/?q=1) !![a](b)", `!${Z}[leak](https://evil.test/?q=1) !!${Z}[a](b)`],
    ["<img src=https://evil.test/x> <details open> a < b", "&lt;img src=https://evil.test/x> &lt;details open> a < b"],
    ["a <!-- hidden --> b", "a b"],
    ["@<!-- -->octocat", "@ octocat"],
    ["\u001b[31mred\u001b[0m \u001b]8;;https://evil.test\u0007link\u001b]8;;\u0007", "red link"],
    ["a\u202eb\u200bc\u{e0041}d\0e\ud800f", "abcde\ufffdf"],
    ["`@octocat #12`", "`@octocat #12`"],
    ["<div>`</div> @octocat `", "&lt;div>`</div> @octocat `"],
    ["\\`a` @octocat", `\\\`a\\\` @${Z}octocat`],
  ])("%j becomes %j", (text, expected) => {
    expect(line(text)).toBe(expected);
  });

  it.each([
    ["# Heading\n\nand more", "Heading and more"],
    ["> - [ ] 1. text", "text"],
    ["```js", "js"],
    ["---", ""],
    ["`npm test` and `open", "`npm test` and \\`open"],
    ["a ```b", "a \\`\\`\\`b"],
    ["**bold** @me", `**bold** @${Z}me`],
  ])("as a line, %j becomes %j", (text, expected) => {
    expect(neutraliseLine(text, 200)).toBe(expected);
  });

  it("shows a title as its characters", () => {
    expect(plainLine("Fix `a_b` [x](y) *now*\n#1", 80)).toBe(`Fix \\\`a\\_b\\\` \\[x\\](y) \\*now\\* #${Z}1`);
    expect(titleLine("Fix `a_b` <T> & fixes #1\nfor @me", 80)).toBe(`Fix \`a_b\` <T> & fixes #${Z}1 for @${Z}me`);
    expect(titleLine("abcdef", 4)).toBe("abc…");
  });

  it("fences and spans are longer than any run inside", () => {
    expect(codeBlock("a\n````\nb", "text")).toBe("`````text\na\n````\nb\n`````");
    expect(codeSpan("a `` b", 20)).toBe("```a `` b```");
    expect(codeSpan("`a`", 20)).toBe("`` `a` ``");
    expect(codeSpan("a\n\nb", 20)).toBe("`a b`");
    expect(clippedCodeBlock("x".repeat(100), { language: "diff", max: 40, note: "… cut" })).toBe(
      `\`\`\`diff\n${"x".repeat(22)}\n… cut\n\`\`\``,
    );
  });

  it("an address cannot end its link", () => {
    expect(markdownLink("branch", "https://x.test/a(b) c")).toBe("[branch](https://x.test/a%28b%29%20c)");
  });
});

describe(`over any text (seed ${SEED})`, () => {
  const piece = fc.constantFrom(
    "@octocat",
    "#12",
    "fixes ",
    "GH-1",
    "![",
    "](x)",
    "<img ",
    "<!--",
    "-->",
    "`",
    "```",
    "~~~",
    "\n",
    "\n\n",
    "> ",
    "- ",
    "    ",
    "\\",
    "&#64;",
    "https://github.com/o/r/issues/1",
    "a",
    " ",
    "\u200b",
    "\ud83d",
  );
  const messy = fc
    .array(fc.oneof({ weight: 5, arbitrary: piece }, fc.string({ maxLength: 4 })), { maxLength: 30 })
    .map((parts) => parts.join(""));
  const DANGER =
    /(?<![A-Za-z0-9])@[A-Za-z0-9]|#\d|\bGH\\?-\d|!\[|<[A-Za-z!/?]|&#|\/\/github\.com\/[\w.-]+\/[\w.-]+\/issues\//;

  it("nothing dangerous is left outside code", () => {
    fc.assert(
      fc.property(messy, (text) => {
        const out = line(text);
        const { marks } = readRegions(out.replaceAll("<", "\ufffc"));
        const prose = Array.from({ length: out.length }, (_, at) =>
          ((marks[at] ?? 0) & CODE) === 0 ? (out[at] ?? "") : "\n",
        ).join("");
        expect(prose).not.toMatch(DANGER);
        expect(out.isWellFormed()).toBe(true);
      }),
      { seed: SEED, numRuns: 1000 },
    );
  });

  it("a line stays one line and opens no block and no span", () => {
    fc.assert(
      fc.property(messy, (text) => {
        const out = neutraliseLine(text, 100);
        expect(out).not.toContain("\n");
        const { marks, lines } = readRegions(`${out}\n\`partner\` X`.replaceAll("<", "\ufffc"));
        expect(lines[0]?.kind === "code").toBe(false);
        expect((marks.at(-1) ?? 0) & CODE).toBe(0);
      }),
      { seed: SEED, numRuns: 1000 },
    );
  });
});
