import type { AppContext } from "@/server/context";
import type { AttemptRow } from "@/server/db/task-store";
import { GitHubError } from "@/server/github/port";
import { MachineError } from "@/server/machines/port";
import { openFlyToken } from "@/server/secrets/fly-credentials";
import { openIfReadable } from "./git-token";
import { lookAt, note } from "./machine-care";

/** Fly and GitHub may be away, and the owner's token gone or refused: so long there is somebody who can mend it. */
const OWED_FOR_MS = 7 * 24 * 3600_000;
/** Without the owner's Fly token nobody can look; a saved one is told (`wakeUserTasks`). */
const WITHOUT_TOKEN_MS = 600_000;
const REFUSED_MS = 3600_000;
const MAX_BACK_OFF_MS = 60_000;

/** After its last word a machine ends by itself, which leaves its exit code; only then is force used. */
const LEAVES_ITSELF = { withinMs: 30_000, lookEveryMs: 3000 } as const;

/**
 * What an ended attempt owes: its machine gone, its token dead. Neither waits for the other: GitHub being away keeps no
 * machine alive. Retried with back-off until done or given up.
 */
export async function cleanUp(context: AppContext, attempt: AttemptRow): Promise<void> {
  const [token, machine] = await Promise.allSettled([
    attempt.tokenRevokedAt === null ? revokeToken(context, attempt) : null,
    attempt.machineDestroyedAt === null ? destroyMachine(context, attempt) : null,
  ]);
  const failed = [token, machine].flatMap(refusalOf);
  const waitMs = machine.status === "fulfilled" ? machine.value : null;
  await putOff(context, attempt, { waitMs, failed });
}

/** What Fly or GitHub had against it; anything else is thrown on. */
function refusalOf(part: PromiseSettledResult<unknown>): Error[] {
  if (part.status === "fulfilled") return [];
  const reason: unknown = part.reason;
  if (reason instanceof MachineError || reason instanceof GitHubError) return [reason];
  throw part.reason;
}

async function putOff(
  context: AppContext,
  attempt: AttemptRow,
  input: { waitMs: number | null; failed: Error[] },
): Promise<void> {
  const { failed } = input;
  const now = context.clock.now().getTime();
  const tries = attempt.cleanupTries + (failed.length > 0 ? 1 : 0);
  const message = failed.map((error) => error.message).join("; ");
  if (failed.length > 0)
    context.log.warn("attempt.cleanup_failed", { taskId: attempt.taskId, attempt: attempt.attempt, tries, message });
  const isTooLate = now - Date.parse(attempt.endedAt ?? attempt.createdAt) > OWED_FOR_MS;
  const waits = [
    ...(input.waitMs === null ? [] : [input.waitMs]),
    ...(isTooLate ? [] : failed.map((error) => waitAfter(error, tries))),
  ];
  await context.db.attempts.update(attempt.taskId, attempt.attempt, {
    cleanupTries: tries,
    cleanupDueAt: waits.length === 0 ? null : new Date(now + Math.min(...waits)).toISOString(),
    ...(isTooLate && failed.length > 0 ? { cleanupGaveUp: message.slice(0, 500) } : {}),
  });
}

/** A refused token will be refused again until its owner does something. */
const waitAfter = (error: Error, tries: number): number =>
  error instanceof MachineError && error.failure.kind === "rejected"
    ? REFUSED_MS
    : Math.min(MAX_BACK_OFF_MS, 1000 * 2 ** tries);

async function revokeToken(context: AppContext, attempt: AttemptRow): Promise<void> {
  const handed = await openIfReadable(context, attempt);
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
  const token = await openFlyToken(context, attempt.userId);
  if (token === null) {
    if (endedFor < OWED_FOR_MS) return WITHOUT_TOKEN_MS;
    await context.db.attempts.update(attempt.taskId, attempt.attempt, { cleanupGaveUp: "the Fly token is gone" });
    return null;
  }
  const machine = await lookAt(context, attempt);
  if (machine !== null && machine.state !== "destroyed") {
    await note(context, attempt, machine);
    if (attempt.completion !== null && endedFor < LEAVES_ITSELF.withinMs) return LEAVES_ITSELF.lookEveryMs;
    await context.machines.destroy({ token, app: attempt.flyApp }, machine.id);
  } else if (machine !== null) await note(context, attempt, machine);
  await destroyed("destroyed");
  return null;
}
