import { type FailureCode, FAILURES } from "@/lib/failures";
import { adviceFix } from "@/lib/fix";
import { AGENTS, type AgentId } from "@/lib/agents";
import { loadRunSettings, type RunSettings } from "@/server/settings/run-settings";
import { type MachineSize, mayHave } from "@/lib/machine-size";
import type { AppContext } from "@/server/context";
import { AppError } from "@/server/errors";

const DAY_MS = 24 * 3600_000;

type Cap = Extract<FailureCode, "daily_cap_person" | "daily_cap_repository">;

/**
 * Counts a run that somebody starts, or says which cap is reached: every door through which people start runs asks this
 * first. `id` is that of the wish, so that looking at it twice counts once. Attempts that Porter makes by itself after
 * faults are no starts.
 */
export async function countStart(
  context: AppContext,
  start: { id: string; userId: number; repositoryId: number },
): Promise<Cap | null> {
  const now = context.clock.now();
  const reached = await context.db.starts.take(
    { ...start, now: now.toISOString() },
    {
      since: new Date(now.getTime() - DAY_MS).toISOString(),
      perPerson: context.env.DAILY_RUNS_PER_PERSON,
      perRepository: context.env.DAILY_RUNS_PER_REPOSITORY,
    },
  );
  if (reached === null) return null;
  context.log.warn("start.capped", { ...start, reached });
  return reached === "person" ? "daily_cap_person" : "daily_cap_repository";
}

/** The same for whoever waits for the answer. @throws AppError (rate_limited) */
export async function requireStart(context: AppContext, start: Parameters<typeof countStart>[1]): Promise<void> {
  const reached = await countStart(context, start);
  if (reached !== null)
    throw new AppError("rate_limited", capSentence(context, reached), { fix: adviceFix("Try again tomorrow.") });
}

/** Which cap is reached, with its number. */
export function capSentence({ env }: AppContext, cap: Cap): string {
  const runs = cap === "daily_cap_person" ? env.DAILY_RUNS_PER_PERSON : env.DAILY_RUNS_PER_REPOSITORY;
  return `${FAILURES[cap].sentence} The limit is ${runs} ${runs === 1 ? "run" : "runs"} a day.`;
}

/** Whether the agent's calls can be counted, or its requester has switched it on anyway. */
export const mayRun = (agent: AgentId, settings: Pick<RunSettings, "agent">): boolean =>
  AGENTS[agent].isMetered || settings.agent(agent).enabled;

/** For whoever waits for the answer. @throws AppError (forbidden) for an agent that cannot be metered and is off */
export async function requireAgent(context: AppContext, userId: number, agent: AgentId): Promise<void> {
  if (AGENTS[agent].isMetered || mayRun(agent, await loadRunSettings(context, userId))) return;
  const { sentence, fix } = FAILURES.agent_unmetered;
  throw new AppError("forbidden", sentence, { field: "agent", fix });
}

/** For whoever waits for the answer. @throws AppError (forbidden) for a machine beyond the person's own settings */
export async function requireMachine(context: AppContext, userId: number, machine: MachineSize | null): Promise<void> {
  if (machine === null || mayHave(machine, (await loadRunSettings(context, userId)).config.largestMachine)) return;
  const { sentence, fix } = FAILURES.machine_too_large;
  throw new AppError("forbidden", sentence, { field: "machine", fix });
}
