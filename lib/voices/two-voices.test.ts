import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readTree, type Root, type RootContent } from "./tree.ts";
import { quoteWords } from "./two-voices.ts";

type Nodes = Root | RootContent;

const Z = "\u200b";
const write = (said: string, template: string | null = null): string =>
  quoteWords({ speaker: "claude", said, template, room: 60_000 }).text;
/** What is quoted, as people read it. */
const quoted = (said: string): string =>
  write(said).replace("**In claude's words**\n\n", "").replace(/^> ?/gm, "").replaceAll(Z, "");

/** A text, and what is left of it in the quotation. */
const TEXTS: Record<string, [said: string, shown: string]> = {
  words: ["Adds a lock.\n\nAnd more.", "Adds a lock.\n\nAnd more."],
  "a heading": ["# Done\n\nUnder\n=====", "**Done**\n\n**Under**"],
  "a heading with marks": ["## **a** `b` _c_", "**a `b` _c_**"],
  "a picture": ["![plan](https://evil.test/?q=1)", "(image: plan)"],
  "a picture by its name": ["![plan][1]\n\n[1]: https://evil.test/", "(image: plan)"],
  HTML: ["<h1>Porter</h1>\n\na <b>b</b>", "\\<h1>Porter\\</h1>\n\na \\<b>b\\</b>"],
  "HTML that never ends": ["<details><summary>x\n\nmore", "\\<details>\\<summary>x\n\nmore"],
  "a comment": ["a <!-- hidden --> b\n\n<!-- all\n\nof it", "a   b"],
  "a fence that never ends": ["```js\nopen", "```js\nopen\n```"],
  "a fence in an item": ["- ~~~\n  open", "- ```\n  open\n  ```"],
  "a drawing": ["```mermaid\ngraph\n```", "```\ngraph\n```"],
  "a formula": ["costs $x$ and $`y`$", "costs \\$x\\$ and \\$`y`\\$"],
  "a link": ["[a](https://a.test/b 'c')", "[a](https://a.test/b)"],
  "a link that is none of the web": ["[a](javascript:alert(1)) [b](data:x) [c](/d)", "a b c"],
  "an address of no page": ["ftp://a.test/b git+ssh://c", "ftp://a.test/b git+ssh://c"],
  "a link by a name": ["[a][1] [2]\n\n[1]: https://a.test/b\n[2]: vbscript:x", "[a](https://a.test/b) 2"],
  "a link with a name and a password": ["[a](https://github.com@evil.test/)", "[a](https://evil.test/)"],
  "a footnote": ["a[^1]\n\n[^1]: below", "a\\[1]\n\nbelow"],
  "a warning": ["> [!WARNING]\n> x\n\n[!NOTE]", "> \\[!WARNING]\n> x\n\n\\[!NOTE]"],
  boxes: ["- [x] a\n- [ ] b", "- (x) a\n- ( ) b"],
  "a line": ["a\n\n---\n\nb", "a\n\nb"],
  "no checks": ["[skip ci] `[skip ci]`", "(skip ci) `[skip ci]`"],
  "a table": ["| a |\n| - |\n| <b> |", "| a |\n| - |\n| \\<b> |"],
};

describe("what somebody says is text in a quotation, and nothing else", () => {
  test.each(Object.entries(TEXTS))("%s", (_name, [said, shown]) => {
    expect(quoted(said)).toBe(shown);
    expectHarmless(write(said));
  });

  test("nothing is quoted where nothing is said", () => {
    expect(["", " \n", "<!-- x -->", "---", "[a]: b"].map((said) => write(said))).toEqual(["", "", "", "", ""]);
  });
});

/** What GitHub and others look for in a text, written apart from what breaks it. */
const WORKS =
  /(?<![A-Za-z0-9])@[a-z0-9]|#\d|\bgh-\d|\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+[a-z]{2,10}-\d|\[(?:skip ci|ci skip|no ci)\]/i;
/** In the text as it is, which a squash makes the message of a commit. */
const CLOSES =
  /\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+(?:(?:[\w.-]+\/[\w.-]+)?#\d|gh-\d|https?:\/\/)|\[(?:skip ci|ci skip|no ci)\]|\*\*\*no_ci\*\*\*/i;
const REFERENCE = /^https?:\/\/(?:www\.)?github\.com\/+[^/]+\/+[^/]+\/+\w/i;

function allOf(node: Nodes): Nodes[] {
  return [node, ...("children" in node ? node.children.flatMap(allOf) : [])];
}

/** Only the speaker's name stands outside of the quotation, and nothing inside of it does anything. */
function expectHarmless(text: string): void {
  expect(text).not.toMatch(CLOSES);
  expect(text.isWellFormed()).toBe(true);
  const root: Root = readTree(text);
  expect(root.children.map(({ type }) => type)).toEqual(text === "" ? [] : ["paragraph", "blockquote"]);
  if (text !== "") expect(text.startsWith("**In claude's words**\n\n> ")).toBe(true);
  for (const node of allOf(root)) {
    expect(KNOWN).toContain(node.type);
    if (node.type === "text") expect(node.value).not.toMatch(WORKS);
    if (node.type === "text") expect(node.value).not.toMatch(/^\[!|(?<!https?):\/\//);
    if (node.type === "listItem") expect(node.checked).toBeNull();
    if (node.type === "link") expect(node.url).toMatch(/^https?:\/\//);
    if (node.type === "link") expect(node.url).not.toMatch(REFERENCE);
  }
}
const KNOWN =
  "root paragraph blockquote text emphasis strong delete inlineCode code break link list listItem table tableRow tableCell".split(
    " ",
  );

const piece = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      "@octocat",
      "@",
      "octocat",
      "#12",
      "#",
      "12",
      "fixes ",
      "Closes: ",
      "GH-1",
      "octo/other#2",
      "ABC-1",
      "![",
      "](x)",
      "](https://github.com/o/r/issues/1)",
      "[",
      "]",
      "[a]: http://b.test",
      "[^1]",
      "[^1]: x",
      "[!NOTE]",
      "<img src=x>",
      "<details>",
      "</blockquote>",
      "<!--",
      "-->",
      "<?",
      "<!A",
      "&#64;",
      "&lt;",
      "&nbsp;",
      "`",
      "```",
      "~~~",
      "```math",
      "$",
      "$$",
      "\\",
      "*",
      "**",
      "_",
      "~~",
      "|",
      "| - |",
      "---",
      "===",
      "\n",
      "\n\n",
      "\n> ",
      "\n- ",
      "\n1. ",
      "\n# ",
      "\n    ",
      "\n\t",
      "\t",
      " ",
      "  \n",
      "- [x] ",
      "\u200b",
      "\r\n",
      "\u2028",
      "https://github.com/o/r/issues/1",
      "www.github.com/o/r/pull/2",
      "me@a.test",
      "[skip ci]",
      "***NO_CI***",
      "javascript:alert(1)",
      "ftp://a.test",
      "a",
      "é",
      "\ud83d",
      "\u202e",
      "***",
      "**In claude's words**",
      "Closes #42",
    ),
  },
  { weight: 1, arbitrary: fc.string({ maxLength: 4 }) },
);
const messy = fc.array(piece, { maxLength: 25 }).map((parts) => parts.join(""));

test("whatever is said stays in its quotation, calls nobody and closes nothing", () => {
  fc.assert(
    fc.property(messy, (said) => expectHarmless(write(said))),
    { seed: 20261130, numRuns: 250 },
  );
}, 60_000);

describe("a template is filled in where somebody said something under the same heading", () => {
  const template = [
    "<!-- Read CONTRIBUTING first -->",
    "## What changed?",
    "<!-- Tell us",
    "why -->",
    "",
    "**Testing:**",
    "",
    "- [x] I ran the tests",
    "* [X] docs, see [how](docs/how.md)",
    "",
    "# 3. Notes",
    "",
    "Fixes #123, cc @acme/reviewers",
  ].join("\n");

  test("headings stay in their order, boxes are not ticked, comments are out", () => {
    const said =
      "Intro.\n\n## Testing\n\nAll of it.\n\n### Units\n\nGreen.\n\n## Other\n\nElse.\n\n# What changed\n\nA lock.";
    expect(write(said, template)).toBe(
      [
        "**In claude's words**\n\n> Intro.\n>\n> **Other**\n>\n> Else.",
        "## What changed?",
        "**In claude's words**\n\n> A lock.",
        "**Testing:**",
        `- [ ] I ran the tests\n\n* [ ] docs, see [how](docs/how.md)`,
        "**In claude's words**\n\n> All of it.\n>\n> **Units**\n>\n> Green.",
        "# 3. Notes",
        `Fixes #${Z}123, cc @${Z}acme/reviewers`,
      ].join("\n\n"),
    );
  });

  test("a name that is used under one heading may be defined under another", () => {
    expect(write("## Testing\n\n[a][1]\n\n## Else\n\n[1]: https://a.test/", template)).toContain(
      "> [a](https://a.test/)",
    );
  });

  test("what a comment kept apart stays apart", () => {
    expect(write("", "Closes #<!-- number -->12, @<!-- who -->octocat")).toBe("Closes # 12, @ octocat");
  });

  test("a template of nothing but comments is none", () => {
    expect(write("a", "<!-- b -->\n")).toBe(write("a"));
  });

  test("whatever is said, the template's own lines are the only ones outside of quotations", () => {
    const outside = (text: string) =>
      readTree(text)
        .children.filter(({ type }) => type !== "blockquote")
        .map((node) => JSON.stringify(allOf(node).map((one) => [one.type, "value" in one ? one.value : ""])))
        .filter((node) => !node.includes("In claude's words"));
    const own = outside(write("", template));
    fc.assert(
      fc.property(fc.array(fc.oneof(messy, fc.constantFrom("\n\n# Notes\n\n", "\n\n**Testing**\n\n"))), (parts) => {
        expect(outside(write(parts.join("").slice(0, 500), template))).toEqual(own);
      }),
      { seed: 20261130, numRuns: 30 },
    );
  }, 60_000);
});

test("what does not fit is cut, and whoever shows it knows", () => {
  const long = "word ".repeat(2_000);
  const cut = quoteWords({ speaker: "claude", said: long, template: "## A\n\ntext", room: 5_000 });
  expect(cut.isCut).toBe(true);
  expect(cut.text.length).toBeLessThanOrEqual(5_000);
  expectHarmless(quoteWords({ speaker: "claude", said: long, template: null, room: 5_000 }).text);
  expect(quoteWords({ speaker: "claude", said: "a", template: null, room: 100 }).isCut).toBe(false);
});

test.each([
  ["quotes", ">".repeat(8_000)],
  ["stars", "*a".repeat(4_000)],
  ["items", "- ".repeat(4_000)],
])("%s inside each other without end are shown as they came", (_name, said) => {
  expectHarmless(write(said));
});
