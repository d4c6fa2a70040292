import { z } from "zod";
import { logRecordSchema } from "./agent-protocol.ts";
import { taskViewSchema } from "./task-view.ts";

/** What a moving list shows of a task: `Task` of the API without its long texts. */
export const taskRowSchema = taskViewSchema.omit({
  issueBody: true,
  issueAuthor: true,
  instructions: true,
  setUp: true,
  summary: true,
  logTail: true,
});
export type TaskRowView = z.infer<typeof taskRowSchema>;

/** What can change of a task that a page shows already: `Task` without what was asked. */
export const taskChangeSchema = taskViewSchema.omit({
  issueBody: true,
  issueAuthor: true,
  instructions: true,
  setUp: true,
});
export type TaskChangeView = z.infer<typeof taskChangeSchema>;

/** That a task's view changed; `seq` is the number of the change among all of its user's. */
export type TaskChange = { userId: number; taskId: string; seq: number };

/** A message of `live.tasks`: rows that are new or changed, each once and as it is now, in the order of `seq`. */
export const liveTasksSchema = z.object({ tasks: z.array(taskRowSchema) });
export type LiveTasks = z.infer<typeof liveTasksSchema>;

/** One fact of a task's life (about 20 a task), ascending `seq`. */
export const taskEventSchema = z.object({
  seq: z.number().int(),
  attempt: z.number().int(),
  kind: z.string(),
  data: z.record(z.string(), z.unknown()),
  at: z.string(),
});

/** Records of an attempt that follow record number `after`, ascending. */
export const logBatchSchema = z.object({
  attempt: z.number().int().min(1),
  after: z.number().int().min(0),
  records: z.array(logRecordSchema),
});
export type LogBatch = z.infer<typeof logBatchSchema>;

/** Records of one message at most. */
export const LOG_BATCH = 1000;

/** A message of `live.task`: what came since the message before. The parts of one message belong to one moment. */
export const liveTaskSchema = z.object({
  task: taskChangeSchema.nullable(),
  events: z.array(taskEventSchema),
  /** Without records in the first message and at the start of an attempt: it says where the stream's log begins. */
  log: logBatchSchema.nullable(),
});
export type LiveTask = z.infer<typeof liveTaskSchema>;

const count = z.coerce.number().int().min(0);

/** Where a `live.task` stream stands: the parts of its event id, `seq.event.attempt.record`. */
export type TaskCursor = { seq: number; event: number; attempt: number; record: number };
export const writeTaskCursor = (at: TaskCursor): string => [at.seq, at.event, at.attempt, at.record].join(".");
/** null for what is no such id. */
export function readTaskCursor(text: string): TaskCursor | null {
  const parsed = z.tuple([count, count, count, count]).safeParse(/^[\d.]{7,80}$/.test(text) ? text.split(".") : null);
  if (!parsed.success) return null;
  const [seq, event, attempt, record] = parsed.data;
  return { seq, event, attempt, record };
}

/** A page of an attempt's log, by record number (`GET /api/tasks/:id/log`). */
export const logPageSchema = z.object({
  attempt: z.number().int().min(0),
  records: z.array(logRecordSchema),
  /** `after` of the next page; null when nothing more is there now. */
  nextAfter: z.number().int().nullable(),
  /** Highest record number so far. */
  total: z.number().int(),
  /** When the log was closed permanently; null while records may still come. */
  sealedAt: z.string().nullable(),
  /** Parts of a sealed log, gzip NDJSON that never changes: `GET /api/tasks/:id/log/blocks/:index?attempt=`. */
  blocks: z.array(z.object({ first: z.number().int(), last: z.number().int(), bytes: z.number().int() })),
  /** After this instant the log is deleted (its owner's setting); null until it is sealed. */
  expiresAt: z.string().nullable(),
});
export type LogPage = z.infer<typeof logPageSchema>;
