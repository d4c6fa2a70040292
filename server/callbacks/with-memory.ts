/** What uploads may hold of an isolate's 128 MB at once; everything else that it does has the rest. */
const MOST_BYTES = 72 * 1024 ** 2;
/** The platform has ended whatever is older, and then nobody gives its room back. */
const LONGEST_MS = 5 * 60_000;

type Held = { bytes: number; since: number };
let held: Held[] = [];

/** Does `work` if there is room for `bytes` of memory; null: not now. */
export async function withMemory<T>(bytes: number, now: number, work: () => Promise<T>): Promise<T | null> {
  held = held.filter(({ since }) => now - since < LONGEST_MS);
  const inUse = held.reduce((sum, one) => sum + one.bytes, 0);
  if (held.length > 0 && inUse + bytes > MOST_BYTES) return null;
  const mine: Held = { bytes, since: now };
  held.push(mine);
  try {
    return await work();
  } finally {
    held = held.filter((one) => one !== mine);
  }
}
