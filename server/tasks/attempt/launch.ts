import { z } from "zod";
import { PROTOCOL_VERSION, machineFileSchema } from "@/lib/agent-protocol";
import type { Failed } from "@/lib/obligations";
import { imageOf } from "@/lib/machine-image";
import { MACHINES, cappedSize } from "@/lib/machine-size";
import { PRIORITIES, TASK_ID_PATTERN } from "@/lib/task";
import type { StoredConfig } from "@/lib/porter-config";
import type { AppContext } from "@/server/context";
import type { AttemptRow, TaskRow } from "@/server/db/task-store";
import { MachineError, type FlyCredentials, type Machine, type MachineSpec } from "@/server/machines/port";
import { isPermitFresh } from "@/server/repositories/gate";
import { deriveClaimToken } from "./attempt-plan";
import { setUpOf } from "../set-up";
import { passGate } from "../pass-gate";
import { failedOf } from "../postpone-obligation";
import { flyRefusal } from "./refused-secret";
import { checkRequirements, noteRunSecrets } from "./requirements";
import { budgetOf, spentBy } from "../spending";
import type { RunSettings } from "@/server/settings/run-settings";
import { spentWords } from "@/lib/budget";
import type { FailureCode } from "@/lib/failures";
import { withTexts } from "../texts/texts";

/**
 * The launch contract: everything a run needs, checked before Fly is asked. Each message
 * is one clear failure for one missing part.
 */
const launchContractSchema = z.object({
  taskId: z.string().regex(TASK_ID_PATTERN, "TASK_ID is missing or malformed"),
  repository: z.object({
    id: z.number().int().positive("the repository's id is missing"),
    owner: z.string().min(1, "the repository's owner is missing"),
    name: z.string().min(1, "the repository's name is missing"),
  }),
  installationId: z.number().int().positive("the App's installation is missing"),
  prompt: z.string().min(1, "the prompt is empty"),
  porterUrl: z.url("PUBLIC_URL, where the machine calls back, is missing"),
  claimToken: z.string().min(32, "the claim token is missing"),
  image: z.string().min(1, "AGENT_IMAGE is missing"),
  providerKeys: z
    .record(z.string(), z.string().min(1))
    .refine((keys) => Object.keys(keys).length > 0, "the provider's key is missing"),
  fly: z.object({
    token: z.string().min(1, "the Fly token is missing"),
    app: z.string().min(1, "the Fly app is missing"),
  }),
});
export type LaunchResult =
  | { outcome: "launched" }
  /** Not now: the launch rate of the app, or nobody needs it any more. */
  | { outcome: "wait"; failed: Failed }
  /** The requester may not have it any more, and the task has ended. */
  | { outcome: "ended" }
  /** GitHub does not say whether the requester may still have it. */
  | { outcome: "unsure" }
  | { outcome: "blocked"; blockedReason: FailureCode }
  | { outcome: "capacity"; message: string }
  | { outcome: "failed"; code: FailureCode; message: string | null; said?: string };

/** Fly takes one create a second and three at once, an app. */
const LAUNCH_WINDOW_MS = 3000;

/** Nobody was asked. */
const soon = (message: string): LaunchResult => ({
  outcome: "wait",
  failed: { message, waitMs: 1000, isFree: true },
});

/** Asks Fly for the attempt's machine. The intent is a row before the call; adoption comes after. */
export async function launchMachine(context: AppContext, task: TaskRow, attempt: AttemptRow): Promise<LaunchResult> {
  const now = context.clock.now();
  const requirements = await checkRequirements(context, task);
  if (!requirements.ok) return { outcome: "blocked", blockedReason: requirements.blockedReason };
  const spent = await spentBefore(context, { task, attempt, settings: requirements.settings });
  if (spent !== null) return { outcome: "failed", code: "budget_spent", message: spent };
  const passage = await passGate(context, task, { door: "launch", settings: requirements.settings });
  if (passage.is !== "granted") return { outcome: passage.is === "ended" ? "ended" : "unsure" };
  const claimToken = await deriveClaimToken(context, attempt);
  const contract = launchContractSchema.safeParse({
    taskId: task.id,
    repository: { id: task.repositoryId, owner: task.repoOwner, name: task.repoName },
    installationId: task.installationId,
    prompt: (await withTexts(context, task)).prompt,
    porterUrl: context.env.PUBLIC_URL,
    claimToken,
    image: context.env.AGENT_IMAGE,
    providerKeys: requirements.keys,
    fly: requirements.fly,
  });
  if (!contract.success)
    return {
      outcome: "failed",
      code: "launch_contract",
      message: contract.error.issues.map((issue) => issue.message).join("; "),
    };

  const isIntended = await context.db.attempts.intendLaunch({
    taskId: task.id,
    attempt: attempt.attempt,
    flyApp: attempt.flyApp,
    now: now.toISOString(),
    since: new Date(now.getTime() - LAUNCH_WINDOW_MS).toISOString(),
  });
  if (!isIntended) return soon("too many launches in this app");

  const credentials: FlyCredentials = { token: requirements.fly.token, app: attempt.flyApp };
  try {
    const launched = await findLaunched(context, { credentials, attempt });
    // What was slow in between may have taken longer than GitHub's answer counts.
    if (launched === null && !isPermitFresh(context, "launch", passage.permit.askedAt))
      return soon("GitHub is to be asked again");
    const { machine, adopted } =
      launched ??
      (await context.machines.launch(credentials, {
        ...specOf(context, { task, attempt, claimToken }),
        guest: guestFor(task, requirements.settings.config),
      }));
    await Promise.all([
      context.db.attempts.adoptMachine({
        taskId: task.id,
        attempt: attempt.attempt,
        machineId: machine.id,
        state: machine.state,
        region: machine.region,
        now: context.clock.now().toISOString(),
      }),
      noteRunSecrets(context, requirements),
    ]);
    context.log.info("machine.launched", { taskId: task.id, attempt: attempt.attempt, machineId: machine.id, adopted });
    return { outcome: "launched" };
  } catch (error) {
    if (!(error instanceof MachineError)) throw error;
    context.log.warn("machine.launch_failed", {
      taskId: task.id,
      attempt: attempt.attempt,
      kind: error.failure.kind,
      message: error.failure.message,
    });
    if (error.failure.kind === "rejected") {
      const { failureCode: code } = error.failure;
      const blockedReason = await flyRefusal(context, { userId: task.userId, token: credentials.token, code });
      if (blockedReason !== null) return { outcome: "blocked", blockedReason };
    }
    return afterFailure(error);
  }
}

/** Of a task that has nothing left to spend: what it was; null: a machine is worth starting. */
async function spentBefore(
  context: AppContext,
  { task, attempt, settings }: { task: TaskRow; attempt: AttemptRow; settings: RunSettings },
): Promise<string | null> {
  const budgetUsd = budgetOf(task, settings);
  if (budgetUsd === null) return null;
  const attempts = await context.db.attempts.ofTask(task.id);
  const spentUsd = spentBy(attempts.filter((one) => one.attempt < attempt.attempt));
  return spentUsd < budgetUsd ? null : spentWords(spentUsd, budgetUsd);
}

type OfMachine = { task: TaskRow; attempt: AttemptRow; claimToken: string };

/** The attempt's machine but for its size. */
const specOf = ({ env }: AppContext, { task, attempt, claimToken }: OfMachine): Omit<MachineSpec, "guest"> => ({
  name: attempt.machineName,
  taskId: attempt.taskId,
  attempt: attempt.attempt,
  region: attempt.region,
  image: imageOf(env, { image: setUpOf(task).image, agent: task.agent }),
  deadlineAt: attempt.deadlineAt,
  origin: env.PUBLIC_URL,
  taskFile: JSON.stringify(
    machineFileSchema.parse({
      protocol: PROTOCOL_VERSION,
      taskId: attempt.taskId,
      attempt: attempt.attempt,
      porterUrl: env.PUBLIC_URL,
      claimToken,
    }),
  ),
});

/**
 * The size that the command asked for, as far as its owner's settings allow it by now. Else priority mode lets a
 * high-priority task have a machine of its own; else the size of the settings.
 */
function guestFor(task: TaskRow, config: StoredConfig): Parameters<AppContext["machines"]["launch"]>[1]["guest"] {
  if (task.machine !== null) return MACHINES[cappedSize(task.machine, config.largestMachine)];
  const isLarge = config.executionMode === "priority" && task.priority === PRIORITIES.high;
  return isLarge && config.priorityGuest !== null
    ? { ...config.priorityGuest, cpuKind: "shared" }
    : MACHINES[config.machineSize];
}

/** Before any re-create, ended machines are looked at too: Fly gives the name of a destroyed one away again. */
async function findLaunched(
  context: AppContext,
  input: { credentials: FlyCredentials; attempt: AttemptRow },
): Promise<{ machine: Machine; adopted: true } | null> {
  if (input.attempt.launchIntentAt === null) return null;
  const found = (await context.machines.findByTask(input.credentials, input.attempt.taskId)).find(
    (machine) => machine.attempt === input.attempt.attempt,
  );
  return found === undefined ? null : { machine: found, adopted: true };
}

function afterFailure(error: MachineError): LaunchResult {
  const { failure } = error;
  switch (failure.kind) {
    case "rejected":
      return { outcome: "failed", code: failure.failureCode, message: null, said: failure.message };
    case "capacity":
      return { outcome: "capacity", message: failure.message };
    case "rate_limited":
    case "unknown_outcome":
    case "unavailable":
      return { outcome: "wait", failed: failedOf(error) };
  }
}
