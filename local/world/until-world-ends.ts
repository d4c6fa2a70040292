import type { World } from "./world.ts";

/** The answer of `work`, or a throw with the reason as soon as the world in which it happens is over. */
export function untilWorldEnds<T>(world: Pick<World, "broken">, work: Promise<T>): Promise<T> {
  const breaking = world.broken.then((reason): never => {
    throw new Error(reason);
  });
  return Promise.race([work, breaking]);
}
