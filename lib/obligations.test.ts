import fc from "fast-check";
import { expect, it } from "vitest";
import { afterFailure, OBLIGATION_KINDS, OBLIGATIONS, type Failed } from "./obligations";

const SEED = 20261130;
const kind = fc.constantFrom(...OBLIGATION_KINDS);
const tries = fc.integer({ min: 0, max: 200 });
const now = Date.parse("2026-11-30T12:00:00.000Z");
const YEAR = 365 * 24 * 3600_000;
const age = fc.integer({ min: 0, max: YEAR });
const failed: fc.Arbitrary<Failed> = fc.record(
  {
    message: fc.string({ minLength: 1, maxLength: 600 }),
    isRefused: fc.boolean(),
    waitMs: fc.integer({ min: 0, max: YEAR }),
    isFree: fc.boolean(),
  },
  { requiredKeys: ["message"] },
);

it("puts off or gives up, never both and never neither, and says why", () => {
  fc.assert(
    fc.property(kind, tries, age, failed, (of, count, owedFor, how) => {
      const next = afterFailure({ subject: "x", kind: of, tries: count }, how, { now, owedSince: now - owedFor });
      expect((next.dueAt === null) === (next.gaveUpReason !== null)).toBe(true);
      expect(next.tries).toBe(how.isFree === true ? count : count + 1);
      expect(next.gaveUpReason ?? how.message.slice(0, 500)).toBe(how.message.slice(0, 500));
    }),
    { seed: SEED, numRuns: 2000 },
  );
});

it("comes again when it was asked to, else after a back-off that its kind bounds", () => {
  fc.assert(
    fc.property(kind, tries, failed, (of, count, how) => {
      const next = afterFailure({ subject: "x", kind: of, tries: count }, how, { now, owedSince: now });
      if (next.dueAt === null) return;
      const waited = Date.parse(next.dueAt) - now;
      if (how.waitMs !== undefined) expect(waited).toBe(how.waitMs);
      else expect(waited >= OBLIGATIONS[of].first / 2 - 1 && waited <= OBLIGATIONS[of].longest).toBe(true);
    }),
    { seed: SEED, numRuns: 2000 },
  );
});

it.each(OBLIGATION_KINDS)("%s ends by its own rule and by no other", (of) => {
  const { endsWhenRefused, mostTries, longestOwed } = OBLIGATIONS[of];
  const after = (input: { count?: number; owedFor?: number; isRefused?: boolean }) =>
    afterFailure(
      { subject: "x", kind: of, tries: input.count ?? 0 },
      { message: "no", isRefused: input.isRefused ?? false },
      { now, owedSince: now - (input.owedFor ?? 0) },
    ).gaveUpReason !== null;
  expect(after({})).toBe(false);
  expect(after({ isRefused: true })).toBe(endsWhenRefused);
  expect(after({ count: 1_000_000 })).toBe(mostTries !== null);
  expect(after({ owedFor: YEAR })).toBe(longestOwed !== null);
  if (mostTries !== null)
    expect([after({ count: mostTries - 2 }), after({ count: mostTries - 1 })]).toEqual([false, true]);
  if (longestOwed !== null)
    expect([after({ owedFor: longestOwed }), after({ owedFor: longestOwed + 1 })]).toEqual([false, true]);
});
