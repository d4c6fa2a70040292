import { AGENTS, type AgentId } from "./agents.ts";
import { PROVIDER_IDS, type ProviderId } from "./providers.ts";

const isProvider = (id: string): id is ProviderId => PROVIDER_IDS.some((known) => known === id);

/** The provider that pays for `model`: opencode names it in the model (`openai/…`), the others have one. */
export function providerFor(agent: AgentId, model: string | null): ProviderId {
  const named =
    agent === "opencode" ? (model ?? AGENTS.opencode.defaultModel ?? "").split("/")[0] : AGENTS[agent].provider;
  return named !== undefined && isProvider(named) ? named : "anthropic";
}
