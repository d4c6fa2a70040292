import { expect, test } from "vitest";
import { highlightLine, languageOf } from "./highlight";

const kinds = (path: string, line: string) => highlightLine(line, languageOf(path)).map(({ is }) => is);

test("a line within a block comment is a comment as a whole", () => {
  expect(kinds("a.ts", " * Gives back a token for a while.")).toEqual(["comment"]);
  expect(kinds("a.ts", " */")).toEqual(["comment"]);
});

test("a star that means something else stays code", () => {
  expect(kinds("a.c", "  *slot = 1;")).toContain("number");
  expect(kinds("a.css", "* { margin: 0; }")).not.toEqual(["comment"]);
});

test("gives back the whole line, piece by piece", () => {
  const line = 'const a = call("x", 1); // why';
  expect(
    highlightLine(line, languageOf("a.ts"))
      .map(({ text }) => text)
      .join(""),
  ).toBe(line);
});
