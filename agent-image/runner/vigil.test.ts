import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Vigil } from "./vigil.ts";

const limits = { deadline: 600_000, stallTimeoutMs: 300_000, startedAt: 0 };
const at = (over: boolean, busy = false) => ({ over, busy });

describe("how long an agent is waited for", () => {
  it("gives it 15 s to leave after its last word, and again after whatever it prints then", () => {
    const vigil = new Vigil(limits);
    vigil.sign(1000);
    expect(vigil.verdict(15_999, at(true))).toBeNull();
    vigil.sign(15_999);
    expect(vigil.verdict(30_998, at(true))).toBeNull();
    expect(vigil.verdict(30_999, at(true))).toBe("over");
  });

  it("does not wait for tools that have no answer once the last word is said", () => {
    const vigil = new Vigil(limits);
    expect(vigil.verdict(20_000, at(true, true))).toBe("over");
  });

  it("takes silence for a stall unless a tool runs", () => {
    const vigil = new Vigil(limits);
    expect(vigil.verdict(299_999, at(false))).toBeNull();
    expect(vigil.verdict(300_000, at(false, true))).toBeNull();
    expect(vigil.verdict(599_999, at(false))).toBeNull();
    expect(new Vigil(limits).verdict(300_000, at(false))).toBe("stalled");
  });

  it("ends at the deadline, whatever is so", () => {
    fc.assert(
      fc.property(fc.boolean(), fc.boolean(), fc.integer({ min: 0, max: 900_000 }), (over, busy, sign) => {
        const vigil = new Vigil(limits);
        vigil.sign(sign);
        expect(vigil.verdict(600_000, { over, busy })).toBe("deadline");
      }),
    );
  });
});
