import { expect, it } from "vitest";
import { inOneLine } from "./in-one-line.ts";

it.each([
  ["**Which** branch: `main` or `develop`?", "Which branch: main or develop?"],
  [
    "Which should I improve?\n\n1. the **blue** ones\n2. the *red* ones",
    "Which should I improve? 1. the blue ones 2. the red ones",
  ],
  ["## Question\n\n- [ ] a\n- b\n> c?", "Question a b c?"],
  ['See [the docs](https://example.com/a_(b) "t"), is ![it](a.png) so?', "See the docs, is it so?"],
  ["Is `a ** b` or `__init__` meant, or 2 * 3 * 4?", "Is a ** b or __init__ meant, or 2 * 3 * 4?"],
  ["snake_case_name, __bold__ and _slanted_?", "snake_case_name, bold and slanted?"],
  ["***all*** of ~~it~~ \\*this\\*?", "all of it *this*?"],
  ["```ts\nconst a = 1;\n```\nSo?", "const a = 1; So?"],
  ["`a` or `b`, ``c`d``?", "a or b, c`d?"],
  ["**a", "**a"],
  ["", ""],
])("%j is %j in one line", (text, line) => {
  expect(inOneLine(text)).toBe(line);
});

it("takes time in proportion to the text", () => {
  for (const part of ["*", "**a", "_a", "[", "![a](", "`", "~~a", "> ", "\\"])
    expect(inOneLine(part.repeat(1000))).toBeTypeOf("string");
});
