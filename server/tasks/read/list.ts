import { readCursor, type TaskListCursor, writeCursor } from "@/lib/task-cursor";
import { csvLine, taskCells } from "@/lib/task-csv";
import type { TaskFilter } from "@/lib/task-filter";
import type { TaskPage } from "@/lib/task-pages";
import { TERMINAL_STATUSES, type TaskStatus } from "@/lib/task";
import type { TaskView } from "@/lib/task-view";
import { eachAtMost } from "@/lib/concurrency";
import type { AppContext } from "@/server/context";
import type { TaskRow } from "@/server/db/task-store";
import { AppError } from "@/server/errors";
import { requireUser } from "@/server/identity/actor";
import { lostRepositories, mayRead, outcomeOf, type ReadAccess } from "./may-read";
import { isReadable, taskRowView, taskView } from "./view";
import { shownTexts } from "../texts/texts";

type Page = { cursor?: string | undefined; limit: number };

/** The signed-in user's tasks, newest first, by keyset. Throws `bad_request` for a cursor that is none of ours. */
export async function listTasks(
  context: AppContext,
  input: Page & { statuses?: TaskStatus[] | undefined },
): Promise<{ tasks: TaskView[]; nextCursor: string | null }> {
  const { userId } = requireUser(context.actor);
  const before = cursorOf(input.cursor);
  const rows = await context.db.tasks.listForUser(userId, { limit: input.limit + 1, before, statuses: input.statuses });
  const { page, nextCursor } = cut(rows, input.limit);
  const shown = page.filter(isReadable);
  const readings = await readingsOf(context, shown);
  const views = new Map<string, TaskView>();
  await eachAtMost(ASKED_AT_ONCE, shown, async (row) => {
    const isWhole = readings.get(row.repositoryId) === "all";
    const view = taskView(isWhole ? await shownTexts(context, row) : row, context.env);
    views.set(row.id, isWhole ? view : outcomeOf(view));
  });
  return { tasks: shown.flatMap(({ id }) => views.get(id) ?? []), nextCursor };
}

/** A Worker holds so many calls to GitHub at once; a page of tasks is seldom of more repositories. */
const ASKED_AT_ONCE = 6;

/** Asked once a repository, of the task of it that GitHub was asked about last. */
async function readingsOf(context: AppContext, rows: TaskRow[]): Promise<Map<number, ReadAccess>> {
  const viewer = requireUser(context.actor);
  const newest = new Map<number, TaskRow>();
  for (const row of rows) {
    const known = newest.get(row.repositoryId);
    if (known === undefined || (known.permittedAt ?? "") < (row.permittedAt ?? "")) newest.set(row.repositoryId, row);
  }
  const readings = new Map<number, ReadAccess>();
  await eachAtMost(ASKED_AT_ONCE, [...newest.values()], async (row) => {
    readings.set(row.repositoryId, await mayRead(context, viewer, row));
  });
  return readings;
}

/** The same for pages: filtered, and without the long texts. */
export async function searchTasks(
  context: AppContext,
  input: Page & TaskFilter & { statuses?: TaskStatus[] | undefined },
): Promise<TaskPage> {
  const { userId } = requireUser(context.actor);
  const { cursor, limit, ...search } = input;
  const before = cursorOf(cursor);
  const now = context.clock.now().getTime();
  const [rows, lost] = await Promise.all([
    context.db.tasks.search(userId, { ...search, now, before, limit: limit + 1 }),
    lostRepositories(context, { userId }),
  ]);
  const { page, nextCursor } = cut(rows, limit);
  const tasks = page.filter(isReadable).map((row) => {
    const view = taskRowView(row, context.env);
    return lost.has(row.repositoryId) ? outcomeOf(view) : view;
  });
  return { tasks, nextCursor };
}

/** Rows of one read of an export: a Worker has 1,000 of them a request, and holds one at a time. */
const CSV_ROWS = 1000;

/** The lines of an export, a page of them: what has ended of the signed-in user's tasks, newest first. */
export async function csvOfTasks(
  context: AppContext,
  input: TaskFilter & { cursor?: string | undefined },
): Promise<{ lines: string; nextCursor: string | null }> {
  const { userId } = requireUser(context.actor);
  const { cursor, ...search } = input;
  const now = context.clock.now().getTime();
  const of = { ...search, now, statuses: [...TERMINAL_STATUSES], before: cursorOf(cursor), limit: CSV_ROWS + 1 };
  const { page, nextCursor } = cut(await context.db.tasks.exported(userId, of), CSV_ROWS);
  const lines = page.filter(isReadable).map((row) => csvLine(taskCells(row)));
  return { lines: lines.join(""), nextCursor };
}

function cursorOf(cursor: string | undefined): TaskListCursor | undefined {
  if (cursor === undefined) return undefined;
  const known = readCursor(cursor);
  if (known === null) throw new AppError("bad_request", "This cursor is not one of Porter's.", { field: "cursor" });
  return known;
}

/** One row more than a page was read, to know whether there is another. */
function cut<Row extends { createdAt: string; id: string }>(rows: Row[], limit: number) {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { page, nextCursor: rows.length > limit && last !== undefined ? writeCursor(last) : null };
}
