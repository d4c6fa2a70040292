import { problemSentence } from "@/components/layout/problem";
import { createStore, type Store } from "@/components/layout/store";
import type { showToast } from "@/components/ui/toast";
import type { TaskRowView } from "@/lib/live";
import type { TaskView } from "@/lib/task-view";

type ActedOn = Pick<TaskRowView, "id" | "issueTitle" | "status">;
type Action = "stop" | "retry" | "undoRetry";
export type ActionPorts = {
  call: (action: Action, input: { id: string }) => Promise<{ task: TaskView }>;
  /** Gets each view that comes of an action. */
  take: (views: TaskView[]) => void;
  say: typeof showToast;
};
export type TaskActions = {
  /** Tasks on which an action is on its way. */
  pending: Store<ReadonlySet<string>>;
  stop: (tasks: readonly ActedOn[]) => void;
  retry: (tasks: readonly ActedOn[]) => void;
};

const named = (tasks: readonly ActedOn[]) =>
  tasks.length === 1 ? `“${tasks[0]?.issueTitle}”` : `${tasks.length} tasks`;
const queuedOf = (tasks: readonly ActedOn[]) =>
  new Set(tasks.flatMap(({ id, status }) => (status === "queued" ? [id] : [])));
/** Both outcomes are said in a toast already. */
const ignore = (work: Promise<unknown>): void => void work.catch(() => {});

/**
 * Stop and retry, in place. What was only waiting can be taken back from the toast; a machine that ran cannot. An
 * action that is on its way is not sent again for the same task.
 */
export function createTaskActions({ call, take, say }: ActionPorts): TaskActions {
  const pending = createStore<ReadonlySet<string>>(new Set());
  const calls = new Map<string, string>();
  const tellPending = () => pending.set(new Set(calls.values()));

  async function run(action: Action, tasks: readonly ActedOn[]): Promise<TaskView[]> {
    const ids = [...new Set(tasks.map(({ id }) => id))].filter((id) => !calls.has(`${action} ${id}`));
    if (ids.length === 0) return [];
    for (const id of ids) calls.set(`${action} ${id}`, id);
    tellPending();
    const results = await Promise.allSettled(ids.map((id) => call(action, { id })));
    for (const id of ids) calls.delete(`${action} ${id}`);
    tellPending();
    const answered = results.flatMap((result) => (result.status === "fulfilled" ? [result.value.task] : []));
    take(answered);
    const failed = results.filter((result) => result.status === "rejected");
    const words =
      ids.length > 1 ? `That did not work for ${failed.length} of ${ids.length} tasks` : "That did not work";
    if (failed[0] !== undefined) say(words, { tone: "bad", detail: problemSentence(failed[0].reason) });
    return answered;
  }

  async function stop(tasks: readonly ActedOn[]): Promise<void> {
    const waiting = queuedOf(tasks);
    const answered = await run("stop", tasks);
    const ended = answered.filter(({ failureCode }) => failureCode !== "stopped_by_user");
    if (ended.length > 0) say(`Before it could be stopped, ${named(ended)} had ended`);
    const stopped = answered.filter((task) => !ended.includes(task));
    if (stopped.length === 0) return;
    const wasWaiting = stopped.every(({ id }) => waiting.has(id));
    const undo = { label: wasWaiting ? "Undo" : "Start again", onClick: () => ignore(run("retry", stopped)) };
    say(`Stopped ${named(stopped)}`, { ...(wasWaiting ? {} : { detail: "Saving what there is…" }), undo });
  }

  async function retry(tasks: readonly ActedOn[]): Promise<void> {
    const waiting = queuedOf(tasks);
    const queued = await run("retry", tasks);
    if (queued.length === 0) return;
    // What waited for credit goes on: there is no end that an undo could bring back.
    if (queued.some(({ id }) => waiting.has(id))) say(`Trying ${named(queued)} again`);
    else say(`Queued ${named(queued)} again`, { undo: { label: "Undo", onClick: () => ignore(undoRetry(queued)) } });
  }

  async function undoRetry(tasks: readonly TaskView[]): Promise<void> {
    const answered = await run("undoRetry", tasks);
    const before = new Map(tasks.map(({ id, attempt }) => [id, attempt]));
    const started = answered.filter(({ id, attempt }) => attempt !== before.get(id));
    if (started.length > 0) say(`Stopped ${named(started)}, which had started`);
  }

  return { pending, stop: (tasks) => ignore(stop(tasks)), retry: (tasks) => ignore(retry(tasks)) };
}
