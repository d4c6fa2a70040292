/** A clock that only moves when it is told to. */
export function createClock(start = "2026-11-22T12:00:00.000Z") {
  let now = Date.parse(start);
  return { now: () => new Date(now), advance: (ms: number) => void (now += ms) };
}
