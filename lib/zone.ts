/**
 * The reader's time zone, as days of filters and charts mean it. Kept in a cookie, which the browser writes
 * (layout/zone-keeper.tsx): so the first byte of a page has the right days, and the CSV has them, too.
 */
export const ZONE_COOKIE = "porter_zone";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** No zone changes its clocks twice within so many days and back. */
const STEP_DAYS = 20;
/** How far back changes of the clocks are known; older days have the offset of that time. */
const KNOWN_DAYS = 800;

const formats = new Map<string, Intl.DateTimeFormat>();
function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const numbers = { year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric" } as const;
  const made = new Intl.DateTimeFormat("en-US", { timeZone: zone, hourCycle: "h23", ...numbers });
  formats.set(zone, made);
  return made;
}

/** What a cookie's value says; anything that is no zone is UTC. */
export function readZone(value: string | undefined): string {
  if (value === undefined || !/^[\w+/-]{1,64}$/.test(value)) return "UTC";
  try {
    return formatOf(value).resolvedOptions().timeZone;
  } catch {
    return "UTC";
  }
}

/** Minutes east of UTC that the zone's clocks show at an instant. */
function offsetAt(ms: number, zone: string): number {
  const parts = new Map(
    formatOf(zone)
      .formatToParts(ms)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
  const shown = Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"));
  return Math.round((shown - ms) / MINUTE_MS);
}

/** The day of an instant (ms) in a zone, `2026-11-22`. */
export const dayIn = (ms: number, zone: string): string =>
  new Date(ms + offsetAt(ms, zone) * MINUTE_MS).toISOString().slice(0, 10);

/** The first instant of a day in a zone, `later` days after it. Null after the year 9999. */
export function startOfDay(day: string, zone: string, later = 0): string | null {
  const clock = Date.parse(day) + later * DAY_MS;
  // The offset of a moment near it, then of the moment found: clocks may change in between.
  const near = clock - offsetAt(clock, zone) * MINUTE_MS;
  const start = new Date(clock - offsetAt(near, zone) * MINUTE_MS).toISOString();
  return start.length === 24 ? start : null;
}

/** From `since` (ISO; the oldest has "") the zone's clocks are so far east of UTC. */
export type ZoneOffset = { since: string; minutes: number };

/** How far the zone's clocks were from UTC in the last years, newest first, so that SQL can tell days apart. */
export function zoneOffsets(zone: string, nowMs: number): ZoneOffset[] {
  const found: ZoneOffset[] = [];
  let later = nowMs;
  for (let days = STEP_DAYS; days <= KNOWN_DAYS; days += STEP_DAYS) {
    const earlier = nowMs - days * DAY_MS;
    const minutes = offsetAt(later, zone);
    if (offsetAt(earlier, zone) !== minutes)
      found.push({ since: new Date(changeBetween(earlier, later, zone)).toISOString(), minutes });
    later = earlier;
  }
  return [...found, { since: "", minutes: offsetAt(later, zone) }];
}

/** The first minute of the later instant's offset. */
function changeBetween(earlier: number, later: number, zone: string): number {
  const wanted = offsetAt(later, zone);
  let [before, from] = [Math.floor(earlier / MINUTE_MS), Math.ceil(later / MINUTE_MS)];
  while (from - before > 1) {
    const middle = Math.floor((before + from) / 2);
    if (offsetAt(middle * MINUTE_MS, zone) === wanted) from = middle;
    else before = middle;
  }
  return from * MINUTE_MS;
}
