import { expect, test } from "vitest";
import { findInDiff } from "./review-hunks.ts";

const DIFF = [
  "diff --git a/a b/a",
  "--- a/a",
  "+++ b/a",
  "@@ -1,3 +1,4 @@",
  " one",
  "-two",
  "+two!",
  "+two and a half",
  " three",
  "@@ -10,2 +11,1 @@ after",
  " ten",
  "-eleven",
].join("\n");

test.each([
  [1, "RIGHT", 1, " one"],
  [2, "RIGHT", 3, "+two!"],
  [2, "LEFT", 2, "-two"],
  [4, "RIGHT", 5, " three"],
  [3, "LEFT", 5, " three"],
  [11, "RIGHT", 7, " ten"],
  [11, "LEFT", 8, "-eleven"],
] as const)("line %i of %s is %i lines below the first head", (line, side, position, last) => {
  const found = findInDiff(DIFF, { line, side });
  expect([found?.position, found?.hunk.split("\n").at(-1)]).toEqual([position, last]);
  expect(found?.hunk.startsWith("@@ ")).toBe(true);
});

test.each([
  [5, "RIGHT"],
  [12, "RIGHT"],
  [4, "LEFT"],
  [0, "RIGHT"],
] as const)("line %i of %s is not in the diff", (line, side) => {
  expect(findInDiff(DIFF, { line, side })).toBeUndefined();
});
