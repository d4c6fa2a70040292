import { and, desc, eq, gte, lte, sql } from "drizzle-orm";
import { z } from "zod";
import { AGENT_IDS } from "@/lib/agents";
import { FAILURE_CODES, FAILURES } from "@/lib/failures";
import { tryJson } from "@/lib/json";
import { PULL_CHECKS, PULL_REVIEWS, PULL_STATES, pullNeedsSomebody } from "@/lib/pull-state";
import { TERMINAL_STATUSES } from "@/lib/task";
import { ATTENTION_MS, codesOf } from "@/lib/task-state";
import type { Database } from "./database";
import { namedStatement } from "./named-statement";
import { endedWeeks } from "./schema";

/** An entry as view `ended_entries` makes it (drizzle). Instants and what it took in ms. */
const entrySchema = z.tuple([
  z.number(),
  z.number().nullable(),
  z.number().nullable(),
  z.enum(AGENT_IDS),
  z.enum(TERMINAL_STATUSES),
  z.string().nullable(),
  z.number().nullable(),
  z.enum(PULL_STATES).nullable().catch(null),
  z.enum(PULL_CHECKS).nullable().catch(null),
  z.enum(PULL_REVIEWS).nullable().catch(null),
]);

/** What is known of a task that has ended. A code that this version does not know is still a failure. */
export type EndedTask = {
  id: string;
  asked: number;
  completed: number | null;
  ms: number | null;
  agent: (typeof AGENT_IDS)[number];
  status: (typeof TERMINAL_STATUSES)[number];
  failureCode: (typeof FAILURE_CODES)[number] | undefined;
  costUsd: number;
  prState: (typeof PULL_STATES)[number] | null;
  prChecks: (typeof PULL_CHECKS)[number] | null;
  prReview: (typeof PULL_REVIEWS)[number] | null;
};

const codes = new Set<string>(FAILURE_CODES);
const isCode = (code: string): code is (typeof FAILURE_CODES)[number] => codes.has(code);

/** Null: with words of another version. */
function readEntry(id: string, stored: unknown): EndedTask | null {
  const entry = entrySchema.safeParse(stored);
  if (!entry.success) return null;
  const [asked, completed, ms, agent, status, code, costUsd, prState, prChecks, prReview] = entry.data;
  const failureCode = code === null ? undefined : isCode(code) ? code : "internal";
  return { id, asked, completed, ms, agent, status, failureCode, costUsd: costUsd ?? 0, prState, prChecks, prReview };
}

/** Weeks of `ended_weeks`, counted from 1970. */
const WEEK_MS = 7 * 86_400_000;
const weekOf = (ms: number): number => Math.floor(ms / WEEK_MS);

/** Rows of the weeks in which tasks were asked for between these instants (ms), newest first; for batches, too. */
export const weeksOf = (db: Database, userId: number, { from, to }: { from?: number; to?: number }) =>
  db
    .select({ tasks: endedWeeks.tasks })
    .from(endedWeeks)
    .where(
      and(
        eq(endedWeeks.userId, userId),
        from === undefined ? undefined : gte(endedWeeks.week, weekOf(from)),
        to === undefined ? undefined : lte(endedWeeks.week, weekOf(to)),
      ),
    )
    .orderBy(desc(endedWeeks.week));

const storedSchema = z.record(z.string(), z.unknown());
/** Every task of these weeks, in no order. */
export const readWeeks = (weeks: { tasks: string }[]): EndedTask[] =>
  weeks
    .flatMap((week) => Object.entries(tryJson(storedSchema, week.tasks) ?? {}))
    .flatMap(([id, entry]) => readEntry(id, entry) ?? []);

const stopped = new Set<string>(codesOf("stopped"));
/** Ends that are bad, and that the reader can do something about. */
export const MENDABLE_FAILURES = FAILURE_CODES.filter((code) => FAILURES[code].fix !== null && !stopped.has(code));
const mendable = new Set<string>(MENDABLE_FAILURES);

/** `sectionOf` (lib/task-state.ts) of what has ended: it ended badly, and its reader can do something, and is still asked to. */
export function needsSomebody(ended: EndedTask, now: number): boolean {
  const { status, failureCode, completed } = ended;
  const isMendable =
    status === "timed_out" ||
    (status === "failed" && mendable.has(failureCode ?? "")) ||
    (status === "success" && pullNeedsSomebody(ended));
  return isMendable && completed !== null && now - completed <= ATTENTION_MS;
}

/** Makes the weeks anew of the tasks. */
export async function rebuildEndedWeeks(db: Database): Promise<void> {
  const d1 = db.$client;
  await d1.batch([
    namedStatement(d1, "DELETE FROM ended_weeks"),
    namedStatement(
      d1,
      `INSERT INTO ended_weeks (user_id, week, tasks)
       SELECT user_id, week, json_group_object(id, json(entry)) FROM ended_entries GROUP BY user_id, week`,
    ),
  ]);
}

/** Entries of these tasks, for what the weeks do not tell. `ids`: a query of them. */
export async function entriesOf(db: Database, ids: ReturnType<typeof sql>): Promise<EndedTask[]> {
  const rows = await db.all<{ id: string; entry: string }>(
    sql`SELECT v.id AS id, v.entry AS entry FROM ended_entries v WHERE v.id IN (${ids})`,
  );
  return rows.flatMap(({ id, entry }) => readEntry(id, tryJson(z.unknown(), entry)) ?? []);
}
