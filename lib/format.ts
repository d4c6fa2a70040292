/** Figures as people read them. Pure and in UTC, so that server and browser write the same. */

const UNITS = [
  { name: "day", ms: 86_400_000 },
  { name: "hour", ms: 3_600_000 },
  { name: "minute", ms: 60_000 },
] as const;

/** `just now`, `3 minutes ago`, `in 2 hours`: from `at` (ISO) as seen at `nowMs`. */
export function relativeTime(at: string, nowMs: number): string {
  const past = nowMs - Date.parse(at);
  if (Number.isNaN(past)) return "at an unknown time";
  const unit = UNITS.find(({ ms }) => Math.abs(past) >= ms);
  if (unit === undefined) return "just now";
  const count = Math.floor(Math.abs(past) / unit.ms);
  const words = `${count} ${unit.name}${count === 1 ? "" : "s"}`;
  return past > 0 ? `${words} ago` : `in ${words}`;
}

/** `2026-11-22 14:03:05 UTC`, for hovering. */
export const exactTime = (at: string): string => `${at.slice(0, 10)} ${at.slice(11, 19)} UTC`;

/** `8 s`, `6 m 12 s`, `4 m 02 s`, `10 m`, `1 h 05 m`: as the texts on GitHub write it. */
export function durationText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  const two = (count: number) => String(count).padStart(2, "0");
  if (minutes >= 60) return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} m`;
  return seconds % 60 === 0 ? `${minutes} m` : `${minutes} m ${two(seconds % 60)} s`;
}

/** `$0.42`; under a cent `<$0.01`. */
export const costText = (usd: number): string => (usd > 0 && usd < 0.01 ? "<$0.01" : `$${usd.toFixed(2)}`);
