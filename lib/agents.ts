/**
 * The agents that Porter can run (spec "Supported Agents"). `id` is what people type and what `Task.agent`
 * holds; `settingsKey` is the spec's name in `PorterConfig.agents`. Both are accepted as input.
 */
export const AGENT_IDS = ["opencode", "claude", "amp"] as const;
export type AgentId = (typeof AGENT_IDS)[number];
export const DEFAULT_AGENT: AgentId = "opencode";

export type AgentInfo = {
  id: AgentId;
  name: string;
  settingsKey: string;
  /** Provider (see `lib/providers.ts`) whose key a run needs, unless the model names another one. */
  provider: string;
  /** A family of models (lib/model-family.ts), for opencode with its provider; null: the vendor chooses. */
  defaultModel: string | null;
  docsUrl: string;
};

export const AGENTS: Record<AgentId, AgentInfo> = {
  opencode: {
    id: "opencode",
    name: "opencode",
    settingsKey: "opencode",
    provider: "anthropic",
    defaultModel: "anthropic/sonnet",
    docsUrl: "https://opencode.ai/docs",
  },
  claude: {
    id: "claude",
    name: "Claude Code",
    settingsKey: "claude-code",
    provider: "anthropic",
    defaultModel: "sonnet",
    docsUrl: "https://docs.anthropic.com/en/docs/claude-code",
  },
  amp: {
    id: "amp",
    name: "Amp",
    settingsKey: "amp",
    provider: "amp",
    defaultModel: null,
    docsUrl: "https://ampcode.com/manual",
  },
};

/** Coding agents people may ask for that Porter does not run; a mention of one is answered, never started. */
export const UNSUPPORTED_AGENTS = [
  "codex",
  "gemini",
  "cursor",
  "aider",
  "copilot",
  "goose",
  "devin",
  "jules",
  "cline",
] as const;

/** The agent that a typed name or a settings key stands for, or null. Case-insensitive. */
export function agentFromName(name: string): AgentId | null {
  const wanted = name.toLowerCase();
  for (const id of AGENT_IDS) if (id === wanted || AGENTS[id].settingsKey === wanted) return id;
  return null;
}
