import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { keepOrder, neighboursOf } from "./list-order";

let kept: Map<string, string> | null;
beforeEach(() => {
  kept = new Map();
  vi.stubGlobal("sessionStorage", {
    getItem(key: string) {
      if (kept === null) throw new Error("storage is forbidden");
      return kept.get(key) ?? null;
    },
    setItem(key: string, text: string) {
      if (kept === null) throw new Error("storage is full");
      kept.set(key, text);
    },
  });
});
afterEach(() => void vi.unstubAllGlobals());

test.each([
  ["a", null, "b"],
  ["b", "a", "c"],
  ["c", "b", null],
  ["not in the list", null, null],
])("the neighbours of %s are those that the list showed: %s and %s", (id, before, after) => {
  keepOrder(["a", "b", "c"]);
  expect(neighboursOf(id)).toEqual({ before, after });
});

test("a tab that saw no list, or keeps nothing, has no neighbours and no error", () => {
  expect(neighboursOf("a")).toEqual({ before: null, after: null });
  kept = null;
  keepOrder(["a", "b"]);
  expect(neighboursOf("a")).toEqual({ before: null, after: null });
});

test.each(['{"a":1}', "[1,2]", "not JSON", '["a",7]'])("what something else wrote there (%s) leads nowhere", (text) => {
  for (const key of ["porter-order"]) kept?.set(key, text);
  expect(neighboursOf("a")).toEqual({ before: null, after: null });
});
