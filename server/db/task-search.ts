import { and, desc, eq, gte, inArray, lt, lte, not, or, type SQL, sql } from "drizzle-orm";
import { CSV_FIELDS } from "@/lib/task-csv";
import type { TaskListCursor } from "@/lib/task-cursor";
import type { TaskFilter } from "@/lib/task-filter";
import { startOfDay } from "@/lib/zone";
import { FAILURE_CODES, FAILURES } from "@/lib/failures";
import { ATTENTION_MS, codesOf, NO_FAILURES } from "@/lib/task-state";
import { TERMINAL_STATUSES, type TaskStatus } from "@/lib/task";
import type { Database } from "./database";
import { namedStatement } from "./named-statement";
import { taskAttempts, tasks } from "./schema";
import { isCurrent, pickColumns, shortTaskRow, taskRow } from "./task-row";

/** What the lines of an export are made of (lib/task-csv.ts). */
const exported = pickColumns(taskRow, CSV_FIELDS);

export type TaskSearch = TaskFilter & { statuses?: TaskStatus[] | undefined };

/** A blocked task is dropped after 7 days, so nothing older needs anybody. */
const BLOCKED_DAYS = 8;
const DAY_MS = 86_400_000;
/** Of the newest so many tasks the repositories are named. */
const FACET_ROWS = 500;

/** Ended badly, and the reader can do something about it. */
const MENDABLE_FAILURES = FAILURE_CODES.filter(
  (code) => FAILURES[code].fix !== null && !codesOf("stopped").some((stopped) => stopped === code),
);

const isOneOf = (codes: readonly string[]): SQL => inArray(sql`coalesce(${tasks.failureCode}, '')`, codes);
/** The code says that nothing went wrong. */
export const isNoFailure = isOneOf(NO_FAILURES);

/** Literals, not parameters: only so does SQLite use the partial indexes. */
const isRunning = sql`${tasks.status} = 'running'`;
const isQueued = sql`${tasks.status} = 'queued'`;

/** `pullNeedsSomebody` (lib/pull-state.ts) as a condition; true or false, never unknown. */
const pullNeedsSomebody = sql`(coalesce(${tasks.prState}, '') = 'open' AND (coalesce(${tasks.prChecks}, '') = 'failed' OR coalesce(${tasks.prReview}, '') = 'changes_requested'))`;

/** `sectionOf` (lib/task-state.ts) as a condition. */
function inSection(section: NonNullable<TaskFilter["section"]>, now: number): SQL | undefined {
  const recent = new Date(now - ATTENTION_MS).toISOString();
  const mendable = or(
    eq(tasks.status, "timed_out"),
    and(eq(tasks.status, "failed"), inArray(tasks.failureCode, MENDABLE_FAILURES)),
    and(eq(tasks.status, "success"), pullNeedsSomebody),
  );
  switch (section) {
    case "running":
      return isRunning;
    case "queued":
      return and(isQueued, sql`${tasks.blockedReason} IS NULL`);
    case "attention":
      return and(
        gte(tasks.createdAt, new Date(now - BLOCKED_DAYS * DAY_MS).toISOString()),
        or(
          and(isQueued, sql`${tasks.blockedReason} IS NOT NULL`),
          and(inArray(tasks.status, [...TERMINAL_STATUSES]), mendable, gte(tasks.completedAt, recent)),
        ),
      );
    case "done":
      return and(
        inArray(tasks.status, [...TERMINAL_STATUSES]),
        or(
          and(eq(tasks.status, "success"), not(pullNeedsSomebody)),
          lt(tasks.completedAt, recent),
          sql`(${tasks.status} = 'failed' AND coalesce(${tasks.failureCode}, '') NOT IN ${MENDABLE_FAILURES})`,
        ),
      );
  }
}

/** `stateOf` (lib/task-state.ts) as a condition. */
function inState(state: NonNullable<TaskFilter["state"]>): SQL | undefined {
  const hasCode = inArray(tasks.failureCode, codesOf(state));
  switch (state) {
    case "done":
      return and(eq(tasks.status, "success"), not(isOneOf(codesOf("no_changes"))));
    case "no_changes":
      return and(inArray(tasks.status, ["success", "failed"]), hasCode);
    case "asks":
    case "unpublished":
    case "expired":
    case "stopped":
      return and(eq(tasks.status, "failed"), hasCode);
    case "failed":
      return and(eq(tasks.status, "failed"), not(isNoFailure));
    case "timed_out":
      return eq(tasks.status, "timed_out");
  }
}

/**
 * SQLite's `lower` knows ASCII alone: of words with other letters every way to write them is looked for, as typed, in
 * small and in capital letters, and with capitals where words begin.
 */
function casesOf(text: string): string[] {
  const small = text.toLowerCase();
  const titled = small.replaceAll(/(?<![\p{L}\p{N}])\p{L}/gu, (letter) => letter.toUpperCase());
  const sentence = small.replace(/\p{L}/u, (letter) => letter.toUpperCase());
  const written = [text, small, text.toUpperCase(), titled, sentence];
  return [...new Set(written.map((one) => one.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())))];
}

/** The tasks of a user that the filter asks for, through one of the user's indexes. `now`: ms. */
export function matchingTasks(userId: number, search: TaskSearch, now: number): SQL | undefined {
  const [owner = "", name = ""] = search.repository?.split("/") ?? [];
  const { zone = "UTC" } = search;
  const first = search.from === undefined ? null : startOfDay(search.from, zone);
  const after = search.to === undefined ? null : startOfDay(search.to, zone, 1);
  const haystack = sql`lower(${tasks.issueTitle} || ' ' || ${tasks.repoOwner} || '/' || ${tasks.repoName} || '#' || ${tasks.issueNumber} || ' ' || ${tasks.createdBy})`;
  const asked = {
    statuses: search.statuses && inArray(tasks.status, search.statuses),
    section: search.section && inSection(search.section, now),
    state: search.state && inState(search.state),
    agent: search.agent && eq(tasks.agent, search.agent),
    repository:
      search.repository === undefined
        ? undefined
        : and(sql`${tasks.repoOwner} = ${owner} COLLATE NOCASE`, sql`${tasks.repoName} = ${name} COLLATE NOCASE`),
    // `LIKE` refuses patterns over 50 bytes here.
    text:
      search.text === undefined
        ? undefined
        : or(...casesOf(search.text).map((text) => sql`instr(${haystack}, ${text}) > 0`)),
    from: first === null ? undefined : gte(tasks.createdAt, first),
    to: after === null ? undefined : lt(tasks.createdAt, after),
    // Days are meant in it.
    zone: undefined,
  } satisfies Record<keyof TaskSearch, SQL | undefined>;
  return and(eq(tasks.userId, userId), ...Object.values(asked));
}

/**
 * The rows after the last one of a page before, newest first. The first condition says nothing new, but it alone is one
 * that the index takes: without it every page reads all pages before it again.
 */
export const olderThan = (cursor: TaskListCursor | undefined): SQL | undefined =>
  cursor === undefined
    ? undefined
    : and(lte(tasks.createdAt, cursor.createdAt), or(lt(tasks.createdAt, cursor.createdAt), lt(tasks.id, cursor.id)));

type PageOf = TaskSearch & { now: number; limit: number; before?: TaskListCursor | undefined };

/** Reads behind the pages; every one is of one user's rows. */
export function createTaskSearch(db: Database) {
  return {
    /** Newest first; `before` is the last row of the page before. */
    search: (userId: number, input: PageOf) =>
      db
        .select(shortTaskRow)
        .from(tasks)
        .leftJoin(taskAttempts, isCurrent)
        .where(and(matchingTasks(userId, input, input.now), olderThan(input.before)))
        .orderBy(desc(tasks.createdAt), desc(tasks.id))
        .limit(input.limit),

    /** The same, with no more than an export tells: its pages are long. */
    exported: (userId: number, input: PageOf) =>
      db
        .select(exported)
        .from(tasks)
        .leftJoin(taskAttempts, isCurrent)
        .where(and(matchingTasks(userId, input, input.now), olderThan(input.before)))
        .orderBy(desc(tasks.createdAt), desc(tasks.id))
        .limit(input.limit),

    /** How many stand in each section, and how many ended in the last 24 hours and need nobody. */
    async counts(userId: number, now: number) {
      const of = (section: NonNullable<TaskFilter["section"]>, more?: SQL) =>
        db.$count(tasks, and(eq(tasks.userId, userId), inSection(section, now), more));
      const dayAgo = new Date(now - DAY_MS).toISOString();
      const [attention, running, queued, done] = await Promise.all([
        of("attention"),
        of("running"),
        of("queued"),
        // A task lives for hours, so what ended today was asked for in the last days.
        of("done", and(gte(tasks.createdAt, new Date(now - 9 * DAY_MS).toISOString()), gte(tasks.completedAt, dayAgo))),
      ]);
      return { attention, running, queued, done };
    },

    /** Repositories of the newest tasks, by name. */
    async repositories(userId: number): Promise<string[]> {
      const { results } = await namedStatement(
        db.$client,
        `SELECT DISTINCT repo_owner || '/' || repo_name AS name FROM
           (SELECT repo_owner, repo_name FROM tasks WHERE user_id = :userId ORDER BY created_at DESC LIMIT ${FACET_ROWS})
         ORDER BY name COLLATE NOCASE LIMIT 100`,
        { userId },
      ).all<{ name: string }>();
      return results.map(({ name }) => name);
    },

    /** All attempts of a task, oldest first; without credentials. */
    attemptsOf: (taskId: string) =>
      db
        .select({
          attempt: taskAttempts.attempt,
          branch: taskAttempts.branch,
          machineName: taskAttempts.machineName,
          machineId: taskAttempts.machineId,
          region: taskAttempts.region,
          records: taskAttempts.records,
          phaseTimes: taskAttempts.phaseTimes,
          network: taskAttempts.network,
          toolchain: taskAttempts.toolchain,
          setUpReport: taskAttempts.setUpReport,
          heartbeatAt: taskAttempts.heartbeatAt,
          startedAt: taskAttempts.startedAt,
          deadlineAt: taskAttempts.deadlineAt,
          endedAt: taskAttempts.endedAt,
          endReason: taskAttempts.endReason,
          exitCode: taskAttempts.exitCode,
          outOfMemory: taskAttempts.outOfMemory,
          createdAt: taskAttempts.createdAt,
        })
        .from(taskAttempts)
        .where(eq(taskAttempts.taskId, taskId))
        .orderBy(taskAttempts.attempt)
        .limit(200),
  };
}
