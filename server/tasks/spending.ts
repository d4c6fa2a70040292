import type { Spent } from "@/lib/agent-protocol";
import { leastBudget } from "@/lib/budget";
import type { AttemptRow, TaskRow } from "@/server/db/task-store";
import type { RunSettings } from "@/server/settings/run-settings";

/** What the runner's key proxy counted, as an attempt keeps it. */
export const spentFields = ({ costUsd, inputTokens, outputTokens }: Spent) => ({ costUsd, inputTokens, outputTokens });

/** What the task may spend, all its attempts together; null: nobody set a limit. */
export const budgetOf = (
  task: Pick<TaskRow, "askedBudgetUsd">,
  { config }: Pick<RunSettings, "config">,
): number | null => leastBudget(task.askedBudgetUsd, config.budget);

/** What attempts of a task have cost, those of earlier runs too: a retry goes on with the same budget. */
export const spentBy = (attempts: readonly Pick<AttemptRow, "costUsd">[]): number =>
  attempts.reduce((sum, { costUsd }) => sum + (costUsd ?? 0), 0);
