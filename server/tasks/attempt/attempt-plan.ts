import type { PhaseTimes } from "@/lib/phases";
import type { AppContext } from "@/server/context";
import type { NewAttempt, TaskRow } from "@/server/db/task-store";
import { TIMES } from "../times";

/** Branches of a task: the repository's prefix and the id, then `-2`, `-3` for each explicit retry. */
export const firstBranch = (prefix: string, taskId: string): string => `${prefix}${taskId}`;
export function branchAfter(taskId: string, branch: string): string {
  const end = branch.lastIndexOf(taskId) + taskId.length;
  const suffix = /^-(\d+)$/.exec(branch.slice(end));
  return `${branch.slice(0, end)}-${suffix === null ? 2 : Number(suffix[1]) + 1}`;
}

const CLAIM_PURPOSE = "claim-token";
export const CLAIM_CHECK = "claim-check";
export const CALLBACK_CHECK = "callback-check";

/** The claim token of an attempt: derived, so that no row ever holds it. 256 bits. */
export const deriveClaimToken = (
  context: AppContext,
  attempt: { taskId: string; attempt: number; claimSalt: string; hmacKeyVersion: number },
): Promise<string> =>
  context.sealer.hmac(
    CLAIM_PURPOSE,
    JSON.stringify([attempt.taskId, attempt.attempt, attempt.claimSalt]),
    attempt.hmacKeyVersion,
  );

/**
 * A callback token says whose it is, so that Porter knows its caller before it reads what they send. What goes before
 * is 256 secret bits.
 */
export const callbackTokenOf = (secret: string, { taskId, attempt }: { taskId: string; attempt: number }): string =>
  `${secret}-${taskId}-${attempt}`;

/** Whose a callback token says that it is; null: it is of a release that did not say so. */
export function namedInToken(token: string): { taskId: string; attempt: number } | null {
  const [, taskId, attempt] = /^[A-Za-z0-9_-]{43}-(task_[a-z0-9]{20})-([1-9]\d{0,3})$/.exec(token) ?? [];
  return taskId === undefined ? null : { taskId, attempt: Number(attempt) };
}

/** The row of the task's next attempt. `flyApp` is the requester's app at this moment. */
export async function planAttempt(
  context: AppContext,
  task: TaskRow,
  options: { flyApp: string; region: string | null; branchPrefix: string },
): Promise<NewAttempt> {
  const now = context.clock.now();
  const attempt = task.attempt + 1;
  const branch = task.branch ?? firstBranch(options.branchPrefix, task.id);
  const claimSalt = context.ids.secret(32);
  const hmacKeyVersion = context.sealer.currentVersion;
  const claimToken = await deriveClaimToken(context, { taskId: task.id, attempt, claimSalt, hmacKeyVersion });
  return {
    taskId: task.id,
    attempt,
    userId: task.userId,
    branch,
    wipBranch: `${branch}-wip`,
    machineName: `porter-${task.id.slice("task_".length)}-${attempt}`,
    flyApp: options.flyApp,
    region: options.region,
    claimSalt,
    claimHmac: await context.sealer.hmac(CLAIM_CHECK, claimToken, hmacKeyVersion),
    hmacKeyVersion,
    // Moved to claim + time-out when the machine claims the task; until then all the time to get there is allowed.
    deadlineAt: new Date(
      now.getTime() + TIMES.imagePull + TIMES.provisioning + task.timeoutMinutes * 60_000,
    ).toISOString(),
    phase: "starting",
    phaseTimes: JSON.stringify({ starting: { from: now.toISOString(), to: null } } satisfies PhaseTimes),
    createdAt: now.toISOString(),
  };
}
