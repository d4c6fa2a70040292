import type { MachineRecord } from "../fly/machine-record.ts";
import type { CommentState, LocalPullState } from "../github/state.ts";
import type { EventRow, PorterRows, TrialTaskRow } from "./porter-rows.ts";

const MAX_RUNNING = 5;
const MARKER = /<!-- porter:task=(task_[a-z0-9]{20}) rev=(\d+) -->/;
const ENDED = ["success", "failed", "timed_out"];

/** Everything that the outside and the rows say once nothing moves any more. */
export type Evidence = {
  /** Ids of the comments that asked for a task, one each. */
  asked: number[];
  rows: PorterRows;
  comments: CommentState[];
  pulls: LocalPullState[];
  machines: MachineRecord[];
};

/** The invariants of the fault run (server/testing/faults) that can be seen from outside; a sentence for each that does not hold. */
export function judgeInvariants(evidence: Evidence): string[] {
  const { asked, rows } = evidence;
  return [
    ...judgeAsked(asked, rows.tasks),
    ...rows.tasks.flatMap((task) => judgeTask(task, evidence)),
    ...judgeSlots(rows.events),
    ...judgeMachines(evidence.machines),
    ...(rows.pendingMentions > 0 ? [`${rows.pendingMentions} mentions were never admitted`] : []),
  ];
}

/** I1 and I6. */
function judgeAsked(asked: number[], tasks: TrialTaskRow[]): string[] {
  const counts = new Map<number | null, number>();
  for (const { comment_id: comment } of tasks) counts.set(comment, (counts.get(comment) ?? 0) + 1);
  return asked.flatMap((comment) => {
    const count = counts.get(comment) ?? 0;
    return count === 1 ? [] : [`comment ${comment} has ${count} tasks`];
  });
}

/** I7, I8 and one pull request. */
function judgeTask(task: TrialTaskRow, { comments, pulls }: Evidence): string[] {
  const wrong: string[] = [];
  if (!ENDED.includes(task.status)) wrong.push(`is ${task.status}`);
  if (task.quarantined_at !== null) wrong.push("was quarantined");
  const own = comments.filter(({ body }) => MARKER.exec(body)?.[1] === task.id);
  if (own.length !== 1) wrong.push(`has ${own.length} tracking comments`);
  for (const { versions } of own) {
    const revisions = versions.map((text) => Number(MARKER.exec(text)?.[2]));
    if (revisions.some((revision, index) => revision < (revisions[index - 1] ?? 0)))
      wrong.push(`was told backwards: ${revisions.join(", ")}`);
    if (revisions.at(-1) !== task.version) wrong.push(`was told up to ${revisions.at(-1)} of ${task.version}`);
  }
  const opened = pulls.filter(({ head }) => head.startsWith(`porter/${task.id}`));
  if (opened.length > 1 || (task.status === "success" && opened.length !== 1))
    wrong.push(`has ${opened.length} pull requests`);
  return wrong.map((sentence) => `${task.id} (${task.status}, ${task.failure_code ?? "no failure"}) ${sentence}`);
}

const LEAVES_SLOT = [
  "user.blocked",
  "machine.requeued",
  "agent.finished",
  "system.failed",
  "clock.timed_out",
  "user.stopped",
];

/** I3, at every instant: the events are in the order in which they happened. */
function judgeSlots(events: EventRow[]): string[] {
  const running = new Map<number, Set<string>>();
  const wrong = new Set<string>();
  for (const { user_id: user, task_id: task, kind, at } of events) {
    const tasks = running.get(user) ?? new Set<string>();
    running.set(user, tasks);
    if (kind === "slot.claimed") tasks.add(task);
    else if (LEAVES_SLOT.includes(kind)) tasks.delete(task);
    if (tasks.size > MAX_RUNNING) wrong.add(`user ${user} had ${tasks.size} running tasks at ${at}`);
  }
  return [...wrong];
}

/** I2 and I5. */
function judgeMachines(machines: MachineRecord[]): string[] {
  const left = machines.filter(({ state }) => state !== "destroyed").map(({ name }) => `the machine ${name} is left`);
  const lives = Map.groupBy(machines, ({ app, name }) => `${app}/${name}`);
  const doubled = [...lives].flatMap(([name, all]) => {
    const spans = all
      .map(({ createdAt, updatedAt }) => ({ from: Date.parse(createdAt), to: Date.parse(updatedAt) }))
      .toSorted((one, other) => one.from - other.from);
    return spans.some((span, index) => span.from < (spans[index - 1]?.to ?? 0)) ? [`${name} lived twice at once`] : [];
  });
  return [...left, ...doubled];
}
