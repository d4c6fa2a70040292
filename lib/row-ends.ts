/** When rows end that nobody needs any more, in days from the instant that each rule names. */
type RowEnd = { days: number; least: number; most: number; what: string };

/**
 * One rule for each kind of rows that ends by age; operators change the days with `KEEP_DAYS`. `least` is what the rest
 * of Porter counts on: GitHub sends a delivery again for three days and people see a week of what was ignored, a blocked
 * task waits a week before it runs, caps look back a day.
 */
export const ROW_ENDS = {
  deliveries: { days: 7, least: 7, most: 365, what: "Deliveries of GitHub, from when they came" },
  mention_bodies: {
    days: 1,
    least: 0,
    most: 365,
    what: "Issue texts of settled commands, from when they were settled",
  },
  task_texts: {
    days: 1,
    least: 0,
    most: 3650,
    what: "Prompt, issue text and context files of an ended task, from its end: they go to the bucket, from where they are read",
  },
  events: { days: 90, least: 14, most: 3650, what: "Events of tasks, from when they happened" },
  counters: { days: 1, least: 0, most: 365, what: "Counters, from the end of their window" },
  starts: { days: 1, least: 1, most: 30, what: "Starts that count for the caps" },
  dead_letters: { days: 30, least: 1, most: 365, what: "What the queue gave up on" },
  sessions: { days: 7, least: 0, most: 365, what: "Signed-in browsers, from when their session is over" },
  github_answers: {
    days: 7,
    least: 1,
    most: 365,
    what: "Answers of GitHub kept for their ETag, from when they were last asked for",
  },
} as const satisfies Record<string, RowEnd>;

export type RowEndName = keyof typeof ROW_ENDS;
export const ROW_END_NAMES = Object.keys(ROW_ENDS) as RowEndName[];
export type KeptDays = Record<RowEndName, number>;

const standard = (): KeptDays =>
  Object.fromEntries(ROW_END_NAMES.map((name) => [name, ROW_ENDS[name].days])) as KeptDays;

/** `events=30,deliveries=14`; a sentence where it is none. */
export function readKeptDays(text: string): KeptDays | string {
  const kept = standard();
  for (const part of text.split(",").filter((piece) => piece.trim() !== "")) {
    const [, given, days] = /^\s*([a-z_]+)\s*=\s*(\d{1,5})\s*$/.exec(part) ?? [];
    const name = ROW_END_NAMES.find((one) => one === given);
    if (name === undefined) return `each part must be \`name=days\`, with a name of ${ROW_END_NAMES.join(", ")}`;
    const { least, most } = ROW_ENDS[name];
    if (Number(days) < least || Number(days) > most) return `${name} must be from ${least} to ${most} days`;
    kept[name] = Number(days);
  }
  return kept;
}
