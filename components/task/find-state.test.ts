import fc from "fast-check";
import { expect, test } from "vitest";
import { withAnswer, withPattern, withText, type FindState, NO_FIND, shownOf, stepTo } from "./find-state";

const found = (state: FindState, ...indexes: number[]) => withAnswer(state, state.query, { is: "found", indexes });

test("steps go round, and from nowhere to the first or to the last", () => {
  const state = found(withText(NO_FIND, "a"), 3, 5, 9);
  const steps = (by: 1 | -1, count: number) => {
    let at = state;
    return Array.from({ length: count }, () => shownOf((at = stepTo(at, by))).chosen);
  };
  expect(steps(1, 4)).toEqual([0, 1, 2, 0]);
  expect(steps(-1, 4)).toEqual([2, 1, 0, 2]);
});

test("where nothing was found a step leads nowhere", () => {
  const state = found(withText(NO_FIND, "a"));
  expect(stepTo(state, 1)).toBe(state);
});

test("what is shown while a new query is looked for is said to be of the one before", () => {
  const before = stepTo(found(withText(NO_FIND, "a"), 3), 1);
  expect(shownOf(before)).toMatchObject({ isLooking: false, found: [3], chosen: 0 });
  expect(shownOf(withText(before, "ab"))).toMatchObject({ isLooking: true, found: [3], chosen: -1 });
  expect(shownOf(withPattern(before, true))).toMatchObject({ isLooking: true, found: [3] });
});

test("an answer of a query that was changed since counts as old", () => {
  const asked = withText(NO_FIND, "a");
  const late = withAnswer(withText(asked, "ab"), asked.query, { is: "found", indexes: [1] });
  expect(shownOf(late).isLooking).toBe(true);
});

test("an emptied field shows nothing, and looks for nothing", () => {
  const state = withText(stepTo(found(withText(NO_FIND, "a"), 3), 1), "");
  expect(shownOf(state)).toEqual({ problem: null, found: [], isLooking: false, chosen: -1 });
});

test.each(["no_pattern", "too_slow"] as const)("%s is said, and what was found before is not shown for it", (is) => {
  const before = found(withPattern(withText(NO_FIND, "a"), true), 3);
  expect(shownOf(withAnswer(before, before.query, { is }))).toMatchObject({ problem: is, found: [], isLooking: false });
});

test("whatever is typed, found and stepped, the chosen line is one that was found", () => {
  const act = fc.oneof(
    fc.record({ is: fc.constant("find" as const), indexes: fc.uniqueArray(fc.nat(50), { maxLength: 6 }) }),
    fc.record({ is: fc.constant("step" as const), by: fc.constantFrom(1 as const, -1 as const) }),
    fc.record({ is: fc.constant("type" as const), text: fc.constantFrom("", "a", "ab") }),
  );
  fc.assert(
    fc.property(fc.array(act, { maxLength: 30 }), (story) => {
      let state = NO_FIND;
      for (const one of story) {
        if (one.is === "find") state = found(state, ...one.indexes);
        if (one.is === "step") state = stepTo(state, one.by);
        if (one.is === "type") state = withText(state, one.text);
        const shown = shownOf(state);
        if (shown.chosen >= 0) expect(shown.found[shown.chosen]).toBeDefined();
        if (one.is === "step" && shown.found.length > 0) expect(shown.chosen).toBeGreaterThanOrEqual(0);
      }
    }),
    { numRuns: 200 },
  );
});
