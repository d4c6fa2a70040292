import { readJson } from "@/lib/json";
import { type LiveTask, type LiveTasks, LOG_BATCH, type TaskCursor, taskEventSchema } from "@/lib/live";
import type { AppContext } from "@/server/context";
import type { AttemptRow } from "@/server/db/task-store";
import { AppError } from "@/server/errors";
import { requireUser } from "@/server/identity/actor";
import { actorOfSession } from "@/server/identity/sign-in";
import { mayRead, outcomeOf } from "../read/may-read";
import { recordsAfter } from "../log/read-log";
import { isReadable, taskChangeView, taskRowView } from "../read/view";

/** Rows of one poll. */
const AT_ONCE = 50;

/** The signed-in user's tasks that changed after number `seq` among their changes. */
export async function pollTasks(
  context: AppContext,
  seq: number,
): Promise<{ cursor: number; message: LiveTasks | null; isFull: boolean }> {
  const { userId } = requireUser(context.actor);
  const rows = await context.db.watch.changedSince(userId, seq, AT_ONCE);
  const shown = rows.filter(isReadable);
  return {
    cursor: rows.at(-1)?.changeSeq ?? seq,
    message: shown.length === 0 ? null : { tasks: shown.map((row) => taskRowView(row, context.env)) },
    isFull: rows.length === AT_ONCE,
  };
}

/** Number of the newest change of the signed-in user's tasks: where a stream without a cursor begins. */
export const newestChange = (context: AppContext): Promise<number> =>
  context.db.watch.newestChange(requireUser(context.actor).userId);

/** False once the session of a stream has ended or was taken away. */
export async function isStillSignedIn(context: AppContext): Promise<boolean> {
  const { userId, sessionId } = requireUser(context.actor);
  return (await actorOfSession(context, { id: sessionId, userId })).kind === "user";
}

/**
 * What came of one task of the signed-in user after `cursor`: its view if it changed, its events and the next records
 * of its log, attempt after attempt. Throws `not_found` for anybody else's.
 */
export async function pollTask(
  context: AppContext,
  id: string,
  cursor: TaskCursor,
): Promise<{ cursor: TaskCursor; message: LiveTask | null; isFull: boolean }> {
  const { userId } = requireUser(context.actor);
  const { event, attempt } = cursor;
  const found = await context.db.watch.task({ userId, id, event, attempt, limit: AT_ONCE });
  if (found.task === null) throw new AppError("not_found", "There is no such task.");
  const isNewsOfIt = found.task.changeSeq > cursor.seq || (found.attempt?.records ?? 0) > cursor.record;
  const isWhole = !isNewsOfIt || (await mayRead(context, { userId }, found.task)) === "all";
  const log = await nextRecords(context, cursor, {
    // Nothing of the log, however much there is of it.
    attempt: isWhole || found.attempt === null ? found.attempt : { ...found.attempt, records: 0 },
    newest: found.task.attempt,
  });
  const next: TaskCursor = {
    seq: found.task.changeSeq,
    event: found.events.at(-1)?.seq ?? event,
    attempt: log.attempt,
    record: log.record,
  };
  const view = next.seq > cursor.seq ? taskChangeView(found.task, context.env) : null;
  const task = view === null || isWhole ? view : outcomeOf(view);
  const events = found.events.map(({ seq, attempt: number, kind, data, at }) => ({
    seq,
    attempt: number,
    kind,
    data: readJson(taskEventSchema.shape.data, data),
    at,
  }));
  const isFirst = cursor.seq === 0 && cursor.attempt > 0;
  const batch = log.batch ?? (isFirst ? { attempt, after: cursor.record, records: [] } : null);
  const isNews = task !== null || events.length > 0 || batch !== null;
  return {
    cursor: next,
    message: isNews ? { task, events, log: batch } : null,
    isFull: events.length === AT_ONCE || log.isFull,
  };
}

type NextRecords = { attempt: number; record: number; batch: LiveTask["log"]; isFull: boolean };

async function nextRecords(
  context: AppContext,
  cursor: TaskCursor,
  rows: { attempt: AttemptRow | null; newest: number },
): Promise<NextRecords> {
  const { attempt, record } = cursor;
  const row = rows.attempt;
  if (row !== null && row.records > record) {
    const records = await recordsAfter(context, row, { after: record, limit: LOG_BATCH });
    const end = records.at(-1)?.n ?? record;
    if (records.length > 0)
      return {
        attempt,
        record: end,
        batch: { attempt, after: record, records },
        isFull: end < row.records || rows.newest > attempt,
      };
  }
  // The log of this attempt is told to its end: what an ended one has, or what none has before the first.
  if (rows.newest > attempt && (row === null || row.endedAt !== null))
    return {
      attempt: attempt + 1,
      record: 0,
      batch: { attempt: attempt + 1, after: 0, records: [] },
      isFull: true,
    };
  return { attempt, record, batch: null, isFull: false };
}

/**
 * Where a stream of one task begins without an id: the view and all events come with its first message, the log from
 * `log` on, or from now on.
 */
export async function startOfTask(
  context: AppContext,
  id: string,
  log: { attempt: number; after: number } | undefined,
): Promise<TaskCursor> {
  const task = await context.db.tasks.getForUser(requireUser(context.actor).userId, id);
  if (task === null) throw new AppError("not_found", "There is no such task.");
  if (log !== undefined) return { seq: 0, event: 0, attempt: log.attempt, record: log.after };
  const row = task.attempt === 0 ? null : await context.db.attempts.get(id, task.attempt);
  return { seq: 0, event: 0, attempt: task.attempt, record: row?.records ?? 0 };
}
