import { tracked } from "@trpc/server";
import { z } from "zod";
import { type LiveTask, type LiveTasks, readTaskCursor, type TaskCursor, writeTaskCursor } from "@/lib/live";
import { TASK_ID_PATTERN } from "@/lib/task";
import type { AppContext } from "@/server/context";
import { AppError } from "@/server/errors";
import { requireUser } from "@/server/identity/actor";
import { followChanges, type Source } from "@/server/live/follow-changes";
import type { Topic } from "@/server/live/topics";
import { isStillSignedIn, pollTask, pollTasks, newestChange, startOfTask } from "@/server/tasks/verbs/poll-tasks";
import { asTrpcError, router, userProcedure } from "../init";

const number = z.number().int().min(0);
/** Of the message that was received last; clients fill it in when they come back. */
const lastEventId = z.string().max(100).optional();

/**
 * Streams over server-sent events. They never end by themselves: after some minutes they fail with
 * SERVICE_UNAVAILABLE, and clients come back with the last id. Messages: lib/live.ts.
 */
export const liveRouter = router({
  tasks: userProcedure
    .input(z.object({ lastEventId, after: number.optional().describe("`seq` of a list that was read before") }))
    .subscription(async ({ ctx, input, signal }) => {
      const { app } = ctx;
      const resumed = z.coerce.number().int().min(0).safeParse(input.lastEventId);
      const start = resumed.success ? resumed.data : (input.after ?? (await newestChange(app)));
      return messages<number, LiveTasks>({
        ...shared(app, `user:${requireUser(app.actor).userId}`, signal),
        start,
        greeting: { tasks: [] },
        poll: (cursor) => pollTasks(app, cursor),
        seqOf: (cursor) => cursor,
        idOf: String,
      });
    }),

  task: userProcedure
    .input(
      z.object({
        id: z.string().max(100),
        lastEventId,
        log: z
          .object({ attempt: number, after: number })
          .optional()
          .describe("Last record that is known; without it the log comes from now on"),
      }),
    )
    .subscription(async ({ ctx, input, signal }) => {
      const { app } = ctx;
      const id = TASK_ID_PATTERN.test(input.id) ? input.id : "";
      const start = await startOfTask(app, id, input.log);
      return messages<TaskCursor, LiveTask>({
        ...shared(app, `task:${id}`, signal),
        start: (input.lastEventId === undefined ? null : readTaskCursor(input.lastEventId)) ?? start,
        greeting: { task: null, events: [], log: null },
        poll: (cursor) => pollTask(app, id, cursor),
        seqOf: (cursor) => cursor.seq,
        idOf: writeTaskCursor,
      });
    }),
});

const shared = (app: AppContext, topic: Topic, signal: AbortSignal | undefined) => ({
  hasHub: app.live.hasHub,
  listen: () => app.live.listen(topic),
  isAllowed: () => isStillSignedIn(app),
  signal: signal ?? new AbortController().signal,
});

/** Errors inside a stream pass no middleware: they get their code here. */
async function* messages<Cursor, Message>(source: Source<Cursor, Message>) {
  try {
    for await (const [id, message] of followChanges(source)) yield tracked(id, message);
  } catch (error) {
    throw error instanceof AppError ? asTrpcError(error) : error;
  }
}
