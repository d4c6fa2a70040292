import { backOff, jitterOf } from "@/lib/back-off";
import type { FailureCode } from "@/lib/failures";
import { isLoss } from "@/lib/losses";
import { RUNNER_EXIT } from "@/lib/agent-protocol";
import type { AppContext } from "@/server/context";
import type { AttemptRow, TaskRow } from "@/server/db/task-store";
import type { Machine } from "@/server/machines/port";
import { openFlyToken } from "@/server/secrets/fly-credentials";
import { failTask, moveTask } from "../moves";
import { writeWaitReason } from "@/lib/wait-reason-schema";

/** After a machine that was lost, before another one is asked for. */
const ANOTHER_MACHINE_MS = { first: 2000, longest: 60_000 };
const GONE = ["destroyed", "stopped", "failed"];

/** The attempt's machine as Fly sees it now; null when it never existed or nobody may look. */
export async function findMachine(context: AppContext, attempt: AttemptRow): Promise<Machine | null> {
  const token = await openFlyToken(context, attempt.userId);
  if (token === null) return null;
  const credentials = { token, app: attempt.flyApp };
  if (attempt.machineId !== null) return context.machines.get(credentials, attempt.machineId);
  const found = await context.machines.findByTask(credentials, attempt.taskId);
  return found.find((machine) => machine.attempt === attempt.attempt) ?? null;
}

/** Keeps what was seen of the machine. */
export async function saveMachine(context: AppContext, attempt: AttemptRow, machine: Machine): Promise<void> {
  const now = context.clock.now();
  await context.db.attempts.update(attempt.taskId, attempt.attempt, {
    machineId: machine.id,
    machineState: machine.state,
    machineSeenAt: now.toISOString(),
    ...(attempt.imagePulledAt === null ? { imagePulledAt: imagePulledAt(machine, now) } : {}),
    ...(machine.exit === null ? {} : { exitCode: machine.exit.code, outOfMemory: machine.exit.outOfMemory }),
  });
}

/** Since when it has its image; a clock of Fly's that goes ahead gives no more time. Null: Fly still fetches it. */
function imagePulledAt(machine: Machine, now: Date): string | null {
  if (machine.imagePulledAt !== null)
    return new Date(Math.min(now.getTime(), Date.parse(machine.imagePulledAt))).toISOString();
  return machine.state === "created" || machine.state === "other" ? null : now.toISOString();
}

/** A look at a machine that is silent or not up yet; a dead one ends its attempt. */
export async function inspectMachine(context: AppContext, task: TaskRow, attempt: AttemptRow): Promise<void> {
  const machine = await findMachine(context, attempt);
  const now = context.clock.now();
  if (machine === null) {
    await loseAttempt(context, task, "machine_lost");
    return;
  }
  await saveMachine(context, attempt, machine);
  if (!GONE.includes(machine.state)) return;
  // The last word may still be on its way: a machine that ended a moment ago gets one more look.
  const silentSince = Date.parse(attempt.heartbeatAt ?? attempt.launchIntentAt ?? attempt.createdAt);
  if (now.getTime() - silentSince < 5000) return;
  await loseAttempt(context, task, endOf(machine, attempt));
}

/** Without a completion, what the runner's exit code says; any other end is that of the machine. */
function endOf({ exit, state }: Machine, { startedAt }: AttemptRow): FailureCode {
  if (exit?.outOfMemory === true) return "out_of_memory";
  switch (exit?.code) {
    case RUNNER_EXIT.crashed:
      return "runner_crashed";
    case RUNNER_EXIT.config:
      return "runner_misconfigured";
    case RUNNER_EXIT.notOurs:
      // Having begun, it had the task: what was not taken is its result, and another attempt would be paid again.
      return startedAt === null ? "not_handed_out" : "result_undelivered";
    case RUNNER_EXIT.undelivered:
      return "result_undelivered";
    case RUNNER_EXIT.challenged:
      return "porter_challenged";
    default:
      return state === "failed" && startedAt === null ? "machine_never_started" : "machine_lost";
  }
}

/** Ends the attempt for an infrastructure fault: another one within `maxRetries`, else the task fails. */
export async function loseAttempt(context: AppContext, task: TaskRow, code: FailureCode): Promise<void> {
  if (isLoss(code) && task.infraRetries < task.maxRetries) {
    const wait = backOff(ANOTHER_MACHINE_MS, task.infraRetries, jitterOf(`${task.id} ${task.infraRetries}`));
    await moveTask(context, task, {
      event: "machine.requeued",
      patch: {
        infraRetries: task.infraRetries + 1,
        waitReason: writeWaitReason({ kind: "machine_lost", code }),
        notBefore: new Date(context.clock.now().getTime() + wait).toISOString(),
      },
      data: { reason: code },
      endAttempt: code,
    });
    return;
  }
  await failTask(context, task, { code, message: null });
}

/** Fly has no room: the next region of the user's list, else back to the queue with the reason. */
export async function afterCapacity(
  context: AppContext,
  task: TaskRow,
  input: { message: string; nextRegion: string | null; attempt: AttemptRow },
): Promise<void> {
  const { region } = input.attempt;
  const { nextRegion: next } = input;
  const waitReason = writeWaitReason({ kind: "fly_full", region, next });
  if (next !== null) {
    await moveTask(context, task, {
      event: "machine.progressed",
      patch: { phase: "starting", waitReason },
      data: { region, nextRegion: next },
    });
    await context.db.attempts.update(task.id, input.attempt.attempt, {
      region: next,
    });
    return;
  }
  await moveTask(context, task, {
    event: "machine.requeued",
    patch: {
      waitReason,
      notBefore: new Date(context.clock.now().getTime() + 60_000).toISOString(),
    },
    data: { reason: "machine_capacity", message: input.message },
    endAttempt: "machine_capacity",
  });
}

/** Fly did not answer, or not with a machine: back to the queue with the reason, until it does. */
export async function awaitFly(context: AppContext, task: TaskRow): Promise<void> {
  await moveTask(context, task, {
    event: "machine.requeued",
    patch: {
      waitReason: writeWaitReason({ kind: "fly_silent" }),
      notBefore: new Date(context.clock.now().getTime() + 60_000).toISOString(),
    },
    data: { reason: "machine_never_started" },
    endAttempt: "machine_never_started",
  });
}

/** GitHub does not say whether the requester may still have a machine: back to the queue, until it does. */
export async function awaitGitHub(context: AppContext, task: TaskRow): Promise<void> {
  await moveTask(context, task, {
    event: "machine.requeued",
    patch: {
      waitReason: writeWaitReason({ kind: "github_silent" }),
      notBefore: new Date(context.clock.now().getTime() + 60_000).toISOString(),
    },
    data: { reason: "github_unavailable" },
    endAttempt: "github_unavailable",
  });
}

/** The agent is told to end and to save its work; asked once, the clock does the rest. */
export async function stopMachine(context: AppContext, attempt: AttemptRow): Promise<void> {
  const token = await openFlyToken(context, attempt.userId);
  if (token !== null && attempt.machineId !== null)
    await context.machines.stop({ token, app: attempt.flyApp }, attempt.machineId);
  await context.db.attempts.update(attempt.taskId, attempt.attempt, {
    stopRequestedAt: context.clock.now().toISOString(),
  });
}
