import { AGENTS } from "@/lib/agents";
import { commandSchema } from "@/lib/commands/command-schema";
import { tryJson } from "@/lib/json";
import type { Obligation } from "@/lib/obligations";
import type { AppContext } from "@/server/context";
import type { AttemptRow, TaskRow } from "@/server/db/task-store";
import { isPermitFresh } from "@/server/repositories/gate";
import { loadRepositorySettings } from "@/server/repositories/settings";
import { applyCompletion } from "./apply-completion";
import { planAttempt } from "../attempt/attempt-plan";
import { cleanUp } from "../attempt/clean-up";
import type { Action } from "./decide";
import { launchMachine } from "../attempt/launch";
import {
  afterCapacity,
  awaitFly,
  awaitGitHub,
  inspectMachine,
  loseAttempt,
  stopMachine,
} from "../attempt/supervise-machine";
import { failTask, moveTask } from "../moves";
import { passGate } from "../pass-gate";
import type { AttemptKind, TaskSnapshot, TaskKind } from "../owed";
import { type DueObligation, postponeObligation } from "../postpone-obligation";
import { lookAtPull } from "../pull/look-at-pull";
import { reportTask, reportPosition } from "../report/report";
import { checkRequirements } from "../attempt/requirements";
import { sealLog } from "../log/seal-log";
import { loadRunSettings, type RunSettings } from "@/server/settings/run-settings";

/** Carries one action out. Every hand is safe to run twice; what it learns goes into the rows. */
export async function performAction(context: AppContext, snapshot: TaskSnapshot, action: Action): Promise<void> {
  const { task } = snapshot;
  const attemptOf = (number: number): AttemptRow => {
    const found = snapshot.attempts.find((attempt) => attempt.attempt === number);
    if (found === undefined) throw new Error(`${task.id} has no attempt ${number}`);
    return found;
  };
  switch (action.kind) {
    case "recheck_block":
      return recheckBlock(context, snapshot);
    case "claim_slot":
      return claimSlot(context, snapshot);
    case "ask_again":
      // A no ends the task. A doubt ends nothing: GitHub is asked again.
      await passGate(context, task, { door: "running" });
      return;
    case "inspect_machine":
      return inspectMachine(context, task, attemptOf(task.attempt));
    case "lose_attempt":
      return loseAttempt(context, task, action.code);
    case "await_fly":
      return awaitFly(context, task);
    case "fail":
      await failTask(context, task, { code: action.code, message: action.message });
      return;
    case "time_out":
      await moveTask(context, task, {
        event: "clock.timed_out",
        patch: { failureCode: "timed_out" },
        data: { by: "watchdog" },
        endAttempt: "timed_out",
      });
      return;
    case "stop_machine":
      return stopMachine(context, attemptOf(action.attempt));
    case "end_attempt":
      await context.db.attempts.end({
        taskId: task.id,
        attempt: action.attempt,
        reason: action.reason,
        now: context.clock.now().toISOString(),
      });
      return;
    case "forget":
      return context.db.obligations.clear(action.rows);
    default:
      return "attempt" in action
        ? HANDS_OF_ATTEMPT[action.kind](context, { task, attempt: attemptOf(action.attempt), row: action.row })
        : HANDS_OF_TASK[action.kind](context, snapshot, action.row);
  }
}

/** What does what is owed. Each leaves a row behind when it failed, and facts that it is done when it did not. */
const HANDS_OF_TASK: Record<
  TaskKind,
  (context: AppContext, snapshot: TaskSnapshot, row?: Obligation) => Promise<void>
> = {
  report: reportTask,
  look_at_pull: lookAtPull,
};
const HANDS_OF_ATTEMPT: Record<AttemptKind, (context: AppContext, duty: DueObligation) => Promise<void>> = {
  launch,
  apply_completion: applyCompletion,
  clean_up: (context, { attempt, row }) => cleanUp(context, attempt, row),
  seal_log: (context, { attempt, row }) => sealLog(context, attempt, row),
};

async function recheckBlock(context: AppContext, { task }: TaskSnapshot): Promise<void> {
  const model = task.blockedReason === "model_unavailable" ? await chosenModel(context, task) : task.model;
  const requirements = await checkRequirements(context, { ...task, model });
  if (requirements.ok)
    await moveTask(context, task, { event: "user.unblocked", patch: { blockedReason: null, model } });
  else if (requirements.blockedReason !== task.blockedReason)
    await moveTask(context, task, { event: "user.blocked", patch: { blockedReason: requirements.blockedReason } });
}

/**
 * The model of a task that waits because its key cannot see it: the default as it is now, unless the task's own was
 * named by whoever asked for it.
 */
async function chosenModel(context: AppContext, task: TaskRow): Promise<string | null> {
  const mention = task.mentionId === null ? null : await context.db.mentions.get(task.mentionId);
  const command = mention === null ? undefined : tryJson(commandSchema, mention.command);
  if (command === undefined || !("model" in command) || command.model !== null) return task.model;
  const settings = await loadRunSettings(context, task.userId);
  return settings.agent(task.agent).defaultModel ?? AGENTS[task.agent].defaultModel;
}

async function claimSlot(context: AppContext, { task }: TaskSnapshot): Promise<void> {
  const [settings, { branchPrefix }] = await Promise.all([
    loadRunSettings(context, task.userId),
    loadRepositorySettings(context, task.repositoryId),
  ]);
  if (settings.flyApp === null) {
    await moveTask(context, task, { event: "user.blocked", patch: { blockedReason: "missing_fly_token" } });
    return;
  }
  if (!(await mayStart(context, task, settings))) return;
  const now = context.clock.now().toISOString();
  const attempt = await planAttempt(context, task, {
    flyApp: settings.flyApp,
    region: settings.config.regions[0] ?? null,
    branchPrefix,
  });
  const claimed = await context.db.tasks.claimSlot({
    id: task.id,
    attempt,
    moveId: context.ids.uuid(),
    now,
    event: { kind: "slot.claimed", data: { attempt: attempt.attempt } },
  });
  if (claimed.outcome === "refused") await reportPosition(context, task);
}

/**
 * Whether the requester may still have the task started. GitHub is asked when it is the task's turn, not while it waits
 * in line. Throws `GitHubError` where GitHub does not say: the task stays where it is until it does.
 */
async function mayStart(context: AppContext, task: TaskRow, settings: RunSettings): Promise<boolean> {
  const door = task.infraRetries > 0 ? "automatic_attempt" : "end_of_wait";
  const now = context.clock.now().toISOString();
  if (!isPermitFresh(context, door, task.permittedAt) && !(await context.db.tasks.hasSlot(task, now))) {
    await reportPosition(context, task);
    return false;
  }
  const passage = await passGate(context, task, { door, settings });
  if (passage.is === "unknown") throw passage.error;
  return passage.is === "granted";
}

async function launch(context: AppContext, duty: DueObligation): Promise<void> {
  const { task, attempt } = duty;
  const result = await launchMachine(context, task, attempt);
  switch (result.outcome) {
    case "launched":
    case "ended":
      return;
    case "unsure":
      return awaitGitHub(context, task);
    case "wait":
      return postponeObligation(context, duty, { kind: "launch", failed: result.failed });
    case "blocked":
      await moveTask(context, task, {
        event: "user.blocked",
        patch: { blockedReason: result.blockedReason },
        endAttempt: result.blockedReason,
      });
      return;
    case "failed":
      await failTask(context, task, { code: result.code, message: result.message, said: result.said });
      return;
    case "capacity": {
      const regions = [...new Set((await loadRunSettings(context, task.userId)).config.regions)];
      const nextRegion = regions[regions.indexOf(attempt.region ?? "") + 1] ?? null;
      return afterCapacity(context, task, { message: result.message, nextRegion, attempt });
    }
  }
}
