import { queueSentence } from "@/lib/queue";
import { isTerminal } from "@/lib/task";
import type { TaskView } from "@/lib/task-view";
import type { AppContext } from "@/server/context";
import type { TaskRow } from "@/server/db/task-store";
import { AppError } from "@/server/errors";
import { requireUser } from "@/server/identity/actor";
import { mayRead, outcomeOf } from "./may-read";
import { taskView } from "./view";
import { shownTexts } from "../texts/texts";
import { readWaitReason } from "@/lib/wait-reason-schema";

/** A task of the signed-in user. Somebody else's answers exactly like one that does not exist: `not_found`. */
export async function ownTask(context: AppContext, id: string): Promise<TaskRow> {
  const { userId } = requireUser(context.actor);
  const row = await context.db.tasks.getForUser(userId, id);
  if (row === null) throw new AppError("not_found", "There is no such task.");
  return row;
}

/**
 * A task of the signed-in user of whose repository something is to be read. @throws AppError (not_found) as `ownTask`,
 * (forbidden) where only the outcome is theirs to read by now
 */
export async function readableTask(context: AppContext, id: string): Promise<TaskRow> {
  const task = await ownTask(context, id);
  if ((await mayRead(context, requireUser(context.actor), task)) === "all") return task;
  throw new AppError(
    "forbidden",
    "GitHub does not say that you can read this repository any more: of this run you see the outcome, the time and the cost.",
  );
}

/** `GET /api/tasks/:id/status`. */
export async function getTask(context: AppContext, id: string): Promise<TaskView> {
  const row = await ownTask(context, id);
  const [found, report, reading] = await Promise.all([
    outlook(context, row),
    context.db.obligations.get(id, "report"),
    mayRead(context, requireUser(context.actor), row),
  ]);
  if (reading !== "all") return outcomeOf({ ...taskView(row, context.env), ...found });
  const view = { ...taskView(await shownTexts(context, row), context.env), ...found };
  const untold = report?.gaveUpReason ?? undefined;
  return { ...view, ...(untold === undefined ? {} : { untold }) };
}

/** When it will start and how long it may take. */
async function outlook(context: AppContext, row: TaskRow): Promise<Pick<TaskView, "queue" | "typicalRunMs">> {
  if (isTerminal(row.status)) return {};
  const isInLine = row.status === "queued" && row.blockedReason === null;
  const [queue, typicalRunMs] = await Promise.all([
    isInLine ? context.db.tasks.queuePosition(row) : null,
    context.db.tasks.typicalRunMs(row.repositoryId),
  ]);
  return {
    ...(queue === null ? {} : { queue: { ...queue, sentence: queueSentence(queue, readWaitReason(row.waitReason)) } }),
    ...(typicalRunMs === null ? {} : { typicalRunMs }),
  };
}
