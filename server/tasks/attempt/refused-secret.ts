import { z } from "zod";
import type { FailureCode } from "@/lib/failures";
import { tryJson } from "@/lib/json";
import { isRefused, type Verification } from "@/lib/key-check";
import { familyOf } from "@/lib/model-family";
import { providerFor } from "@/lib/model-provider";
import { PROVIDERS } from "@/lib/providers";
import type { AppContext } from "@/server/context";
import type { AttemptRow, TaskRow } from "@/server/db/task-store";
import type { CompleteRequest } from "@/lib/agent-protocol";
import { FLY_TOKEN, saveFinding, peekSecret } from "@/server/secrets/user-secrets";
import { forgetEmptyCredit } from "@/server/secrets/provider-credentials";
import { orUnreadable } from "@/server/secrets/readable";
import { moveTask } from "../moves";
import { writeWaitReason } from "@/lib/wait-reason-schema";
import { wakeUserTasks } from "@/server/identity/wake";

/** What a launch that Fly refused says of the Fly token; a code that is not here says nothing of it. */
const OF_FLY: Partial<Record<FailureCode, Verification>> = {
  fly_auth: "invalid_key",
  fly_app_missing: "no_such_app",
  fly_billing: "no_credit",
};

/** The reason to wait for, when Fly refused what this person has saved; null: the fault is another one. */
export async function flyRefusal(
  context: AppContext,
  input: { userId: number; token: string; code: FailureCode },
): Promise<FailureCode | null> {
  const verification = OF_FLY[input.code];
  if (verification === undefined) return null;
  const stored = await orUnreadable(context, input.userId, peekSecret(context, input.userId, FLY_TOKEN));
  if (stored?.value === input.token) await saveFinding(context, stored, { verification });
  return "missing_fly_token";
}

/**
 * Back to waiting, when a run ended before the agent's first step because its provider refused the key: nothing was
 * done yet, and the task goes on by itself once the key is corrected. False: the run ends as it says.
 */
export async function waitForKey(
  context: AppContext,
  input: { task: TaskRow; attempt: AttemptRow; completion: CompleteRequest },
): Promise<boolean> {
  const { task, attempt, completion } = input;
  const code = completion.failureCode;
  if (task.steps > 0 || completion.commits > 0) return false;
  if (code !== "provider_auth" && code !== "provider_limit") return false;
  const provider = providerFor(task.agent, task.model);
  const spent = code === "provider_limit" && completion.lacksCredit === true;
  let blockedReason: FailureCode = spent ? "provider_credit" : "missing_credentials";
  let isSame = false;
  for (const name of PROVIDERS[provider].envNames) {
    const stored = await orUnreadable(context, task.userId, peekSecret(context, task.userId, { provider, name }));
    // One that was saved since is not the one that was refused.
    if (stored === null || stored.savedAt > attempt.createdAt) continue;
    isSame = true;
    // A list of models is given to an empty account, too: what the run was told counts.
    const { verification } = spent
      ? { verification: "no_credit" as const }
      : await context.keyChecks.check(provider, stored.value);
    // A limit of the moment is no fault of the key. A key that is refused for a run alone is restricted.
    if (!isRefused(verification) && code === "provider_limit") return false;
    if (verification === "no_credit") blockedReason = "provider_credit";
    await saveFinding(context, stored, {
      verification: isRefused(verification) ? verification : refusedInUse(verification),
    });
  }
  const moved = await moveTask(context, task, {
    event: "user.blocked",
    patch: { blockedReason },
    endAttempt: code,
  });
  if (!isSame) await context.db.tasks.wake(task.id, context.clock.now().toISOString());
  return moved.outcome === "moved";
}

/** Of a task that waits for credit: its owner says that there is some. False: it does not wait for that. */
export async function tryCreditAgain(context: AppContext, task: TaskRow): Promise<boolean> {
  if (task.status !== "queued" || task.blockedReason !== "provider_credit") return false;
  await forgetEmptyCredit(context, task.userId, PROVIDERS[providerFor(task.agent, task.model)].envNames);
  await wakeUserTasks(context, task.userId);
  return true;
}

const refusedInUse = (checked: Verification): Verification => (checked === "valid" ? "restricted" : "invalid_key");

/**
 * Once for a task: its model was not there, so what its key can see is asked again, and the task goes on with that under
 * another attempt, which is no retry. False: the run ends as it says.
 */
export async function tryAnotherModel(
  context: AppContext,
  input: { task: TaskRow; attempt: AttemptRow; completion: CompleteRequest },
): Promise<boolean> {
  const { task, attempt, completion } = input;
  if (completion.failureCode !== "model_unavailable" || task.steps > 0 || completion.commits > 0) return false;
  // A model that was named in full is the person's own choice.
  if (familyOf(task.agent, task.model) === null) return false;
  const earlier = (await context.db.attempts.ofTask(task.id)).filter((one) => one.attempt < attempt.attempt);
  if (earlier.some(lackedItsModel)) return false;
  const [name] = PROVIDERS.anthropic.envNames;
  const stored = await orUnreadable(
    context,
    task.userId,
    peekSecret(context, task.userId, { provider: "anthropic", name }),
  );
  if (stored === null) return false;
  const finding = await context.keyChecks.check("anthropic", stored.value);
  if (finding.verification !== "unverified") await saveFinding(context, stored, finding);
  const moved = await moveTask(context, task, {
    event: "machine.requeued",
    patch: { waitReason: writeWaitReason({ kind: "model_gone" }) },
    data: { reason: "model_unavailable" },
    endAttempt: "model_unavailable",
  });
  return moved.outcome === "moved";
}

const endedWith = z.object({ failureCode: z.string().optional() });
function lackedItsModel({ completion }: AttemptRow): boolean {
  if (completion === null) return false;
  return tryJson(endedWith, completion)?.failureCode === "model_unavailable";
}
