import { expect, test } from "vitest";
import { patchOf, todosOf } from "./former-records";

const call = { n: 1, t: 0, k: "c", id: "a", tool: "TodoWrite" } as const;
const text = "1 of 3 done, now: two\n[x] one\n[~] two\n[ ] three";
const todos = [
  { text: "one", state: "done" as const },
  { text: "two", state: "now" as const },
  { text: "three", state: "open" as const },
];

test("a plan is what its record says beside the text, and in one of before what its text says", () => {
  expect(todosOf({ ...call, s: text })).toEqual(todos);
  expect(todosOf({ ...call, s: text, todos: todos.slice(1) })).toEqual(todos.slice(1));
  expect(todosOf({ ...call, s: text, todos: [] })).toEqual([]);
});

test("a patch is cut where its record says so, and in one of before where its text ends so", () => {
  const patch = "@@ -1,9 +1,9 @@\n-a\n+b";
  expect(patchOf({ s: patch, cut: true })).toEqual({ text: patch, isCut: true });
  expect(patchOf({ s: `${patch} … [cut]` })).toEqual({ text: patch, isCut: true });
  expect(patchOf({ s: `${patch}\n` })).toEqual({ text: `${patch}\n`, isCut: false });
});
