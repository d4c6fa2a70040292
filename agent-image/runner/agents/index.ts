import type { AgentId } from "../../../lib/agents.ts";
import type { Agent } from "./agent.ts";
import { amp } from "./amp.ts";
import { claude } from "./claude.ts";
import { opencode } from "./opencode.ts";

/** The agents that this machine can run. */
export const AGENT_RUNNERS: Record<AgentId, Agent> = { opencode, claude, amp };
