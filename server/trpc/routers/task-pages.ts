import { z } from "zod";
import { AGENT_IDS } from "@/lib/agents";
import { FILTER_LIMITS } from "@/lib/task-filter";
import {
  attemptViewSchema,
  promptViewSchema,
  pullViewSchema,
  taskCountsSchema,
  taskPageSchema,
  taskStatsSchema,
} from "@/lib/task-pages";
import { ENDED_STATES, SECTIONS } from "@/lib/task-state";
import { readZone } from "@/lib/zone";
import { taskViewSchema } from "@/lib/task-view";
import { TASK_ID_PATTERN, TASK_STATUSES } from "@/lib/task";
import { attemptsOf, countTasks, promptOf, pullRequestOf, statsOf } from "@/server/tasks/read/insight";
import { getTask, ownTask } from "@/server/tasks/read/get";
import { csvOfTasks, searchTasks } from "@/server/tasks/read/list";
import { takeBackRetry } from "@/server/tasks/verbs/undo-retry";
import { restMeta, router, userProcedure } from "../init";

const day = z.iso.date().optional();
/** `TaskFilter` (lib/task-filter.ts). */
const filter = {
  section: z.enum(SECTIONS).optional(),
  state: z.enum(ENDED_STATES).optional(),
  agent: z.enum(AGENT_IDS).optional(),
  repository: z.string().max(FILTER_LIMITS.repository).optional(),
  text: z.string().max(FILTER_LIMITS.text).optional(),
  from: day,
  to: day,
  /** Of `from`, `to` and the days of the sums. */
  zone: z.string().max(64).transform(readZone).optional(),
};
/** A malformed id is no task. */
const byId = z.object({
  id: z
    .string()
    .max(100)
    .transform((id) => (TASK_ID_PATTERN.test(id) ? id : "")),
});

/** What the pages ask beyond the API of `tasks`; part of the same router. */
export const taskPagesRouter = router({
  search: userProcedure
    .input(
      z.object({
        ...filter,
        statuses: z.array(z.enum(TASK_STATUSES)).max(TASK_STATUSES.length).optional(),
        cursor: z.string().max(200).optional(),
        limit: z.number().int().min(1).max(200).default(50),
      }),
    )
    .output(taskPageSchema)
    .query(({ ctx, input }) => searchTasks(ctx.app, input)),

  undoRetry: userProcedure
    .input(byId)
    .output(z.object({ task: taskViewSchema }))
    .mutation(async ({ ctx, input }) => {
      const task = await ownTask(ctx.app, input.id);
      await takeBackRetry(ctx.app, task, task.createdBy);
      return { task: await getTask(ctx.app, task.id) };
    }),

  csv: userProcedure
    .input(z.object({ ...filter, cursor: z.string().max(200).optional() }))
    .output(z.object({ lines: z.string(), nextCursor: z.string().nullable() }))
    .query(({ ctx, input }) => csvOfTasks(ctx.app, input)),

  counts: userProcedure.output(taskCountsSchema).query(({ ctx }) => countTasks(ctx.app)),

  prompt: userProcedure
    .input(byId)
    .output(promptViewSchema)
    .query(({ ctx, input }) => promptOf(ctx.app, input.id)),

  pull: userProcedure
    .input(byId)
    .output(pullViewSchema)
    .query(({ ctx, input }) => pullRequestOf(ctx.app, input.id)),

  attempts: userProcedure
    .meta(
      restMeta("GET /tasks/{id}/attempts", {
        tag: "tasks",
        summary: "Each machine's life of a task, with the calls that its network was refused",
      }),
    )
    .input(byId)
    .output(z.array(attemptViewSchema))
    .query(({ ctx, input }) => attemptsOf(ctx.app, input.id)),

  stats: userProcedure
    .input(z.object(filter))
    .output(taskStatsSchema)
    .query(({ ctx, input }) => statsOf(ctx.app, input)),
});
