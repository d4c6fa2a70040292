import { and, desc, eq, gte, inArray, lt, lte, not, or, type SQL, sql } from "drizzle-orm";
import { CSV_FIELDS } from "@/lib/task-csv";
import type { TaskListCursor } from "@/lib/task-cursor";
import { TEXT_SEARCH_TASKS, type TaskFilter } from "@/lib/task-filter";
import { startOfDay } from "@/lib/zone";
import { ATTENTION_MS, stateOf } from "@/lib/task-state";
import { TERMINAL_STATUSES, type TaskStatus } from "@/lib/task";
import type { Database } from "./database";
import { MENDABLE_FAILURES, needsSomebody, readWeeks, weeksOf } from "./ended-weeks";
import {
  BLOCKED_DAYS,
  countStatements,
  newestChange,
  readCounts,
  repositoryNames,
  type SectionCounts,
} from "./task-counts";
import { lineOf } from "./waiting-line";
import { taskAttempts, tasks } from "./schema";
import { isCurrent, pickColumns, shortTaskRow, taskRow } from "./task-row";

/** What the lines of an export are made of (lib/task-csv.ts). */
const exported = pickColumns(taskRow, CSV_FIELDS);

export type TaskSearch = TaskFilter & { statuses?: TaskStatus[] | undefined };

const DAY_MS = 86_400_000;

/** Of several statuses the list is read in its order, and what has another one is passed over (`+`: no index of them). */
const isOneOf = (statuses: readonly TaskStatus[]): SQL | undefined =>
  statuses.length === 1 ? inArray(tasks.status, [...statuses]) : sql`+${tasks.status} IN ${statuses}`;

/** Literals, not parameters: only so does SQLite use the partial indexes. */
const isRunning = sql`${tasks.status} = 'running'`;
const isQueued = sql`${tasks.status} = 'queued'`;

/** `pullNeedsSomebody` (lib/pull-state.ts) as a condition; true or false, never unknown. */
const pullNeedsSomebody = sql`(coalesce(${tasks.prState}, '') = 'open' AND (coalesce(${tasks.prChecks}, '') = 'failed' OR coalesce(${tasks.prReview}, '') = 'changes_requested'))`;

/** `sectionOf` (lib/task-state.ts) as a condition. */
function inSection(section: NonNullable<TaskFilter["section"]>, now: number): SQL | undefined {
  const recent = new Date(now - ATTENTION_MS).toISOString();
  switch (section) {
    case "running":
      return isRunning;
    case "queued":
      return and(isQueued, sql`${tasks.blockedReason} IS NULL`);
    case "attention":
      // Which they are say `candidates`.
      return undefined;
    case "done":
      return and(
        isOneOf(TERMINAL_STATUSES),
        or(
          and(sql`+${tasks.status} = 'success'`, not(pullNeedsSomebody)),
          lt(tasks.completedAt, recent),
          sql`(+${tasks.status} = 'failed' AND coalesce(${tasks.failureCode}, '') NOT IN ${MENDABLE_FAILURES})`,
        ),
      );
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

/** Text is looked for in so many of a person's newest tasks (said in `lib/task-filter.ts`). */
const isAmongNewest = (userId: number): SQL =>
  sql`${tasks.createdAt} >= coalesce((SELECT n.created_at FROM tasks n WHERE n.user_id = ${userId} ORDER BY n.created_at DESC LIMIT 1 OFFSET ${TEXT_SEARCH_TASKS - 1}), '')`;

/** The weeks say which tasks it is: then they are read by their ids and nothing else (`+`: no index of it). */
const isFound = ({ section, state }: TaskSearch): boolean => section === "attention" || state !== undefined;
const newestFirst = (search: TaskSearch): SQL[] =>
  isFound(search) ? [sql`+${tasks.createdAt} DESC`, sql`${tasks.id} DESC`] : [desc(tasks.createdAt), desc(tasks.id)];

/** Ids of what the section or state asks for, where only the person's weeks tell it without reading every task. */
async function candidates(db: Database, userId: number, search: PageOf): Promise<SQL | undefined> {
  const { section, state, now, before, agent } = search;
  if (!isFound(search)) return undefined;
  const oldest = section === "attention" ? now - BLOCKED_DAYS * DAY_MS : 0;
  const newest = before === undefined ? Number.MAX_SAFE_INTEGER : Date.parse(before.createdAt);
  const statuses = new Set<string>(search.statuses ?? TERMINAL_STATUSES);
  const found = readWeeks(await weeksOf(db, userId, { from: oldest, to: newest }))
    .filter((one) => one.asked >= oldest && one.asked <= newest && statuses.has(one.status))
    .filter((one) => section !== "attention" || needsSomebody(one, now))
    .filter((one) => (state === undefined || stateOf(one) === state) && (agent === undefined || one.agent === agent))
    .toSorted((one, other) => other.asked - one.asked || (one.id < other.id ? 1 : -1));
  // What else the filter asks for leaves some of them out.
  const isNarrower = [search.text, search.repository, search.from, search.to, before].some((one) => one !== undefined);
  const ids = found.slice(0, isNarrower ? TEXT_SEARCH_TASKS : search.limit).map(({ id }) => id);
  const ended = sql`SELECT value FROM json_each(${JSON.stringify(ids)})`;
  if (state !== undefined) return sql`${tasks.id} IN (${ended})`;
  const since = new Date(oldest).toISOString();
  return sql`${tasks.id} IN (${ended} UNION ALL SELECT q.id FROM tasks q WHERE q.user_id = ${userId}
    AND q.status = 'queued' AND q.blocked_reason IS NOT NULL AND q.created_at >= ${since})`;
}

/** The tasks of a user that the filter asks for, through one of the user's indexes. `now`: ms. */
export function matchingTasks(userId: number, search: TaskSearch, now: number): SQL | undefined {
  const [owner = "", name = ""] = search.repository?.split("/") ?? [];
  const { zone = "UTC" } = search;
  const first = search.from === undefined ? null : startOfDay(search.from, zone);
  const after = search.to === undefined ? null : startOfDay(search.to, zone, 1);
  const haystack = sql`lower(${tasks.issueTitle} || ' ' || ${tasks.repoOwner} || '/' || ${tasks.repoName} || '#' || ${tasks.issueNumber} || ' ' || ${tasks.createdBy})`;
  const asked = {
    statuses: search.statuses && isOneOf(search.statuses),
    section: search.section && inSection(search.section, now),
    // Which they are say `candidates`.
    state: undefined,
    agent: search.agent && eq(tasks.agent, search.agent),
    repository:
      search.repository === undefined
        ? undefined
        : and(sql`${tasks.repoOwner} = ${owner} COLLATE NOCASE`, sql`${tasks.repoName} = ${name} COLLATE NOCASE`),
    // `LIKE` refuses patterns over 50 bytes here.
    text:
      search.text === undefined
        ? undefined
        : and(isAmongNewest(userId), or(...casesOf(search.text).map((text) => sql`instr(${haystack}, ${text}) > 0`))),
    from: first === null ? undefined : gte(tasks.createdAt, first),
    to: after === null ? undefined : lt(tasks.createdAt, after),
    // Days are meant in it.
    zone: undefined,
  } satisfies Record<keyof TaskSearch, SQL | undefined>;
  return and(isFound(search) ? sql`+${tasks.userId} = ${userId}` : eq(tasks.userId, userId), ...Object.values(asked));
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

const pageOf = async (db: Database, userId: number, input: PageOf): Promise<SQL | undefined> =>
  and(await candidates(db, userId, input), matchingTasks(userId, input, input.now), olderThan(input.before));

/** Reads behind the pages; every one is of one user's rows. */
export function createTaskSearch(db: Database) {
  return {
    /** Newest first; `before` is the last row of the page before. */
    search: async (userId: number, input: PageOf) =>
      db
        .select(shortTaskRow)
        .from(tasks)
        .leftJoin(taskAttempts, isCurrent)
        .where(await pageOf(db, userId, input))
        .orderBy(...newestFirst(input))
        .limit(input.limit),

    /** The same, with no more than an export tells: its pages are long. */
    exported: async (userId: number, input: PageOf) =>
      db
        .select(exported)
        .from(tasks)
        .leftJoin(taskAttempts, isCurrent)
        .where(await pageOf(db, userId, input))
        .orderBy(...newestFirst(input))
        .limit(input.limit),

    /** How many stand in each section, and how many ended in the last 24 hours and need nobody. */
    async counts(userId: number, now: number): Promise<SectionCounts> {
      const [open, weeks] = await db.batch(countStatements(db, userId, now));
      return readCounts(open, weeks, now);
    },

    /** Repositories of the person's tasks, by name. */
    repositories: async (userId: number): Promise<string[]> =>
      (await repositoryNames(db, userId)).map(({ name }) => name),

    /** What the frame of every page shows, of one moment: counts, the line, repositories, the newest change. */
    async frame(userId: number, now: number, lineLimit: number) {
      const [newest, open, weeks, line, repositories] = await db.batch([
        newestChange(db, userId),
        ...countStatements(db, userId, now),
        lineOf(db, userId, lineLimit),
        repositoryNames(db, userId),
      ]);
      return {
        ...readCounts(open, weeks, now),
        line: line.map(({ id }) => id),
        repositories: repositories.map(({ name }) => name),
        seq: newest[0]?.seq ?? 0,
      };
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
