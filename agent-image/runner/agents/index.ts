import type { AgentId } from "../../../lib/agents.ts";
import type { Agent } from "./agent.ts";
import { amp } from "./amp/runner.ts";
import { claude } from "./claude/runner.ts";
import { codex } from "./codex/runner.ts";
import { opencode } from "./opencode/runner.ts";

/** The agents that this machine can run. */
export const AGENT_RUNNERS: Record<AgentId, Agent> = { opencode, claude, codex, amp };
