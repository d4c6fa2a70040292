import { z } from "zod";
import { logPageSchema } from "@/lib/live";
import { TASK_ID_PATTERN, TASK_STATUSES, TERMINAL_STATUSES } from "@/lib/task";
import { retryRequestSchema, taskRequestSchema } from "@/lib/task-request";
import { taskViewSchema } from "@/lib/task-view";
import { createTask } from "@/server/tasks/verbs/create";
import { getTask, ownTask } from "@/server/tasks/read/get";
import { listTasks } from "@/server/tasks/read/list";
import { readLogPage } from "@/server/tasks/log/read-log";
import { retryOwnTask } from "@/server/tasks/verbs/retry-own";
import { stopTask } from "@/server/tasks/stop";
import { restMeta, router, userProcedure } from "../init";

/** A malformed id is no task: the same answer as for any other that is not there. */
const taskId = z.string().max(100);
const byId = z.object({ id: taskId });
const page = {
  cursor: z.string().max(200).optional().describe("`nextCursor` of the page before"),
  limit: z.coerce.number().int().min(1).max(100).default(30),
};
/** REST says `?status=queued,running` or repeats it; tRPC sends a list. */
const statuses = z
  .preprocess(
    (value) => (typeof value === "string" ? value.split(",") : value),
    z.array(z.enum(TASK_STATUSES)).max(TASK_STATUSES.length),
  )
  .optional();
const taskList = z.object({ tasks: z.array(taskViewSchema), nextCursor: z.string().nullable() });
const oneTask = z.object({ task: taskViewSchema });

export const tasksRouter = router({
  list: userProcedure
    .meta({ openapi: { method: "GET", path: "/tasks", tags: ["tasks"], summary: "Your tasks, newest first" } })
    .input(z.object({ ...page, status: statuses }))
    .output(taskList)
    .query(({ ctx, input }) =>
      listTasks(ctx.app, { cursor: input.cursor, limit: input.limit, statuses: input.status }),
    ),

  create: userProcedure
    .meta(restMeta("POST /tasks", { tag: "tasks", summary: "Let an agent work on an issue", status: 201 }))
    .input(taskRequestSchema)
    .output(oneTask)
    .mutation(async ({ ctx, input }) => ({ task: await createTask(ctx.app, input) })),

  history: userProcedure
    .meta({
      openapi: { method: "GET", path: "/tasks/history", tags: ["tasks"], summary: "Your tasks that have ended" },
    })
    .input(z.object(page))
    .output(taskList)
    .query(({ ctx, input }) => listTasks(ctx.app, { ...input, statuses: [...TERMINAL_STATUSES] })),

  get: userProcedure
    .meta({ openapi: { method: "GET", path: "/tasks/{id}/status", tags: ["tasks"], summary: "One task" } })
    .input(byId)
    .output(taskViewSchema)
    .query(({ ctx, input }) => getTask(ctx.app, known(input.id))),

  log: userProcedure
    .meta({
      openapi: {
        method: "GET",
        path: "/tasks/{id}/log",
        tags: ["tasks"],
        summary: "Records of an attempt's log, by number; raw text at /tasks/{id}/log.txt",
      },
    })
    .input(
      byId.extend({
        attempt: z.coerce.number().int().min(1).optional().describe("Default: the newest"),
        after: z.coerce.number().int().min(0).default(0).describe("Number of the last record that is known"),
        limit: z.coerce.number().int().min(1).max(1000).default(500),
      }),
    )
    .output(logPageSchema)
    .query(({ ctx, input }) => readLogPage(ctx.app, { ...input, id: known(input.id), attempt: input.attempt })),

  stop: userProcedure
    .meta({
      openapi: { method: "POST", path: "/tasks/{id}/stop", tags: ["tasks"], summary: "Stop a task; idempotent" },
    })
    .input(byId)
    .output(oneTask)
    .mutation(async ({ ctx, input }) => {
      const task = await ownTask(ctx.app, known(input.id));
      const who = { by: task.createdBy, byId: task.userId, via: ctx.app.via };
      await stopTask(ctx.app, task, { reason: "stopped_by_user", ...who });
      return { task: await getTask(ctx.app, task.id) };
    }),

  retry: userProcedure
    .meta({
      openapi: {
        method: "POST",
        path: "/tasks/{id}/retry",
        tags: ["tasks"],
        summary: "Start a failed or timed-out task again, also with another agent or other instructions; idempotent",
      },
    })
    .input(byId.extend(retryRequestSchema.shape))
    .output(oneTask)
    .mutation(async ({ ctx, input }) => {
      const task = await ownTask(ctx.app, known(input.id));
      return { task: await getTask(ctx.app, await retryOwnTask(ctx.app, task, input)) };
    }),
});

/** Keeps what cannot be an id out of the database, without a second kind of answer for it. */
const known = (id: string) => (TASK_ID_PATTERN.test(id) ? id : "");
