import type { TaskStats } from "@/lib/task-pages";
import type { TaskFilter } from "@/lib/task-filter";
import { dayIn } from "@/lib/zone";

export type Day = TaskStats["days"][number];

const DAY_MS = 86_400_000;
const MOST_DAYS = 90;
const LEAST_DAYS = 30;
const YEAR_DAYS = 366;

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/**
 * Every day of the filter that has come, or of the last 30 to 90 days; days without tasks are zeros, so that a gap is
 * seen as one. Where a first day is asked for, a whole year is shown.
 */
export function allDays(days: readonly Day[], filter: TaskFilter, nowMs: number): Day[] {
  const today = Date.parse(dayIn(nowMs, filter.zone ?? "UTC"));
  const last = filter.to === undefined ? today : Math.min(today, Date.parse(filter.to));
  const known = new Map(days.map((day) => [day.day, day]));
  const oldest = days[0] === undefined ? last : Date.parse(days[0].day);
  const wanted =
    filter.from === undefined ? Math.min(oldest, last - (LEAST_DAYS - 1) * DAY_MS) : Date.parse(filter.from);
  const most = filter.from === undefined ? MOST_DAYS : YEAR_DAYS;
  const first = Math.max(wanted, last - (most - 1) * DAY_MS);
  const all: Day[] = [];
  for (let ms = first; ms <= last; ms += DAY_MS) {
    const day = dayOf(ms);
    all.push(known.get(day) ?? { day, success: 0, failed: 0, other: 0, costUsd: 0 });
  }
  return all;
}

export type Totals = {
  tasks: number;
  success: number;
  failed: number;
  other: number;
  costUsd: number;
  rate: number | null;
};

/** Sums; `rate` is the share of successes among what succeeded or failed, null without any. */
export function totalsOf(days: readonly Day[]): Totals {
  const sum = (value: (day: Day) => number) => days.reduce((total, day) => total + value(day), 0);
  const success = sum((day) => day.success);
  const failed = sum((day) => day.failed);
  const other = sum((day) => day.other);
  const judged = success + failed;
  return {
    success,
    failed,
    other,
    tasks: judged + other,
    costUsd: sum((day) => day.costUsd),
    rate: judged === 0 ? null : success / judged,
  };
}

/** A round number at or above the highest value, for the axis. */
export function niceTop(highest: number): number {
  if (highest <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(highest));
  return [1, 2, 2.5, 4, 5, 10].map((step) => step * power).find((step) => step >= highest) ?? 10 * power;
}
