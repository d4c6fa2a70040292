import type { NetworkReport, AgentPlan } from "@/lib/agent-protocol";
import type { AgentId } from "@/lib/agents";
import type { PhaseState } from "@/lib/phases";
import type { QueuePosition } from "@/lib/queue";
import type { SetUp } from "@/lib/set-up/find";
import type { SetUpReport } from "@/lib/set-up/protocol";
import type { FailureCode } from "@/lib/failures";
import type { TaskPhase, TaskStatus } from "@/lib/task";
import type { WaitReason } from "@/lib/wait-reason";
import type { WorkLocation } from "@/lib/work-location";
import type { DiffStats } from "./figures";

/**
 * All that the tracking comment says of a task. Instants are ISO 8601, durations milliseconds, URLs complete;
 * texts of agent and user come raw, the renderer neutralises them.
 */
export type TrackingView = {
  taskId: string;
  /** The task's version that this text reports (`reported_version`). */
  rev: number;
  status: TaskStatus;
  phase: TaskPhase;
  failureCode: FailureCode | null;
  /** More exact than the code's own sentence, without a full stop, e.g. `Anthropic refused the key (401)`. */
  failureDetail: string | null;
  /** What a queued task waits for the requester to do. */
  blockedReason: FailureCode | null;
  /** Name of the provider whose key is missing, e.g. `Anthropic`. */
  providerName: string | null;
  /** Of a queued task that nothing blocks. */
  queue: QueuePosition | null;
  /** What it waits for besides its turn. */
  waitReason: WaitReason | null;
  /** What runs of this repository take, once there are enough of them. */
  typicalRunMs: number | null;
  agent: AgentId;
  model: string | null;
  requester: string;
  /** Page of this task, and Porter's public URL without a slash at its end. */
  runUrl: string;
  publicUrl: string;
  /** What commands begin with, without `@`. */
  mention: string;
  /** How its machines are set up; null: nothing is known, as of a task of before. */
  setUp: Pick<SetUp, "from" | "run" | "start" | "services" | "problems"> | null;
  /** How that ended in this attempt; null: not said. */
  setUpReport: SetUpReport | null;
  /** The machine's network could not be sealed. */
  networkOpen: Pick<NetworkReport, "reason"> | null;
  attempt: number;
  /** Why there is more than one attempt, e.g. `machine was lost at 14:05`. */
  attemptNote: string | null;
  /** Where each part of this attempt stands, in order; none before there is one. */
  phases: readonly PhaseState[];
  /** The instant that this text speaks of. */
  now: string;
  deadlineAt: string | null;
  timeLimitMs: number;
  steps: number;
  /** The agent's last step in one line, and since when it runs, if it still did. */
  lastStep: string | null;
  lastStepMs: number | null;
  /** Where the agent keeps a plan: how far it is. */
  plan: AgentPlan | null;
  pullRequest: { number: number; title: string; url: string; draft: boolean } | null;
  /** What became of it; null: it is open still. `afterMs`: since it was opened. */
  pullEnd: { is: "merged"; by: string | null; afterMs: number | null } | { is: "closed" } | null;
  /** The agent's last message, Markdown. */
  summary: string | null;
  diff: DiffStats | null;
  durationMs: number | null;
  costUsd: number | null;
  /** All attempts together. */
  spentUsd: number;
  budgetUsd: number | null;
  /** Input and output together. */
  tokens: number | null;
  /** Of a task that is over: where its work is. */
  where: WorkLocation;
  stopped: { by: string; at: string } | null;
  logTail: string | null;
};
