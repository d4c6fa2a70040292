import { ownTask } from "@/server/tasks/read/get";
import { listTasks } from "@/server/tasks/read/list";
import { retryOwnTask } from "@/server/tasks/verbs/retry-own";
import { publishWork } from "@/server/tasks/verbs/publish";
import { stopTask } from "@/server/tasks/stop";
import { takeBackRetry } from "@/server/tasks/verbs/undo-retry";
import { AppError } from "@/server/errors";
import { userActor } from "@/server/testing/test-context";
import type { Of } from "./commands";
import type { FaultPerson } from "./deliveries";
import { readRows } from "./history";
import { HELD_PATH } from "./machine-life";
import { itemAt } from "./pick";
import { WRITERS, type Stage } from "./stage";

/** Somebody does something in the browser: mostly the owner with their own task, from time to time another one. */
export async function onApi(stage: Stage, { verb, who, task: index }: Of<"api">, seed: number): Promise<void> {
  const tasks = await readRows(stage.world.engine, "SELECT id FROM tasks ORDER BY created_at, id");
  const wanted = itemAt(tasks, index);
  const by = who % 4 === 0 ? itemAt(WRITERS, who) : undefined;
  if (wanted !== undefined) await actOnTask(stage, { verb, taskId: String(wanted.id), seed, by });
}

type TaskAct = { verb: Of<"api">["verb"]; taskId: string; seed: number; by?: FaultPerson | undefined };

/** What a person does with a task in the browser; the task's owner, unless it is said who. */
export async function actOnTask(stage: Stage, { verb, taskId, seed, by }: TaskAct): Promise<void> {
  const { world } = stage;
  const [row] = await readRows(world.engine, `SELECT user_id FROM tasks WHERE id = '${taskId}'`);
  const person = by ?? WRITERS.find(({ id }) => id === row?.user_id);
  if (person === undefined) return;
  world.spawn(`api ${verb}`, seed, async (plain) => {
    const context = { ...plain, actor: userActor(person.id, person.login) };
    const listed = await listTasks(context, { limit: 100 });
    if (listed.tasks.some((task) => task.createdById !== person.id)) stage.leaks.push(`a list of ${person.login}`);
    const task = await ownTask(context, taskId);
    if (task.userId !== person.id) stage.leaks.push(`${task.id} to ${person.login}`);
    if (verb === "stop" || verb === "restart")
      await stopTask(context, task, { reason: "stopped_by_user", by: person.login });
    try {
      if (verb === "retry" || verb === "restart" || verb === "unretry") {
        stage.apiRetries += 1;
        await retryOwnTask(context, await ownTask(context, task.id), { agent: null });
      }
      if (verb === "publish" || verb === "push_too") {
        stage.published.add(task.id);
        await publishWork(context, task, { paths: verb === "publish" ? [] : [HELD_PATH] });
      }
      // Mostly at once, as the hand that retried takes it back; what lies between may still be its start.
      if (verb === "unretry") await takeBackRetry(context, await ownTask(context, task.id), person.login);
    } catch (error) {
      // Who may not any more, or cannot be asked about, is told so.
      if (!(error instanceof AppError)) throw error;
      world.note(`  api ${verb} is answered ${error.code}`);
    }
    await world.followUp(context, []);
  });
}
