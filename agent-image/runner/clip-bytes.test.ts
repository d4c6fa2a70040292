import fc from "fast-check";
import { expect, it } from "vitest";
import { clipBytes } from "./clip-bytes.ts";

it("stays within its bytes, well-formed, and only ever removes", () => {
  const keep = fc.constantFrom("start" as const, "end" as const, "both" as const);
  fc.assert(
    fc.property(
      fc.string({ unit: "binary", maxLength: 400 }),
      fc.integer({ min: 40, max: 300 }),
      keep,
      (text, maxBytes, side) => {
        const out = clipBytes(text, { maxBytes, keep: side });
        expect(Buffer.byteLength(out)).toBeLessThanOrEqual(maxBytes);
        expect(out.isWellFormed()).toBe(true);
        if (Buffer.byteLength(text.toWellFormed()) <= maxBytes) expect(out).toBe(text.toWellFormed());
        else for (const part of out.split(/ … \[cut\]\n?|\[cut\] … /)) expect(text).toContain(part);
      },
    ),
    { seed: 20261122, numRuns: 500 },
  );
});

it("keeps the end of a text of many megabytes", () => {
  expect(clipBytes(`${"😀".repeat(2_000_000)}end`, { maxBytes: 40, keep: "end" })).toMatch(/^\[cut\] … 😀+end$/u);
});
