import { FAILURES, INFRASTRUCTURE_FAILURES, type FailureCode } from "@/lib/failures";
import type { AppContext } from "@/server/context";
import type { AttemptRow, TaskRow } from "@/server/db/task-store";
import { GitHubError } from "@/server/github/port";
import { MachineError, type Machine } from "@/server/machines/port";
import { openFlyCredentials } from "@/server/secrets/fly-credentials";
import { fail, move } from "./moves";
import { openHanded } from "./git-token";

const GONE = ["destroyed", "stopped", "failed"];
/** After so many tries the machine or token is somebody else's to clean up; the reason stays on the row. */
const MAX_CLEANUP_TRIES = 12;

/** The attempt's machine as Fly sees it now; null when it never existed or nobody may look. */
async function lookAt(context: AppContext, attempt: AttemptRow): Promise<Machine | null> {
  const fly = await openFlyCredentials(context, attempt.userId);
  if (fly === null) return null;
  const credentials = { token: fly.token, app: attempt.flyApp };
  if (attempt.machineId !== null) return context.machines.get(credentials, attempt.machineId);
  const found = await context.machines.findByTask(credentials, attempt.taskId);
  return found.find((machine) => machine.attempt === attempt.attempt) ?? null;
}

async function note(context: AppContext, attempt: AttemptRow, machine: Machine): Promise<void> {
  await context.db.attempts.update(attempt.taskId, attempt.attempt, {
    machineId: machine.id,
    machineState: machine.state,
    machineSeenAt: context.clock.now().toISOString(),
    ...(machine.exit === null ? {} : { exitCode: machine.exit.code, outOfMemory: machine.exit.outOfMemory }),
  });
}

/** A look at a machine that is silent or not up yet; a dead one ends its attempt. */
export async function inspectMachine(context: AppContext, task: TaskRow, attempt: AttemptRow): Promise<void> {
  const machine = await lookAt(context, attempt);
  const now = context.clock.now();
  if (machine === null) {
    await loseAttempt(context, task, "machine_lost");
    return;
  }
  await note(context, attempt, machine);
  if (!GONE.includes(machine.state)) return;
  // The last word may still be on its way: a machine that ended a moment ago gets one more look.
  const silentSince = Date.parse(attempt.heartbeatAt ?? attempt.launchIntentAt ?? attempt.createdAt);
  if (now.getTime() - silentSince < 5000) return;
  if (machine.exit?.outOfMemory === true) await fail(context, task, { code: "out_of_memory", message: null });
  else await loseAttempt(context, task, "machine_lost");
}

/** Ends the attempt for an infrastructure fault: another one within `maxRetries`, else the task fails. */
export async function loseAttempt(context: AppContext, task: TaskRow, code: FailureCode): Promise<void> {
  if (INFRASTRUCTURE_FAILURES.includes(code) && task.infraRetries < task.maxRetries) {
    const backOff = Math.min(60_000, 2000 * 2 ** task.infraRetries);
    await move(context, task, {
      event: "machine.requeued",
      patch: {
        infraRetries: task.infraRetries + 1,
        waitReason: `${FAILURES[code].sentence.replace(/\.$/, "")}; another one is asked for`,
        notBefore: new Date(context.clock.now().getTime() + backOff).toISOString(),
      },
      data: { reason: code },
      endAttempt: code,
    });
    return;
  }
  await fail(context, task, { code, message: null });
}

/** Fly has no room: the next region of the user's list, else back to the queue with the reason (rulings 28). */
export async function afterCapacity(
  context: AppContext,
  task: TaskRow,
  input: { message: string; nextRegion: string | null; attempt: AttemptRow },
): Promise<void> {
  const { region } = input.attempt;
  const full = region === null ? "Fly has no capacity in the app's region" : `Fly has no capacity in ${region}`;
  if (input.nextRegion !== null) {
    await move(context, task, {
      event: "machine.progressed",
      patch: { phase: "starting", waitReason: `${full}, trying ${input.nextRegion}` },
      data: { region, nextRegion: input.nextRegion },
    });
    await context.db.attempts.update(task.id, input.attempt.attempt, {
      region: input.nextRegion,
      nextLaunchAt: context.clock.now().toISOString(),
    });
    return;
  }
  await move(context, task, {
    event: "machine.requeued",
    patch: {
      waitReason: `${full}, trying again in a minute`,
      notBefore: new Date(context.clock.now().getTime() + 60_000).toISOString(),
    },
    data: { reason: "machine_capacity", message: input.message },
    endAttempt: "machine_capacity",
  });
}

/** The agent is told to end and to save its work; asked once, the clock does the rest. */
export async function stopMachine(context: AppContext, attempt: AttemptRow): Promise<void> {
  const fly = await openFlyCredentials(context, attempt.userId);
  if (fly !== null && attempt.machineId !== null)
    await context.machines.stop({ token: fly.token, app: attempt.flyApp }, attempt.machineId);
  await context.db.attempts.update(attempt.taskId, attempt.attempt, {
    stopRequestedAt: context.clock.now().toISOString(),
  });
}

/** What an ended attempt owes: its machine gone, its token dead. Retried with back-off until done or given up. */
export async function cleanUp(context: AppContext, attempt: AttemptRow): Promise<void> {
  const now = context.clock.now();
  try {
    if (attempt.tokenRevokedAt === null) await revokeToken(context, attempt);
    const waitMs = attempt.machineDestroyedAt === null ? await destroyMachine(context, attempt) : null;
    await context.db.attempts.update(attempt.taskId, attempt.attempt, {
      cleanupDueAt: waitMs === null ? null : new Date(now.getTime() + waitMs).toISOString(),
    });
  } catch (error) {
    if (!(error instanceof MachineError) && !(error instanceof GitHubError)) throw error;
    const tries = attempt.cleanupTries + 1;
    const isHopeless =
      tries >= MAX_CLEANUP_TRIES || (error instanceof MachineError && error.failure.kind === "rejected");
    context.log.warn("attempt.cleanup_failed", {
      taskId: attempt.taskId,
      attempt: attempt.attempt,
      tries,
      message: error.message,
    });
    await context.db.attempts.update(attempt.taskId, attempt.attempt, {
      cleanupTries: tries,
      cleanupDueAt: isHopeless ? null : new Date(now.getTime() + Math.min(300_000, 1000 * 2 ** tries)).toISOString(),
      cleanupGaveUp: isHopeless ? error.message.slice(0, 500) : null,
    });
  }
}

async function revokeToken(context: AppContext, attempt: AttemptRow): Promise<void> {
  const handed = await openHanded(context, attempt);
  if (handed !== null && Date.parse(handed.expiresAt) > context.clock.now().getTime())
    for (const token of [handed.token, ...handed.earlierTokens])
      await context.github.app.revokeInstallationToken(token);
  await context.db.attempts.update(attempt.taskId, attempt.attempt, {
    tokenRevokedAt: context.clock.now().toISOString(),
    gitTokenValue: null,
    gitTokenIv: null,
    gitTokenTag: null,
  });
}

/** Without the owner's Fly token nobody can look: the machine stays owed until there is one again (`wakeUserTasks`). */
const WITHOUT_TOKEN = { lookEveryMs: 600_000, forMs: 7 * 24 * 3600_000 } as const;

/** After its last word a machine ends by itself, which leaves its exit code; only then is force used. */
const LEAVES_ITSELF = { withinMs: 30_000, lookEveryMs: 3000 } as const;

/** How long to wait before the next look, ms; null: the machine is gone, or nobody will ever be able to tell. */
async function destroyMachine(context: AppContext, attempt: AttemptRow): Promise<number | null> {
  const now = context.clock.now();
  const endedFor = now.getTime() - Date.parse(attempt.endedAt ?? attempt.createdAt);
  const destroyed = (state: "destroyed" | null) =>
    context.db.attempts.update(attempt.taskId, attempt.attempt, {
      machineDestroyedAt: now.toISOString(),
      ...(state === null ? {} : { machineState: state }),
    });
  if (attempt.launchIntentAt === null) {
    await destroyed(null);
    return null;
  }
  const fly = await openFlyCredentials(context, attempt.userId);
  if (fly === null) {
    if (endedFor < WITHOUT_TOKEN.forMs) return WITHOUT_TOKEN.lookEveryMs;
    await context.db.attempts.update(attempt.taskId, attempt.attempt, { cleanupGaveUp: "the Fly token is gone" });
    return null;
  }
  const machine = await lookAt(context, attempt);
  if (machine !== null && machine.state !== "destroyed") {
    await note(context, attempt, machine);
    if (attempt.completion !== null && endedFor < LEAVES_ITSELF.withinMs) return LEAVES_ITSELF.lookEveryMs;
    await context.machines.destroy({ token: fly.token, app: attempt.flyApp }, machine.id);
  } else if (machine !== null) await note(context, attempt, machine);
  await destroyed("destroyed");
  return null;
}
