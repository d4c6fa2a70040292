import { describe, expect, it } from "vitest";
import { CODE, HIDDEN, QUOTED, readRegions } from "./regions.ts";

/** What the letter X of a text is. */
function markOfX(text: string): string {
  const mark = readRegions(text).marks[text.indexOf("X")] ?? 0;
  return (
    [mark & CODE ? "code" : "", mark & QUOTED ? "quoted" : "", mark & HIDDEN ? "hidden" : ""]
      .filter(Boolean)
      .join(" ") || "prose"
  );
}

describe("prose, code, quotes and comments are told apart as GitHub shows them", () => {
  it.each([
    ["X", "prose"],
    ["```\nX\n```", "code"],
    ["```\ncode\n```\nX", "prose"],
    ["~~~~\n~~~\nX", "code"],
    ["```\nnever closed\n\nX", "code"],
    ["   ```\nX", "code"],
    ["- item\n  ```\n  X\n  ```", "code"],
    ["- item\n  ```\n  code\nX", "prose"],
    ["1. ```js\n   X", "code"],
    ["> ```\n> code\nX", "prose"],
    ["```a`b\nX", "prose"],
    ["    X", "code"],
    ["\tX", "code"],
    ["text\n    X", "prose"],
    ["- item\n\n    X", "prose"],
    ["`X`", "code"],
    ["``a ` X``", "code"],
    ["`a\nX`", "code"],
    ["`a\n\nX`", "prose"],
    ["``a` X", "prose"],
    ["\\`a` X `b`", "code"],
    ["\\``a` X `b`", "prose"],
    ["> X", "quoted"],
    ["> a\nX", "quoted"],
    ["> a\n\nX", "prose"],
    ["> # a\nX", "prose"],
    ["> a\n- X", "prose"],
    ["> > a\nX", "quoted"],
    ["- > a\nX", "quoted"],
    ["<!-- X -->", "hidden"],
    ["<!-- a\n\n```\n--> X", "prose"],
    ["a <!-- X", "hidden"],
    ["a <!-- b\n\nX", "hidden"],
    ["`<!--` X", "prose"],
    ["<!--> X", "prose"],
    ["<pre>\nX\n</pre>", "code"],
    ["<pre>a</pre>\nX", "prose"],
    ["<code>X</code>", "code"],
    ["<pre> X", "prose"],
    ["<details>\n\nX", "prose"],
  ])("%j: X is %s", (text, expected) => {
    expect(markOfX(text)).toBe(expected);
  });

  it("names a fence that is left open at the end, and none that its list item closes", () => {
    expect(readRegions("a\n~~~~js\nb").openFence).toBe("~~~~");
    expect(readRegions("```\na\n```").openFence).toBeNull();
    expect(readRegions("- ```\n  a").openFence).toBeNull();
  });
});
