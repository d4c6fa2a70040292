import { type BackOff, backOff, jitterOf } from "./back-off.ts";

type Rule = BackOff & {
  /** Whose it is. */
  of: "task" | "attempt" | "mention" | "delivery";
  /** True: an answer that will not change (not found, refused as it is) ends it. */
  endsWhenRefused: boolean;
  /** Given up after so many tries that failed, and so long after it came to be owed; null: never. */
  mostTries: number | null;
  longestOwed: number | null;
};

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const often = { first: SECOND, longest: MINUTE, endsWhenRefused: true, mostTries: null, longestOwed: null } as const;

/**
 * Everything that Porter owes somebody and does again until it is done or given up. Whether it is owed stands in the
 * facts of the row that it belongs to; when it is tried next, how often that failed, and why no more, in the table
 * `obligations`. Times in ms. One more is one entry here, one answer to when it is owed, and one hand.
 */
export const OBLIGATIONS = {
  /** The tracking comment and the label say what the task is. */
  report: { ...often, of: "task", longest: 5 * MINUTE },
  /** What GitHub says of the task's pull request is known. One that is out of reach may come back. */
  look_at_pull: { ...often, of: "task", first: MINUTE, longest: 6 * HOUR, endsWhenRefused: false },
  /** Fly has the machine of the attempt. It ends with the time in which a machine must have started. */
  launch: { ...often, of: "attempt", longest: 30 * SECOND, endsWhenRefused: false },
  /** The machine's last word is the task's end. */
  apply_completion: { ...often, of: "attempt", mostTries: 60 },
  /** The machine is gone and its token dead. A refused token may be mended by its owner. */
  clean_up: { ...often, of: "attempt", endsWhenRefused: false, longestOwed: 7 * DAY },
  /** The log is packed. */
  seal_log: { ...often, of: "attempt", longest: HOUR, endsWhenRefused: false },
  /** A command has its one outcome. */
  admit: { ...often, of: "mention", endsWhenRefused: false, longestOwed: 3 * DAY },
  react: { ...often, of: "mention", longestOwed: 3 * DAY },
  reply: { ...often, of: "mention", longestOwed: 3 * DAY },
  /** What GitHub told of is done. */
  carry_out: { ...often, of: "delivery", longest: 5 * MINUTE, endsWhenRefused: false },
} as const satisfies Record<string, Rule>;

export type ObligationKind = keyof typeof OBLIGATIONS;
export type KindOf<Whose extends Rule["of"]> = {
  [Kind in ObligationKind]: (typeof OBLIGATIONS)[Kind]["of"] extends Whose ? Kind : never;
}[ObligationKind];

export const OBLIGATION_KINDS = Object.keys(OBLIGATIONS) as [ObligationKind, ...ObligationKind[]];
export const kindsOf = <Whose extends Rule["of"]>(whose: Whose): KindOf<Whose>[] =>
  OBLIGATION_KINDS.filter((kind): kind is KindOf<Whose> => OBLIGATIONS[kind].of === whose);

/** One row: without one an obligation is due at once and was never tried. */
export type Obligation = {
  /** The id of the task, mention or delivery; of an attempt `subjectOf`. */
  subject: string;
  kind: ObligationKind;
  /** Null once it is given up. */
  dueAt: string | null;
  tries: number;
  gaveUpReason: string | null;
};

export const subjectOf = (attempt: { taskId: string; attempt: number }): string =>
  `${attempt.taskId}/${attempt.attempt}`;

export type Failed = {
  message: string;
  /** The answer will not change by itself. */
  isRefused?: boolean;
  /** So long whoever refused wants to be left alone, or so long nothing can change, ms. */
  waitMs?: number | undefined;
  /** Nobody was asked: it costs no try. */
  isFree?: boolean;
};

/** What becomes of an obligation whose try failed at `now` (ms). `owedSince`: ms, for those that end with time. Pure. */
export function afterFailure(
  before: Pick<Obligation, "subject" | "kind" | "tries">,
  failed: Failed,
  { now, owedSince }: { now: number; owedSince: number },
): Obligation {
  const { subject, kind } = before;
  const rule: Rule = OBLIGATIONS[kind];
  const tries = before.tries + (failed.isFree === true ? 0 : 1);
  const isOver =
    (rule.endsWhenRefused && failed.isRefused === true) ||
    (rule.mostTries !== null && tries >= rule.mostTries) ||
    (rule.longestOwed !== null && now - owedSince > rule.longestOwed);
  if (isOver) return { subject, kind, tries, dueAt: null, gaveUpReason: failed.message.slice(0, 500) };
  const waitMs = failed.waitMs ?? backOff(rule, before.tries, jitterOf(`${subject} ${kind} ${before.tries}`));
  return { subject, kind, tries, dueAt: new Date(now + waitMs).toISOString(), gaveUpReason: null };
}
