import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Watchdog } from "./watchdog.ts";

const limits = { deadline: 600_000, stallTimeoutMs: 300_000, startedAt: 0 };
const at = (over: boolean, busy = false) => ({ over, busy });

describe("how long an agent is waited for", () => {
  it("gives it 15 s to leave after its last word, and again after whatever it prints then", () => {
    const watchdog = new Watchdog(limits);
    watchdog.sign(1000);
    expect(watchdog.verdict(15_999, at(true))).toBeNull();
    watchdog.sign(15_999);
    expect(watchdog.verdict(30_998, at(true))).toBeNull();
    expect(watchdog.verdict(30_999, at(true))).toBe("over");
  });

  it("does not wait for tools that have no answer once the last word is said", () => {
    const watchdog = new Watchdog(limits);
    expect(watchdog.verdict(20_000, at(true, true))).toBe("over");
  });

  it("takes silence for a stall unless a tool runs", () => {
    const watchdog = new Watchdog(limits);
    expect(watchdog.verdict(299_999, at(false))).toBeNull();
    expect(watchdog.verdict(300_000, at(false, true))).toBeNull();
    expect(watchdog.verdict(599_999, at(false))).toBeNull();
    expect(new Watchdog(limits).verdict(300_000, at(false))).toBe("stalled");
  });

  it("ends at the deadline, whatever is so", () => {
    fc.assert(
      fc.property(fc.boolean(), fc.boolean(), fc.integer({ min: 0, max: 900_000 }), (over, busy, sign) => {
        const watchdog = new Watchdog(limits);
        watchdog.sign(sign);
        expect(watchdog.verdict(600_000, { over, busy })).toBe("deadline");
      }),
    );
  });
});
