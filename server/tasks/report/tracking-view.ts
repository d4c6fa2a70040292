import { type AgentPlan, planSchema } from "@/lib/agent-protocol";
import { AGENTS } from "@/lib/agents";
import { tryJson } from "@/lib/json";
import { providerFor } from "@/lib/model-provider";
import { PROVIDERS } from "@/lib/providers";
import { type AttemptEnd, type PhaseState, phaseStates } from "@/lib/phases";
import { readPhaseTimes } from "@/lib/phase-times";
import { isTerminal } from "@/lib/task";
import { endingOf } from "@/lib/task-state";
import type { TrackingView } from "@/server/replies/tracking-view";
import type { AppContext } from "@/server/context";
import type { AttemptRow, TaskRow } from "@/server/db/task-store";
import { reportOfSetUp, setUpOf } from "../set-up";
import { reportOf } from "../attempt/network";
import { runUrl } from "../urls";
import { spentBy } from "../spending";
import { workFacts } from "../read/work-facts";
import type { TaskSnapshot } from "../owed";
import { workLocationOf } from "@/lib/work-location";
import { readWaitReason } from "@/lib/wait-reason-schema";

/** What the tracking comment says of the task now. */
export async function trackingView(
  context: AppContext,
  { task, attempts }: Pick<TaskSnapshot, "task" | "attempts">,
): Promise<TrackingView> {
  // The last attempt of an earlier run may still have something to save: that is not told of this one.
  const current = attempts.find(({ attempt }) => attempt === task.attempt && attempt > task.earlierAttempts) ?? null;
  const now = context.clock.now().toISOString();
  const sets = isTerminal(task.status) ? await context.db.changeSets.ofTask(task.id) : [];
  return {
    taskId: task.id,
    rev: task.version,
    status: task.status,
    phase: task.phase,
    failureCode: task.failureCode,
    failureDetail: task.errorMessage,
    blockedReason: task.blockedReason,
    providerName: PROVIDERS[providerFor(task.agent, task.model)].name,
    ...(await queueOf(context, task)),
    agent: task.agent,
    model: task.model ?? AGENTS[task.agent].defaultModel,
    requester: task.createdBy,
    setUp: task.setUp === null ? null : setUpOf(task),
    setUpReport: current === null ? null : reportOfSetUp(current),
    networkOpen: openNetwork(current),
    runUrl: runUrl(context, task.id),
    publicUrl: context.env.PUBLIC_URL,
    mention: context.env.MENTION,
    attempt: Math.max(1, task.attempt),
    attemptNote: lossOf(attempts, task),
    phases: phasesOf(task, current),
    now,
    deadlineAt: current?.deadlineAt ?? null,
    timeLimitMs: task.timeoutMinutes * 60_000,
    steps: task.steps,
    lastStep: task.lastStep,
    plan: planOf(current),
    lastStepMs: null,
    pullRequest:
      task.prNumber === null || task.prUrl === null
        ? null
        : { number: task.prNumber, url: task.prUrl, title: task.prTitle ?? "", draft: task.prDraft === true },
    pullEnd: pullEndOf(task),
    summary: task.summary,
    diff:
      task.filesChanged === null || task.filesChanged === 0
        ? null
        : { files: task.filesChanged, additions: task.additions ?? 0, deletions: task.deletions ?? 0 },
    durationMs: durationOf(task, now),
    costUsd: task.costUsd,
    spentUsd: spentBy(attempts),
    budgetUsd: task.budgetUsd,
    tokens: spentTokens(task),
    where: workLocationOf(workFacts(context, { task, attempts, sets })),
    stopped: task.stoppedBy === null ? null : { by: task.stoppedBy, at: task.completedAt ?? now },
    logTail: task.logTail,
  };
}

function pullEndOf({ prState, prMergedBy: by, prEndedAt, completedAt }: TaskRow): TrackingView["pullEnd"] {
  if (prState === "closed") return { is: "closed" };
  if (prState !== "merged") return null;
  const afterMs = prEndedAt === null || completedAt === null ? null : Date.parse(prEndedAt) - Date.parse(completedAt);
  // A task that went on after its pull request was merged did not wait for it.
  return { is: "merged", by, afterMs: afterMs === null || afterMs < 0 ? null : afterMs };
}

async function queueOf(
  context: AppContext,
  task: TaskRow,
): Promise<Pick<TrackingView, "queue" | "waitReason" | "typicalRunMs">> {
  const waitReason = readWaitReason(task.waitReason);
  if (task.status !== "queued" || task.blockedReason !== null) return { queue: null, waitReason, typicalRunMs: null };
  const [queue, typicalRunMs] = await Promise.all([
    context.db.tasks.queuePosition(task),
    context.db.tasks.typicalRunMs(task.repositoryId),
  ]);
  return { queue, waitReason, typicalRunMs };
}

const phasesOf = (task: TaskRow, attempt: AttemptRow | null): PhaseState[] =>
  attempt === null ? [] : phaseStates(readPhaseTimes(attempt.phaseTimes), endOf(task));

function endOf(task: TaskRow): AttemptEnd {
  if (!isTerminal(task.status)) return { is: "open" };
  const at = Date.parse(task.completedAt ?? task.updatedAt);
  return { is: endingOf(task), at };
}

function openNetwork(attempt: AttemptRow | null): TrackingView["networkOpen"] {
  const report = attempt === null ? null : reportOf(attempt);
  return report?.seal === "open" ? { reason: report.reason } : null;
}

const planOf = (attempt: AttemptRow | null): AgentPlan | null => tryJson(planSchema, attempt?.plan ?? "null") ?? null;

/** Null when the agent reports none. */
const spentTokens = (task: TaskRow): number | null => (task.inputTokens ?? 0) + (task.outputTokens ?? 0) || null;

const durationOf = (task: TaskRow, now: string): number | null =>
  task.startedAt === null
    ? null
    : Date.parse(isTerminal(task.status) ? (task.completedAt ?? now) : now) - Date.parse(task.startedAt);

/** Why this is not the first attempt, when a machine was lost. */
function lossOf(attempts: AttemptRow[], task: TaskRow): string | null {
  const before = attempts.find((attempt) => attempt.attempt === task.attempt - 1);
  if (before?.endReason === "machine_lost") return `machine was lost at ${before.endedAt?.slice(11, 16) ?? "?"}`;
  if (before?.endReason === "machine_never_started") return "the machine before did not start";
  return null;
}
