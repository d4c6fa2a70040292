/** What a viewer listens to: everything of one user, or one task. */
export type Topic = `user:${number}` | `task:${string}`;

/** Fixed, so that the price of hubs that never sleep is bounded. */
export const SHARDS = 32;

/** The name of the hub that holds the viewers of a topic: FNV-1a, so that neighbours spread. */
export function shardOf(topic: Topic): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < topic.length; index++) hash = Math.imul(hash ^ topic.charCodeAt(index), 0x01000193);
  return `shard-${(hash >>> 0) % SHARDS}`;
}
