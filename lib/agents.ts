import { AMP } from "./agents/amp.ts";
import { CLAUDE } from "./agents/claude.ts";
import { CODEX } from "./agents/codex.ts";
import type { AgentManifest } from "./agents/manifest.ts";
import { OPENCODE } from "./agents/opencode.ts";
import { PROVIDER_IDS, PROVIDERS, type ProviderId } from "./providers.ts";

/** The agents that Porter can run, as people see them in lists; the first is the one that runs when none is named. */
export const AGENT_IDS = [OPENCODE.id, CLAUDE.id, CODEX.id, AMP.id] as const;
export type AgentId = (typeof AGENT_IDS)[number];
export type AgentInfo = AgentManifest & { readonly id: AgentId };

export const AGENTS: Record<AgentId, AgentInfo> = {
  [OPENCODE.id]: OPENCODE,
  [CLAUDE.id]: CLAUDE,
  [CODEX.id]: CODEX,
  [AMP.id]: AMP,
};
export const DEFAULT_AGENT: AgentId = AGENT_IDS[0];

/** Coding agents people may ask for that Porter does not run; a mention of one is answered, never started. */
export const UNSUPPORTED_AGENTS = ["gemini", "cursor", "aider", "copilot", "goose", "devin", "jules", "cline"] as const;

/** Every word that stands for the agent. */
export const namesOf = (agent: AgentId): readonly string[] => [agent, ...AGENTS[agent].aliases];

/** The agent that a typed name or a settings key stands for, or null. Case-insensitive. */
export const agentFromName = (name: string): AgentId | null =>
  AGENT_IDS.find((id) => namesOf(id).includes(name.toLowerCase())) ?? null;

/** The providers whose keys it can run on, the usual one first. */
export function providersOf(agent: AgentId): ProviderId[] {
  const { provider, namesProvider } = AGENTS[agent];
  const others = PROVIDER_IDS.filter((id) => id !== provider && namesProvider && PROVIDERS[id].servesModels);
  return [provider, ...others];
}
