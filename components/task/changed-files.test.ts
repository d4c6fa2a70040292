import { expect, test } from "vitest";
import type { LogRecord } from "@/lib/agent-protocol";
import { type ChangedFile, changesOf, countChanged, type TreeNode, treeOf } from "./changed-files";

let n = 0;
type Bare = LogRecord extends infer R ? (R extends LogRecord ? Omit<R, "n" | "t"> : never) : never;
const record = (bare: Bare): LogRecord => ({ n: (n += 1), t: n, ...bare });
const edit = (path: string, s = "@@ -1 +1 @@\n-a\n+b\n"): LogRecord => record({ k: "d", id: "e", path, s });

test("a file's edits come together while nothing is pushed", () => {
  const records = [edit("src/a.ts"), edit("b.ts"), edit("src/a.ts", "@@ -2 +2,2 @@\n-b\n+c\n+d\n")];
  expect(changesOf(records)).toMatchObject({
    source: "edits",
    files: [
      { path: "src/a.ts", patches: [{}, {}], stat: { additions: 3, deletions: 2 } },
      { path: "b.ts", patches: [{}] },
    ],
  });
  expect(countChanged(records)).toBe(2);
});

test("what was pushed takes the place of every reported edit, also of files that nobody reported", () => {
  const records = [
    edit("src/a.ts"),
    edit("src/taken-back.ts"),
    record({ k: "f", path: "src/a.ts", add: 700, del: 2, s: "@@ -1,9 +1,9 @@\n-one" }),
    record({ k: "f", path: "src/a.ts", s: "+two\n … [cut]" }),
    record({
      k: "f",
      path: "generated.lock",
      add: 1,
      del: 0,
      s: "new file mode 100644\n--- /dev/null\n@@ -0,0 +1 @@\n+x",
    }),
    record({
      k: "f",
      path: "new.png",
      s: "rename from old.png\nrename to new.png\nBinary files differ",
    }),
    record({ k: "f", path: "gone", add: 0, del: 1, s: "deleted file mode 100644\n+++ /dev/null" }),
    record({ k: "f", path: "link", add: 1, del: 1, s: "deleted file mode 100644\nnew file mode 120000" }),
  ];
  const { source, files } = changesOf(records);
  expect(source).toBe("pushed");
  expect(files.map(({ path, kind, stat }) => [path, kind, stat?.additions ?? null])).toEqual([
    ["src/a.ts", "changed", 700],
    ["generated.lock", "added", 1],
    ["gone", "deleted", 0],
    ["link", "changed", 1],
    ["new.png", "renamed", null],
  ]);
  expect(files[0]?.patches.map(({ text, isCut }) => [text, isCut])).toEqual([["@@ -1,9 +1,9 @@\n-one\n+two\n", true]]);
  expect(countChanged(records)).toBe(5);
});

const shape = (nodes: readonly TreeNode[]): unknown[] =>
  nodes.map((node) => (node.is === "file" ? node.name : { [node.name]: shape(node.nodes) }));
const file = (path: string): ChangedFile => ({ path, patches: [], stat: null, kind: "changed" });

test("the tree has folders first, and folders with one folder only on one line", () => {
  const paths = [
    "z.md",
    "src/deep/er/one.ts",
    "src/a.ts",
    "src/deep/er/two.ts",
    "a.md",
    "docs/guide/x.md",
    "src/deep.ts",
  ];
  expect(shape(treeOf(paths.map(file)))).toEqual([
    { "docs/guide": ["x.md"] },
    { src: [{ "deep/er": ["one.ts", "two.ts"] }, "a.ts", "deep.ts"] },
    "a.md",
    "z.md",
  ]);
  expect(treeOf([])).toEqual([]);
});
