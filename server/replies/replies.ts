import type { AgentId } from "@/lib/agents";
import { AGENT_IDS } from "@/lib/agents";
import { commandSource } from "@/lib/commands/command-source";
import { MAX_COMMANDS, NO_FLAGS, VERBS, type FlagName, type Flags, type Mistake } from "@/lib/commands/command";
import { FAILURES, type FailureCode, fixFor } from "@/lib/failures";
import type { TaskPhase, TaskStatus } from "@/lib/task";
import { stateOf, TASK_STATES, type TaskState } from "@/lib/task-state";
import { codeSpan, markdownLink, plainLine } from "./neutralise";
import { addressOf, linkWords } from "@/lib/fix";

/**
 * Every short answer that Porter gives on an issue: a sentence or two, the fix in it. `publicUrl` has no slash at
 * its end. Whoever is answered is not named with `@`: GitHub tells the author of the comment anyway.
 */
export type ReplyContext = { publicUrl: string; mention: string };

/** A task as a reply names it. */
export type TaskMention = { id: string; agent: AgentId; runUrl: string };

/** Each flag once; what else its value may be, a wrong one is told. */
const FLAG_EXAMPLES = [
  "--base=dev",
  "--model=name",
  "--priority=high",
  "--machine=large",
  "--budget=2",
] satisfies `--${FlagName}=${string}`[];

/** Six short lines, of which two are examples. */
export function helpReply({ mention, publicUrl }: ReplyContext): string {
  const code = (words: string) => codeSpan(`@${mention} ${words}`, 300);
  const verbs = VERBS.filter((verb) => verb !== "help").map((verb) => code(verb));
  const flags = FLAG_EXAMPLES.map((flag) => codeSpan(flag, 60)).join(", ");
  return [
    "Comment on an issue, and Porter opens a pull request. For example:",
    code("fix the failing test"),
    code(`${AGENT_IDS[1]} --base=develop add a French greeting`),
    `Agents: ${AGENT_IDS.join(", ")}.`,
    `Flags: ${flags}.`,
    `Also: ${verbs.join(", ")}. Settings: ${markdownLink("Porter", publicUrl)}.`,
  ].join("\n");
}

export type TaskLine = TaskMention & {
  status: TaskStatus;
  failureCode: FailureCode | null;
  blockedReason: FailureCode | null;
  phase: TaskPhase;
  requester: string;
};
const MAX_LISTED = 10;

/** `@porter status`: the issue's tasks, newest first as given. */
export function statusReply(tasks: readonly TaskLine[], context: ReplyContext): string {
  if (tasks.length === 0)
    return `Porter has no tasks on this issue yet. Start one with ${codeSpan(`@${context.mention} ${AGENT_IDS[0]}`, 60)}.`;
  const shown = tasks
    .slice(0, MAX_LISTED)
    .map((task) => `- ${stateText(task)}: ${taskText(task)} for ${plainLine(task.requester, 60)}`);
  const more = tasks.length > MAX_LISTED ? [`- and ${tasks.length - MAX_LISTED} older`] : [];
  return [...shown, ...more].join("\n");
}

/** A command with a mistake in it: what was meant, and how it is written. Nothing was started. */
export function mistakeReply(mistake: Mistake): string {
  const what = codeSpan(mistake.what, 100);
  const meant = mistake.suggestion ? `Did you mean ${codeSpan(mistake.suggestion, 60)}?` : "";
  const form = `Write ${codeSpan(mistake.correctForm, 200)}`;
  const words = mistake.asInstructions
    ? `, or ${codeSpan(mistake.asInstructions, 200)} if these words are instructions`
    : "";
  return [`${mistakeText(mistake, what)} Nothing was started.`, meant, `${form}${words}.`]
    .filter((part) => part !== "")
    .join(" ");
}

function mistakeText(mistake: Mistake, what: string): string {
  switch (mistake.code) {
    case "unsupported_agent":
      return `Porter does not run ${what}; it runs ${AGENT_IDS.join(", ")}.`;
    case "unknown_agent":
      return `Porter knows no agent ${what}.`;
    case "unknown_verb":
      return `Porter knows no command ${what}.`;
    case "unknown_flag":
      return `Porter knows no flag ${what}.`;
    case "duplicate_flag":
      return `${what} says again what a flag before it said.`;
    case "missing_flag_value":
      return `${what} has no value.`;
    case "bad_flag_value":
      return `${what} has a value that Porter cannot use.`;
    case "bad_task_id":
      return `${what} is no task's id.`;
    case "in_quote":
      return `${what} goes on with the quote above it: leave a line empty between the two.`;
    case "unclear_mention":
      return `${what} begins with a mention and is no command.`;
    case "too_many_commands":
      return `One comment may hold ${MAX_COMMANDS} commands; what comes after them was left out.`;
  }
}

type Words = { agent: AgentId | null; instructions: string } & Partial<Flags>;

/** The same words as instructions that nobody can take for anything else; long ones are not said again. */
function forced(command: Words, mention: string): string {
  const { agent, instructions } = command;
  const isLong = instructions.length > 120 || instructions.includes("\n");
  const head = commandSource({ ...NO_FLAGS, ...flagsOf(command), agent, instructions: "" }, { mention });
  return codeSpan(`${head} -- ${isLong ? "…" : instructions}`.trim(), 300);
}

const flagsOf = ({ priority, model, base, machine, budget }: Words): Flags => ({
  priority: priority ?? null,
  model: model ?? null,
  base: base ?? null,
  machine: machine ?? null,
  budget: budget ?? null,
});

/** Words that may be meant for what waits or runs: nothing is done, and each way on is a command. */
export function askReply(
  open: readonly TaskMention[],
  { command, mention }: { command: Words; mention: string },
): string {
  const [first, ...more] = open;
  const what = first ? `${taskText(first)}${more.length > 0 ? ` and ${more.length} more` : ""}` : "A task";
  const verb = more.length > 0 ? "have" : "has";
  return (
    `${what} ${verb} not ended on this issue, so nothing was started or changed. ` +
    `For another task beside it write ${forced(command, mention)}; ${codeSpan(`@${mention} stop`, 60)} ends what there is.`
  );
}

/** Thanks and its like, and verbs in too many words where nothing is open. */
export const talkReply = (command: Words, { mention }: ReplyContext): string =>
  `Nothing was started: these words ask for no work. If they do, write ${forced(command, mention)}.`;

/** A mention by someone who may use Porter that becomes no task, or a task that waits: the reason and its fix. */
export function refusalReply(code: FailureCode, context: ReplyContext): string {
  const { sentence, resumes } = FAILURES[code];
  const fix = fixFor(code, context.mention);
  if (fix === null) return sentence;
  if (fix.kind === "command") return `${sentence} Comment ${codeSpan(fix.command, 60)}.`;
  if (fix.kind === "advice") return `${sentence} ${fix.advice}`;
  const then = resumes ? ", and this starts by itself" : `, then comment again`;
  return `${sentence} ${markdownLink(linkWords(fix), addressOf(fix, context.publicUrl))}${then}.`;
}

/** Rules of GitHub's that no run can keep to, one a line. */
export const rulesReply = (rules: readonly string[], context: ReplyContext): string =>
  [refusalReply("branch_rules", context), "", ...rules.slice(0, 10).map((rule) => `- ${plainLine(rule, 300)}`)].join(
    "\n",
  );

/** The command, or the settings of who gave it, cannot be read: nobody but an operator can put that right. */
export const unreadableReply = (): string =>
  "Porter could not read this command or your settings, so nothing was started. Its operator can see why.";

export const pullRequestReply = (context: ReplyContext): string =>
  `Porter works on issues, not yet on pull requests: write ${codeSpan(`@${context.mention}`, 40)} on an issue.`;

/** `taskId`: the id that was named, if one was. */
export function nothingToStopReply(taskId: string | null): string {
  return taskId
    ? `${codeSpan(taskId, 40)} is no waiting or running task of this issue.`
    : "Nothing is waiting or running on this issue.";
}

export function nothingToRetryReply(taskId: string | null): string {
  return taskId
    ? `${codeSpan(taskId, 40)} is no failed or timed-out task of this issue.`
    : "No task of this issue failed or timed out, so there is nothing to retry.";
}

/** Running again costs, and what the last run made is not in a pull request yet: who says which task means it. */
export const workIsKeptReply = (task: TaskMention, { mention }: ReplyContext): string =>
  `Nothing was started: the work of ${taskText(task)} is there and in no pull request. ` +
  `${markdownLink("Publish it", `${task.runUrl}#work`)}, which costs no run; ` +
  `${codeSpan(`@${mention} retry ${task.id}`, 80)} runs it again all the same.`;

/** The same task again: a new attempt with the same prompt. */
export const retriedReply = (task: TaskMention, attempt: number): string =>
  `Attempt ${attempt} of ${taskText(task)} is queued.`;

/** Of a task that waited for credit. */
export const creditTriedReply = (task: TaskMention): string =>
  `${taskText(task)} is tried with your key again; if there is still no credit, it waits on.`;

/** Another agent or other instructions make a new task. */
export const newTaskForRetryReply = (task: TaskMention, earlier: TaskMention): string =>
  `Queued ${taskText(task)} in place of ${taskText(earlier)}, because it asks for something else.`;

/** Somebody else's retry runs as a task of their own and spends their keys. */
export const retriedForYouReply = (task: TaskMention, earlier: TaskMention & { requester: string }): string =>
  `Queued ${taskText(task)} for you, with your keys; ${taskText(earlier)} stays as ${plainLine(earlier.requester, 60)} left it.`;

export const alreadySucceededReply = (task: TaskMention): string =>
  `${taskText(task)} succeeded and is not run again; a new comment starts a new task.`;

export const stillRunningReply = (task: TaskMention): string =>
  `${taskText(task)} has not ended, so there is nothing to retry yet.`;

const taskText = (task: TaskMention): string => markdownLink(`${task.agent} ${task.id.slice(0, 13)}…`, task.runUrl);

function stateText(task: TaskLine): string {
  const state = stateOf({
    ...task,
    failureCode: task.failureCode ?? undefined,
    blockedReason: task.blockedReason ?? undefined,
  });
  if (state === "running") return `🔧 ${task.phase}`;
  const { mark, word } = TASK_STATES[state];
  // Whoever reads it need not be who is needed.
  return `${mark} ${SAID_OF_OTHERS[state] ?? word.toLowerCase()}`;
}

const SAID_OF_OTHERS: Partial<Record<TaskState, string>> = {
  blocked: "needs its requester",
  asks: "asks a question",
};
