import fc from "fast-check";
import { expect, it } from "vitest";
import { HOUR, leftAfterWrite, MINUTE, OF_LATE } from "./shares";

type Bucket = { capacity: number; refill: number; perMs: number };

/** An installation in which everybody writes what cannot wait, in a time that only moves when it is told to. */
function anInstallation() {
  const buckets = (minute: Bucket, hour: Bucket) => {
    const held = { minute: minute.capacity, hour: hour.capacity };
    return {
      held,
      pass: (ms: number) => {
        held.minute = Math.min(minute.capacity, held.minute + (ms * minute.refill) / minute.perMs);
        held.hour = Math.min(hour.capacity, held.hour + (ms * hour.refill) / hour.perMs);
      },
    };
  };
  const whole = buckets(MINUTE, HOUR);
  const shares = new Map<number, ReturnType<typeof buckets>>();
  return {
    pass: (ms: number) => [whole, ...shares.values()].forEach((one) => one.pass(ms)),
    write(person: number): boolean {
      const share = shares.get(person) ?? buckets(OF_LATE.minute, OF_LATE.hour);
      shares.set(person, share);
      const isCounted = share.held.minute >= 1 && share.held.hour >= 1;
      const used = {
        minute: OF_LATE.minute.capacity - share.held.minute + 1,
        hour: OF_LATE.hour.capacity - share.held.hour + 1,
      };
      const left = leftAfterWrite(isCounted ? used : null, false);
      if (whole.held.minute - 1 < left.minute || whole.held.hour - 1 < left.hour) return false;
      for (const { held } of isCounted ? [whole, share] : [whole]) {
        held.minute -= 1;
        held.hour -= 1;
      }
      return true;
    },
  };
}

const PATIENCE_MS = 15_000;

it("property: however many people write as much as they can, who writes a little is answered within seconds", () => {
  const plans = fc.record({
    crowd: fc.integer({ min: 1, max: 6 }),
    lookMs: fc.constantFrom(500, 1000, 3000, 10_000),
    from: fc.integer({ min: 0, max: 7_200_000 }),
  });
  fc.assert(
    fc.property(plans, ({ crowd, lookMs, from }) => {
      const installation = anInstallation();
      const people = Array.from({ length: crowd }, (_, person) => person);
      const press = () => {
        for (const person of people) while (installation.write(person));
      };
      const wait = (ms: number) => {
        for (let passed = 0; passed < ms; passed += lookMs) {
          installation.pass(lookMs);
          press();
        }
      };
      press();
      wait(from);
      // One that comes from time to time: a comment and its answer, three times.
      for (let answer = 0; answer < 3; answer++) {
        let waited = 0;
        while (!installation.write(99)) {
          wait(lookMs);
          waited += lookMs;
          if (waited > PATIENCE_MS) break;
        }
        expect(waited).toBeLessThanOrEqual(PATIENCE_MS);
        wait(120_000);
      }
    }),
    { numRuns: 40 },
  );
});

it("lets one person alone write most of what there is", () => {
  const installation = anInstallation();
  let written = 0;
  while (installation.write(1)) written += 1;
  expect(written).toBeGreaterThanOrEqual(20);
});
