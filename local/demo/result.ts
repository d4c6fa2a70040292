import type { AgentId } from "../../lib/agents.ts";
import type { TaskPhase, TaskStatus } from "../../lib/task.ts";

/** The last line of `--json` when everything is true. */
export type DemoSuccess = {
  ok: true;
  agent: AgentId;
  task: { id: string; status: TaskStatus; phase: TaskPhase; durationMs: number };
  pullRequest: {
    number: number;
    url: string;
    title: string;
    head: string;
    base: string;
    commits: number;
    filesChanged: number;
    additions: number;
    deletions: number;
  };
  trackingComment: { id: number; edits: number; body: string };
  labels: string[];
  reactions: string[];
  machine: { id: string; state: string; exitCode: number };
  timings: {
    commentToAckMs: number;
    ackToMachineMs: number;
    machineToAgentMs: number;
    agentMs: number;
    agentToPullRequestMs: number;
    totalMs: number;
  };
  dashboardUrl: string;
};

/** … and when not: why, and what Porter answered on the issue, if anything. */
export type DemoFailure = { ok: false; reason: string; reply: string | null };

export type DemoOutcome = { result: DemoSuccess; diff: string } | { result: DemoFailure };
