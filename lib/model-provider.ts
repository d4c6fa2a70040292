import { AGENTS, type AgentId } from "./agents.ts";
import { PROVIDER_IDS, type ProviderId } from "./providers.ts";

const isProvider = (id: string): id is ProviderId => PROVIDER_IDS.some((known) => known === id);

/** The provider that pays for `model`: some agents name it in the model (`openai/…`), the others have one. */
export function providerFor(agent: AgentId, model: string | null): ProviderId {
  const { provider, namesProvider, defaultModel } = AGENTS[agent];
  const [named = ""] = namesProvider ? (model ?? defaultModel ?? "").split("/") : [];
  return isProvider(named) ? named : provider;
}
