import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { budgetSchema, leastBudget, nearsBudget, readBudget, spentWords } from "./budget.ts";

const cents = fc.integer({ min: 1, max: 1_000_000 }).map((count) => count / 100);

describe("a budget", () => {
  it("is an amount in dollars and cents, with or without its sign", () => {
    fc.assert(
      fc.property(cents, (usd) => {
        for (const text of [String(usd), `$${usd.toFixed(2)}`, `${usd}$`]) expect(readBudget(text)).toBe(usd);
        expect(budgetSchema.safeParse(usd).success).toBe(true);
      }),
      { seed: 20261130 },
    );
  });

  it.each([
    "",
    "0",
    "0.00",
    "-1",
    "+1",
    "1e3",
    "0x10",
    "2,50",
    "2.505",
    ".5",
    "2.",
    "$",
    "$$2",
    "$2$",
    "2 0",
    "NaN",
    "Infinity",
    "10000.01",
    "99999",
    "2usd",
  ])("is not %j", (text) => {
    expect(readBudget(text)).toBeNull();
  });

  it.each([0, -1, 0.001, 2.505, 10_000.01, Number.NaN, Number.POSITIVE_INFINITY])("is not the number %d", (usd) => {
    expect(budgetSchema.safeParse(usd).success).toBe(false);
  });

  it("is the least of what is set", () => {
    expect([leastBudget(null, null), leastBudget(2, null), leastBudget(null, 3), leastBudget(2, 3)]).toEqual([
      null,
      2,
      3,
      2,
    ]);
  });

  it("is told of from four fifths on", () => {
    expect([1.59, 1.6, 2.5].map((spent) => nearsBudget(spent, 2))).toEqual([false, true, true]);
    expect(nearsBudget(100, null)).toBe(false);
    expect(spentWords(2.001, 2)).toBe("Spent $2.00 of $2.00");
  });
});
