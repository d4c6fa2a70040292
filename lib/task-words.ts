import { AGENTS } from "./agents.ts";
import type { FailureCode } from "./failures.ts";
import { type QueuePosition, queueSentence } from "./queue.ts";
import { stateOf, TASK_STATES, type Tone } from "./task-state.ts";
import type { TaskView } from "./task-view.ts";
import { isTerminal, type TaskPhase } from "./task.ts";
import { waitWords } from "./wait-reason.ts";

/** The one word for where a task stands; colour means status and nothing else. */
export const statusWord = (
  task: Pick<TaskView, "status" | "blockedReason" | "failureCode">,
): { word: string; tone: Tone } => TASK_STATES[stateOf(task)];

export const PHASE_WORDS: Record<TaskPhase, string> = {
  queued: "Waiting in line",
  starting: "Starting the machine",
  cloning: "Cloning the repository",
  preparing: "Setting the machine up",
  working: "The agent is working",
  pushing: "Pushing the branch",
  reporting: "Opening the pull request",
  done: "Finished",
};

type Situated = Pick<
  TaskView,
  | "status"
  | "waitReason"
  | "blockedReason"
  | "phase"
  | "lastStep"
  | "prNumber"
  | "explanation"
  | "failureCode"
  | "errorMessage"
>;

/** Why it waits or how it failed: what is known of this one, else what holds of all of its kind. */
export const whatHappened = (task: Pick<TaskView, "errorMessage" | "explanation">): string | undefined =>
  task.errorMessage ?? task.explanation?.sentence;

/** One line under the title: what is going on now, or why nothing is. `place`: of a task that waits, where it is known. */
export function situationLine(task: Situated, queue: QueuePosition | null = null): string {
  if (task.status === "queued" && task.blockedReason === undefined && queue !== null)
    return queueSentence(queue, task.waitReason ?? null);
  if (task.status === "queued") {
    if (task.waitReason !== undefined) return waitWords(task.waitReason);
    return task.blockedReason === undefined ? PHASE_WORDS.queued : "Waits for you, then starts by itself";
  }
  if (task.status === "running")
    return task.phase === "working" && task.lastStep !== undefined ? task.lastStep : PHASE_WORDS[task.phase];
  if (task.status === "success" && task.prNumber !== undefined) return `Opened pull request #${task.prNumber}`;
  return whatHappened(task) ?? PHASE_WORDS.done;
}

/** How long it has run or ran, in ms; null while it waits. */
export function elapsedMs(task: Pick<TaskView, "status" | "startedAt" | "completedAt">, nowMs: number): number | null {
  if (task.startedAt === undefined || task.status === "queued") return null;
  const end = isTerminal(task.status) && task.completedAt !== undefined ? Date.parse(task.completedAt) : nowMs;
  return Math.max(0, end - Date.parse(task.startedAt));
}

export const agentLine = (task: Pick<TaskView, "agent" | "model">): string =>
  task.model === undefined ? AGENTS[task.agent].name : `${AGENTS[task.agent].name} (${task.model})`;

/** The same once more ends the same: the first needs an answer, the second another branch. */
const NEEDS_OTHER_WORDS: readonly (string | undefined)[] = [
  "agent_asks",
  "base_branch_missing",
] satisfies FailureCode[];

/** Stop is for what has not ended, retry for what has ended without success and may end otherwise. */
export const canStop = (task: Pick<TaskView, "status">): boolean => !isTerminal(task.status);
export const canRetry = (task: Pick<TaskView, "status" | "failureCode">): boolean =>
  (task.status === "failed" || task.status === "timed_out") && !NEEDS_OTHER_WORDS.includes(task.failureCode);
/** It waits for credit, of which nobody tells Porter: its owner says when there is some. */
export const canTryAgain = (task: Pick<TaskView, "status" | "blockedReason">): boolean =>
  task.status === "queued" && task.blockedReason === "provider_credit";
