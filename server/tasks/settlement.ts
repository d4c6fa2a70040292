import type { CompleteRequest } from "@/lib/agent-protocol";
import type { FailureCode } from "@/lib/failures";
import type { AppContext } from "@/server/context";
import type { AttemptRow, OutcomePatch, TaskRow } from "@/server/db/task-store";
import { spentWords } from "@/lib/budget";
import { failTask, moveTask } from "./moves";
import { spentBy } from "./spending";
import type { DueObligation } from "./postpone-obligation";

/** `outcome`: of the machine's words what only it can know. */
export type Settlement = DueObligation & { completion: CompleteRequest; outcome: OutcomePatch };

/** Ends the task as its machine says that it failed. */
export async function endAsFailed(context: AppContext, settlement: Settlement, outcome: OutcomePatch) {
  const { task, completion } = settlement;
  const code: FailureCode = completion.failureCode ?? "agent_failed";
  const message = code === "budget_spent" ? await whatWasSpent(context, settlement) : (completion.message ?? null);
  if (completion.status === "timed_out" || code === "timed_out") {
    await moveTask(context, task, {
      event: "clock.timed_out",
      patch: { failureCode: "timed_out", errorMessage: message },
      outcome,
      endAttempt: "timed_out",
    });
  } else await failTask(context, task, { code, message, outcome });
}

/** By what Porter knows of the task's attempts; null: it knows of no budget. */
async function whatWasSpent(context: AppContext, { task, attempt, completion }: Settlement): Promise<string | null> {
  if (attempt.budgetUsd === null) return null;
  const others = (await context.db.attempts.ofTask(task.id)).filter((one) => one.attempt !== attempt.attempt);
  return spentWords(spentBy(others) + (completion.spent?.costUsd ?? 0), attempt.budgetUsd);
}

/** The attempt's outcome, told where the task still shows it. */
export async function reportLateWork(
  context: AppContext,
  task: TaskRow,
  { attempt, outcome }: { attempt: AttemptRow; outcome: OutcomePatch },
): Promise<void> {
  await context.db.attempts.update(task.id, attempt.attempt, outcome);
  if (attempt.attempt <= task.earlierAttempts) return;
  await context.db.tasks.transition({
    id: task.id,
    attempt: attempt.attempt,
    from: [task.status],
    patch: {},
    event: { kind: "machine.said_goodbye", data: { hasWork: outcome.savedBranch != null } },
    moveId: context.ids.uuid(),
    now: context.clock.now().toISOString(),
  });
}
