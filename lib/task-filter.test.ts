import fc from "fast-check";
import { expect, test } from "vitest";
import { AGENT_IDS } from "./agents.ts";
import { passesFilter, readFilter, type TaskFilter, writeFilter } from "./task-filter.ts";
import { ENDED_STATES, SECTIONS } from "./task-state.ts";

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const day = fc.constantFrom("2026-01-31", "2026-11-22");
const filters: fc.Arbitrary<TaskFilter> = fc.record({
  section: maybe(fc.constantFrom(...SECTIONS)),
  state: maybe(fc.constantFrom(...ENDED_STATES)),
  agent: maybe(fc.constantFrom(...AGENT_IDS)),
  repository: maybe(fc.constantFrom("octocat/hello-porter", "a.b/c_d")),
  text: maybe(fc.string({ minLength: 1, maxLength: 100 }).filter((text) => text.trim() === text)),
  from: maybe(day),
  to: maybe(day),
});

test("a filter survives the address that it is written into", () => {
  fc.assert(
    fc.property(filters, (filter) => {
      const query = Object.fromEntries(new URLSearchParams(writeFilter(filter)));
      expect(readFilter(query)).toEqual(filter);
    }),
  );
});

test("leaves out what an address cannot mean", () => {
  const nothing = { section: undefined, state: undefined, agent: undefined, repository: undefined, text: undefined };
  expect(
    readFilter({
      show: "all",
      state: "running",
      agent: "gemini",
      repo: "a b",
      q: "  ",
      from: "yesterday",
      to: "2026-13-01",
    }),
  ).toEqual({ ...nothing, from: undefined, to: undefined });
  expect(readFilter({ q: ["one", "two"] }).text).toBe("one");
  expect(readFilter({ from: "2026-02-30", to: "2026-04-31", repo: `${"a".repeat(140)}/b` })).toEqual({
    ...nothing,
    from: undefined,
    to: undefined,
  });
});

test.each<[TaskFilter, boolean]>([
  [{}, true],
  [{ text: "FRENCH" }, true],
  [{ text: "porter#7" }, true],
  [{ text: "german" }, false],
  [{ agent: "claude" }, false],
  [{ state: "stopped" }, true],
  [{ state: "failed" }, false],
  [{ repository: "Octocat/Hello-Porter" }, true],
  [{ from: "2026-11-22", to: "2026-11-22" }, true],
  [{ to: "2026-11-21" }, false],
])("%j decides what belongs into the list", (filter, belongs) => {
  const task = {
    status: "failed",
    failureCode: "stopped_by_user",
    agent: "opencode",
    repoOwner: "octocat",
    repoName: "hello-porter",
    issueTitle: "Add a French greeting",
    issueNumber: 7,
    createdBy: "octocat",
    createdAt: "2026-11-22T12:00:00.000Z",
  } as const;
  expect(passesFilter(task, filter)).toBe(belongs);
});
