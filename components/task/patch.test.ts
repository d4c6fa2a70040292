import { expect, test } from "vitest";
import { notesOf, parsePatch } from "./patch";
import { fileAnchor } from "./changed-files";

const brief = (patch: string) =>
  parsePatch(patch).map(({ lines }) => lines.map(({ sign, text, old, new: now }) => `${sign}${text} ${old}:${now}`));

test("an empty line whose blank was stripped still counts, so that the numbers below stay right", () => {
  expect(brief("@@ -3,3 +3,3 @@\n one\n\n-two\n+2\n")).toEqual([[" one 3:3", "  4:4", "-two 5:null", "+2 null:5"]]);
});

test("the break at the end is no line, even where a model counted too many", () => {
  expect(brief("@@ -1,9 +1,9 @@\n a\n-b\n")).toEqual([[" a 1:1", "-b 2:null"]]);
});

test("lines that look like a header are lines, and the end without a line break is marked", () => {
  const [hunk] = parsePatch("--- a/x\n+++ b/x\n@@ -1,2 +0,0 @@\n--- SQL\n-b\n\\ No newline at end of file\n");
  expect(hunk?.lines.map(({ text, isOpenEnd }) => [text, isOpenEnd])).toEqual([
    ["-- SQL", undefined],
    ["b", true],
  ]);
});

test("a patch without lines says what happened, and one that was cut says so", () => {
  expect(notesOf("diff --git a/a b/b\nrename from a\nrename to b\n")).toEqual(["Renamed from a"]);
  expect(notesOf("old mode 100644\nnew mode 100755\n")).toEqual(["Mode 100644 → 100755"]);
  expect(notesOf("Binary files a/x and b/x differ\n")).toEqual(["Binary file"]);
  expect(notesOf("--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+a\n")).toEqual(["New file"]);
  expect(notesOf("--- a/x\n+++ b/x\n\n")).toEqual(["No line was changed"]);
  expect(notesOf("--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n")).toEqual([]);
  expect(notesOf("--- a/x\n+++ b/x\n", true)).toEqual([]);
});

test("no two files share a place", () => {
  expect(new Set(["a/b.ts", "a_b.ts", "a.b/ts", "日本/語", "中国/文"].map(fileAnchor)).size).toBe(5);
});
