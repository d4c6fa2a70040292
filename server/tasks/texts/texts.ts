import { z } from "zod";
import { tryJson } from "@/lib/json";
import type { AppContext } from "@/server/context";
import type { TaskRow } from "@/server/db/task-store";
import { AppError } from "@/server/errors";
import { describeError } from "@/server/log";

/** Long texts of a task, which never change: in its row while it may run, in the bucket after its end. */
const textsSchema = z.object({
  prompt: z.string(),
  promptOmissions: z.string(),
  issueBody: z.string(),
  contextFiles: z.string().nullable(),
});
export type TaskTexts = z.infer<typeof textsSchema>;

export const writeTexts = ({ prompt, promptOmissions, issueBody, contextFiles }: TaskTexts): string =>
  JSON.stringify({ prompt, promptOmissions, issueBody, contextFiles });

/** The same for views: without its texts a task is still shown. */
export async function shownTexts<Row extends Parameters<typeof withTexts>[1]>(
  context: AppContext,
  task: Row,
): Promise<Row> {
  try {
    return await withTexts(context, task);
  } catch (error) {
    context.log.warn("texts.not_read", { taskId: task.id, error: describeError(error) });
    return task;
  }
}

/** The task with its texts, wherever they are. Throws where the bucket is away or has lost them: nothing runs without. */
export async function withTexts<Row extends Pick<TaskRow, "id" | "textsAt"> & TaskTexts>(
  context: Pick<AppContext, "logs">,
  task: Row,
): Promise<Row> {
  if (task.textsAt === null) return task;
  const stored = await context.logs.text(context.logs.textsKey(task.id));
  const texts = stored === null ? undefined : tryJson(textsSchema, stored);
  if (texts === undefined) throw new AppError("internal", "The texts of this task are not there any more.");
  return { ...task, ...texts };
}
