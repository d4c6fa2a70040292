import { AGENTS, type AgentId } from "@/lib/agents";
import { FAILURES } from "@/lib/failures";
import type { AppContext } from "@/server/context";
import { AppError } from "@/server/errors";
import { loadRunSettings, type RunSettings } from "@/server/settings/run-settings";

/** Whether the agent's calls can be counted, or its requester has switched it on anyway. */
export const mayRun = (agent: AgentId, settings: Pick<RunSettings, "agent">): boolean =>
  AGENTS[agent].isMetered || settings.agent(agent).enabled;

/** For whoever waits for the answer. @throws AppError (forbidden) for an agent that cannot be metered and is off */
export async function requireAgent(context: AppContext, userId: number, agent: AgentId): Promise<void> {
  if (AGENTS[agent].isMetered || mayRun(agent, await loadRunSettings(context, userId))) return;
  const { sentence, fix } = FAILURES.agent_unmetered;
  throw new AppError("forbidden", sentence, { field: "agent", fix });
}
