/** Doubles with every try, from the first wait to the longest one. In ms, or in seconds where the caller counts those. */
export type BackOff = { first: number; longest: number };

/**
 * How long to wait after a failure that `tries` others came before. `chance` (0 to 1) takes up to half of it away, so
 * that what failed at the same moment does not come back at the same moment; 0 is the whole wait. Pure.
 */
export function backOff({ first, longest }: BackOff, tries: number, chance = 0): number {
  return Math.min(longest, first * 2 ** tries) * (1 - chance / 2);
}

/** A number from 0 to 1 that is always the same for the same text: chance where none may be. */
export function jitterOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  // Texts that differ at their end alone are spread as well.
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
