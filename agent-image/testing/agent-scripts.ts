import type { AgentId } from "../../lib/agents.ts";
import { ampScript } from "../runner/agents/amp/script.ts";
import { claudeScript } from "../runner/agents/claude/script.ts";
import { codexScript } from "../runner/agents/codex/script.ts";
import { openCodeScript } from "../runner/agents/opencode/script.ts";
import type { AgentScript } from "./agent-script.ts";

export const AGENT_SCRIPTS: Record<AgentId, AgentScript> = {
  opencode: openCodeScript,
  claude: claudeScript,
  codex: codexScript,
  amp: ampScript,
};
