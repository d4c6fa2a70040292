import type { Git } from "../git/run-git.ts";

/** More than this does not cross, packed. */
const LARGEST_PACK = 512 * 1024 ** 2;

/**
 * Carries objects from the collector, where the agent's user could write, into the trusted repository. They come through
 * a pipe, so there is no file that could be another; git checks every object and every link of it (`--strict`).
 */
export async function copyObjects(
  from: Git,
  into: Git,
  what: { wanted: readonly string[]; had: readonly string[]; finishBy: number },
): Promise<void> {
  const timeoutMs = Math.max(2000, what.finishBy - Date.now());
  const pack = from.start(["pack-objects", "--revs", "--thin", "--stdout", "--delta-base-offset", "-q"], { timeoutMs });
  const index = into.start(["index-pack", "--stdin", "--fix-thin", "--strict"], { timeoutMs });
  let size = 0;
  pack.child.stdout.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size > LARGEST_PACK) pack.cut();
  });
  pack.child.stdout.pipe(index.child.stdin);
  index.child.stdout.resume();
  pack.child.stdin.end([...what.wanted, ...what.had.map((sha) => `^${sha}`), ""].join("\n"));
  try {
    await pack.done;
    await index.done;
  } finally {
    pack.cut();
    index.cut();
    await Promise.allSettled([pack.done, index.done]);
  }
}
