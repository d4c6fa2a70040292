/**
 * GitHub takes 80 content-creating calls a minute and 500 an hour of an installation. A bucket that holds half of it
 * and gets the other half back in the window never lets more through, wherever the window begins.
 */
export const MINUTE = { capacity: 40, refill: 40, perMs: 60_000 } as const;
export const HOUR = { capacity: 250, refill: 250, perMs: 3_600_000 } as const;
/**
 * How much one person has written lately: what is gone from these. They fill slowly, so that even six who share an
 * installation's writes all day count as people who write a lot.
 */
export const OF_LATE = {
  minute: { ...MINUTE, capacity: 20, refill: 6 },
  hour: { ...HOUR, capacity: 100, refill: 40 },
} as const;

export type Amount = Readonly<Record<"minute" | "hour", number>>;

/**
 * What a person's write leaves of the installation's, by what they have written lately: the more, the more is left to
 * others. Whoever writes a little is answered, however many write as much as they can, and one alone has nearly all.
 */
const LEFT_TO_OTHERS: readonly { used: Amount; left: Amount }[] = [
  { used: { minute: 1, hour: 4 }, left: { minute: 0, hour: 0 } },
  { used: { minute: 3, hour: 20 }, left: { minute: 8, hour: 20 } },
  { used: { minute: 8, hour: 60 }, left: { minute: 12, hour: 50 } },
];
const LEFT_BY_MANY: Amount = { minute: 18, hour: 90 };
/** What can wait leaves so much besides: else it would hold up its own person's answers. */
const SPARE: Amount = { minute: 8, hour: 30 };
const LEFT_BY_SPARE: Amount = { minute: 20, hour: 60 };

/**
 * What a write leaves. `used`: what was written lately, with this write; null: more than is counted; of nobody's: nothing.
 */
export function leftAfterWrite(used: Amount | null, isSpare: boolean): Amount {
  const step = LEFT_TO_OTHERS.find(
    (one) => used !== null && used.minute <= one.used.minute && used.hour <= one.used.hour,
  );
  const left = step?.left ?? LEFT_BY_MANY;
  if (!isSpare) return left;
  return {
    minute: Math.max(LEFT_BY_SPARE.minute, left.minute + SPARE.minute),
    hour: Math.max(LEFT_BY_SPARE.hour, left.hour + SPARE.hour),
  };
}
