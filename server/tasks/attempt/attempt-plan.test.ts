import { expect, test } from "vitest";
import { branchAfter, firstBranch } from "./attempt-plan";

test.each(["porter/", "porter-", "bots/ai_"])("under %s each explicit retry has a branch of its own", (prefix) => {
  const id = "task_0123456789abcdefghij";
  const first = firstBranch(prefix, id);
  expect(first).toBe(`${prefix}${id}`);
  const second = branchAfter(id, first);
  expect([second, branchAfter(id, second)]).toEqual([`${prefix}${id}-2`, `${prefix}${id}-3`]);
});
