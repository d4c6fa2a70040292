import type { AgentId } from "@/lib/agents";
import type { Via } from "@/lib/audit";
import type { MachineSize } from "@/lib/machine-size";
import type { AppContext } from "@/server/context";
import type { TaskRow } from "@/server/db/task-store";
import { AppError } from "@/server/errors";
import { type Permit, whenPermitted } from "@/server/repositories/gate";
import { type BeforeARun, NOTHING_BEFORE, withBranch } from "@/server/repositories/before-a-run";
import { branchAfter } from "../attempt/attempt-plan";
import { moveTask } from "../moves";
import { endedRun } from "./undo-retry";
import { adviceFix } from "@/lib/fix";

/**
 * Starts a failed or timed-out task again: same prompt, new attempt, branch with a suffix. What came of the attempts
 * before stays theirs; the task no longer points at them. `moveId`: of a command that is done once, however often it is
 * looked at.
 */
export async function retryTask(
  context: AppContext,
  task: TaskRow,
  input: {
    /** Its owner's login. */
    by: string;
    permit: Permit;
    /** Default: as the request came. */
    via?: Via;
    before?: BeforeARun;
    moveId?: string;
  },
): Promise<{ retried: boolean; task: TaskRow }> {
  requireFailed(task);
  if (task.status === "queued" || task.status === "running") return { retried: false, task };
  const result = await moveTask(context, task, {
    event: "user.retried",
    patch: {
      branch: nextBranch(task, input.before ?? NOTHING_BEFORE),
      earlierAttempts: task.attempt,
      // They may have taken another login.
      createdBy: input.by,
      permittedAt: whenPermitted(input.permit, task),
      // Whatever could not be read may have been corrected.
      quarantinedAt: null,
    },
    data: { by: input.by, byId: input.permit.userId, via: input.via ?? context.via, ended: endedRun(task) },
    ...(input.moveId === undefined ? {} : { moveId: input.moveId }),
  });
  const fresh = (await context.db.tasks.get(task.id)) ?? task;
  if (result.outcome === "moved") await context.enqueue([{ kind: "task", id: task.id }]);
  return { retried: result.outcome === "moved", task: fresh };
}

/** Null where the first attempt finds one. It avoids what blocks the usual ones. */
function nextBranch({ id, branch }: TaskRow, before: BeforeARun): string | null {
  const around = withBranch(id, before).branch;
  if (around !== null && branch?.startsWith(around) !== true) return around;
  return branch === null ? null : branchAfter(id, branch);
}

/** @throws AppError (conflict) for a task that succeeded */
export function requireFailed({ status }: TaskRow): void {
  if (status === "success")
    throw new AppError("conflict", "This task succeeded; there is nothing to retry.", {
      fix: adviceFix("Comment a new command to ask for more."),
    });
}

/** A new task that links the old one: another person, another agent or other instructions. */
export async function retryAsNewTask(
  context: AppContext,
  old: TaskRow,
  input: {
    /** Of a wish that makes one task however often it is sent; default: a new one. */
    id?: string;
    userId: number;
    login: string;
    permit: Permit;
    before: BeforeARun;
    agent: AgentId;
    model: string | null;
    prompt: string;
    promptOmissions: string;
    contextFiles: string | null;
    instructions: string;
    /** Default: as the old one. */
    baseBranch?: string | null;
    machine?: MachineSize | null;
    askedBudgetUsd?: number | null;
    priority?: number;
    mentionId: string | null;
    commentId: number | null;
  },
): Promise<string> {
  const now = context.clock.now().toISOString();
  const made = withBranch(input.id ?? context.ids.taskId(), input.before);
  const id = await context.db.tasks.create({
    now,
    moveId: context.ids.uuid(),
    event: {
      kind: "task.created",
      data: { parentTaskId: old.id, via: input.mentionId === null ? context.via : "comment" },
    },
    task: {
      ...made,
      userId: input.userId,
      createdBy: input.login,
      mentionId: input.mentionId,
      parentTaskId: old.id,
      installationId: old.installationId,
      repositoryId: old.repositoryId,
      repoOwner: old.repoOwner,
      repoName: old.repoName,
      issueNumber: old.issueNumber,
      issueTitle: old.issueTitle,
      issueBody: old.issueBody,
      issueAuthor: old.issueAuthor,
      commentId: input.commentId,
      agent: input.agent,
      model: input.model,
      baseBranch: input.baseBranch === undefined ? old.baseBranch : input.baseBranch,
      machine: input.machine === undefined ? old.machine : input.machine,
      askedBudgetUsd: input.askedBudgetUsd === undefined ? old.askedBudgetUsd : input.askedBudgetUsd,
      priority: input.priority ?? old.priority,
      instructions: input.instructions,
      prompt: input.prompt,
      promptOmissions: input.promptOmissions,
      contextFiles: input.contextFiles,
      setUp: old.setUp,
      timeoutMinutes: old.timeoutMinutes,
      maxRetries: old.maxRetries,
      pollIntervalSeconds: old.pollIntervalSeconds,
      status: "queued",
      phase: "queued",
      progress: 0,
      attempt: 0,
      permittedAt: whenPermitted(input.permit, { userId: input.userId, repositoryId: old.repositoryId }),
      version: 1,
      dueAt: now,
      createdAt: now,
      updatedAt: now,
    },
  });
  await context.enqueue([{ kind: "task", id }]);
  return id;
}
