/** Chance that repeats: everything random in a fault run comes out of one of these. */
export type Random = {
  /** In [0, 1). */
  next(): number;
  /** In 0 … below - 1. */
  int(below: number): number;
  chance(probability: number): boolean;
  pick<T>(list: readonly [T, ...T[]]): T;
};

/** splitmix32: every 32-bit seed is a good one. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 0x1_0000_0000;
  };
  const int = (below: number) => Math.floor(next() * below);
  return {
    next,
    int,
    chance: (probability) => next() < probability,
    pick: (list) => list[int(list.length)] ?? list[0],
  };
}

/** An entry of a weighted list, e.g. `[[3, "often"], [1, "rarely"]]`. */
export function pickWeighted<T>(random: Random, entries: readonly (readonly [number, T])[]): T {
  let left = random.next() * entries.reduce((sum, [weight]) => sum + weight, 0);
  for (const [weight, value] of entries) {
    left -= weight;
    if (left < 0) return value;
  }
  const last = entries.at(-1);
  if (last === undefined) throw new Error("nothing to choose from");
  return last[1];
}
