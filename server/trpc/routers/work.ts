import { z } from "zod";
import { FILES_NAMED, diffViewSchema, workViewSchema } from "@/lib/work-view";
import { TASK_ID_PATTERN } from "@/lib/task";
import { taskViewSchema } from "@/lib/task-view";
import { getTask, ownTask } from "@/server/tasks/read/get";
import { publishWork } from "@/server/tasks/verbs/publish";
import { diffOf, workOf } from "@/server/tasks/read/work";
import { restMeta, router, userProcedure } from "../init";

/** A malformed id is no task. */
const id = z
  .string()
  .max(100)
  .transform((text) => (TASK_ID_PATTERN.test(text) ? text : ""));

/** What a task's run left of its work; part of the same router as the tasks. */
export const workRouter = router({
  changes: userProcedure
    .meta(
      restMeta("GET /tasks/{id}/changes", {
        tag: "tasks",
        summary: "What a task's run left, and where it is; as files at /tasks/{id}/changes.patch and .bundle",
      }),
    )
    .input(z.object({ id }))
    .output(workViewSchema)
    .query(({ ctx, input }) => workOf(ctx.app, input.id)),

  diff: userProcedure
    .input(z.object({ id }))
    .output(diffViewSchema)
    .query(({ ctx, input }) => diffOf(ctx.app, input.id)),

  publish: userProcedure
    .meta(
      restMeta("POST /tasks/{id}/publish", {
        tag: "tasks",
        summary:
          "Bring kept work to GitHub without a further run: the branch, its pull request, held-back paths; idempotent",
      }),
    )
    .input(
      z.object({
        id,
        paths: z
          .array(z.string().max(4096))
          .max(FILES_NAMED)
          .default([])
          .describe("Files that were held back and are to be pushed too"),
      }),
    )
    .output(z.object({ task: taskViewSchema }))
    .mutation(async ({ ctx, input }) => {
      const task = await ownTask(ctx.app, input.id);
      await publishWork(ctx.app, task, { paths: input.paths });
      return { task: await getTask(ctx.app, task.id) };
    }),
});
