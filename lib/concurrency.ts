/** Does `work` for every item, in their order, at most `atOnce` of them at a time. Rejects with the first failure. */
export async function eachAtMost<T>(
  atOnce: number,
  items: readonly T[],
  work: (item: T, index: number) => Promise<void>,
): Promise<void> {
  // One iterator for all workers: each takes what nobody has taken yet.
  const waiting = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of waiting) await work(item, index);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
}
