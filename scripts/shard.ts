/** One of several machines that share the tests: the `part`th of `of`, from 1. */
export type Shard = { part: number; of: number };

/** Reads `2/3`; throws on what is no part of a whole. */
export function readShard(text: string): Shard {
  const [part = 0, of = 0] = /^\d{1,3}\/\d{1,3}$/.test(text) ? text.split("/").map(Number) : [];
  if (part < 1 || part > of) throw new Error(`--shard takes a part of a whole, such as 1/3, and not ${text}`);
  return { part, of };
}

/** As Vitest and Playwright take it. Each runs its part of the files; all parts together run each file once. */
export const shardArguments = (shard: Shard | undefined): string[] =>
  shard === undefined ? [] : [`--shard=${shard.part}/${shard.of}`];

/** Whether a stage belongs to this part: what cannot be shared out runs in the first one, so that sums stay right. */
export const runsInShard = (isShared: boolean, shard: Shard | undefined): boolean =>
  isShared || shard === undefined || shard.part === 1;
