import type { Failed, Obligation } from "@/lib/obligations";
import type { AppContext } from "@/server/context";
import type { AttemptRow } from "@/server/db/task-store";
import { GitHubError } from "@/server/github/port";
import { MachineError } from "@/server/machines/port";
import { openFlyToken } from "@/server/secrets/fly-credentials";
import { openIfReadable } from "./git-token";
import { findMachine, saveMachine } from "./supervise-machine";
import { obligationAfterTry, failedOf } from "../postpone-obligation";

/** Without the owner's Fly token nobody can look; a saved one is told (`wakeUserTasks`). */
const WITHOUT_TOKEN_MS = 600_000;

/** After its last word a machine ends by itself, which leaves its exit code; only then is force used. */
const LEAVES_ITSELF = { withinMs: 30_000, lookEveryMs: 3000 } as const;

/** What came of one part: null when it is done. */
type Left = Failed | null;

/**
 * What an ended attempt owes: its machine gone, its token dead. Neither waits for the other: GitHub being away keeps no
 * machine alive. Retried with back-off until done or given up.
 */
export async function cleanUp(context: AppContext, attempt: AttemptRow, row?: Obligation): Promise<void> {
  const parts = await Promise.allSettled([
    attempt.tokenRevokedAt === null ? revokeToken(context, attempt) : null,
    attempt.machineDestroyedAt === null ? destroyMachine(context, attempt) : null,
  ]);
  const left = parts.map(leftBy).filter((part) => part !== null);
  const rows = left.map((failed) => obligationAfterTry(context, { attempt, row }, { kind: "clean_up", failed }));
  // Both parts are one obligation: it is tried again as soon as either may be.
  const [next] = rows.toSorted((a, b) => (a.dueAt ?? "").localeCompare(b.dueAt ?? ""));
  if (next === undefined) return;
  const message = left.map((part) => part.message).join("; ");
  const tries = Math.max(...rows.map((one) => one.tries));
  if (!left.every((part) => part.isFree))
    context.log.warn("attempt.cleanup_failed", { taskId: attempt.taskId, attempt: attempt.attempt, tries, message });
  const gaveUpReason = next.gaveUpReason === null ? null : message.slice(0, 500);
  await context.db.obligations.put({ ...next, tries, gaveUpReason });
}

/** What Fly or GitHub had against it; anything else is thrown on. */
function leftBy(part: PromiseSettledResult<Left>): Left {
  if (part.status === "fulfilled") return part.value;
  const reason: unknown = part.reason;
  if (reason instanceof MachineError || reason instanceof GitHubError) return failedOf(reason);
  throw part.reason;
}

async function revokeToken(context: AppContext, attempt: AttemptRow): Promise<null> {
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
  return null;
}

async function destroyMachine(context: AppContext, attempt: AttemptRow): Promise<Left> {
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
  if (token === null) return { message: "the Fly token is gone", waitMs: WITHOUT_TOKEN_MS, isFree: true };
  const machine = await findMachine(context, attempt);
  if (machine !== null && machine.state !== "destroyed") {
    await saveMachine(context, attempt, machine);
    if (attempt.completion !== null && endedFor < LEAVES_ITSELF.withinMs)
      return { message: "the machine has not left by itself yet", waitMs: LEAVES_ITSELF.lookEveryMs, isFree: true };
    await context.machines.destroy({ token, app: attempt.flyApp }, machine.id);
  } else if (machine !== null) await saveMachine(context, attempt, machine);
  await destroyed("destroyed");
  return null;
}
