import { z } from "zod";
import { AGENT_IDS } from "./agents.ts";
import { taskRowSchema } from "./live.ts";
import { networkReportSchema } from "./agent-protocol.ts";
import { PULL_STATES } from "./pull-state.ts";
import { phaseTimesSchema } from "./phase-times.ts";
import { setUpReportSchema } from "./set-up/protocol.ts";
import { toolchainSchema } from "./toolchain.ts";

const count = z.number().int().min(0);

/** What the pages read besides the tasks themselves. */
export const taskPageSchema = z.object({ tasks: z.array(taskRowSchema), nextCursor: z.string().nullable() });
export type TaskPage = z.infer<typeof taskPageSchema>;

/** Tasks in each section of the list; `done`: what ended in the last 24 hours and needs nobody. */
export const taskCountsSchema = z.object({
  attention: count,
  running: count,
  queued: count,
  done: count,
  /** Ids of what is queued, in the order in which it starts (lib/queue.ts). */
  line: z.array(z.string()),
  /** `owner/name` of recent tasks, by name. */
  repositories: z.array(z.string()),
  /** The number of the newest change when this was read: a stream from here on misses nothing (lib/live.ts). */
  seq: count,
});
export type TaskCounts = z.infer<typeof taskCountsSchema>;

const omission = z.object({ where: z.string(), what: z.string(), count });
/**
 * The prompt exactly as the agent got it; what was left out of what people wrote, and how often; what `stays` although
 * GitHub folds or draws it; and what is whole and `unheard`, with the reason.
 */
export const promptViewSchema = z.object({
  prompt: z.string(),
  omissions: z.array(omission),
  stays: z.array(omission),
  unheard: z.array(omission),
});
export type PromptView = z.infer<typeof promptViewSchema>;

/** A task's pull request as it is on GitHub now; null when GitHub does not tell. */
export const pullViewSchema = z
  .object({
    number: count,
    title: z.string(),
    url: z.string(),
    state: z.enum(PULL_STATES),
    commits: count,
    additions: count,
    deletions: count,
    changedFiles: count,
    /** Check runs and statuses of its newest commit; null where the App may not see them. */
    checks: z.object({ passed: count, failed: count, running: count }).nullable(),
  })
  .nullable();
export type PullView = z.infer<typeof pullViewSchema>;

/** One machine life of a task. Instants are ISO. */
export const attemptViewSchema = z.object({
  attempt: count,
  branch: z.string(),
  machineName: z.string(),
  machineId: z.string().nullable(),
  region: z.string().nullable(),
  records: count,
  /** When each phase began and was done. */
  phaseTimes: phaseTimesSchema,
  /** Whether its network was sealed, and what it was refused; null: it did not say. */
  network: networkReportSchema.nullable(),
  /** What its image has for the repository's own commands, name → version; null: it did not say. */
  toolchain: toolchainSchema.nullable(),
  /** How its set-up ended; null: not said. */
  setUpReport: setUpReportSchema.nullable(),
  heartbeatAt: z.string().nullable(),
  startedAt: z.string().nullable(),
  deadlineAt: z.string(),
  endedAt: z.string().nullable(),
  /** A failure code, or what the machine said. */
  endReason: z.string().nullable(),
  exitCode: z.number().int().nullable(),
  outOfMemory: z.boolean().nullable(),
  createdAt: z.string(),
});
export type AttemptView = z.infer<typeof attemptViewSchema>;

export const taskStatsSchema = z.object({
  /** Only days with tasks, ascending. `other` was stopped by somebody or had nothing to change. */
  days: z.array(
    z.object({
      day: z.string(),
      success: count,
      failed: count,
      other: count,
      costUsd: z.number(),
    }),
  ),
  agents: z.array(
    z.object({
      agent: z.enum(AGENT_IDS),
      tasks: count,
      succeeded: count,
      failed: count,
      medianMs: z.number().nullable(),
      costUsd: z.number(),
    }),
  ),
});
export type TaskStats = z.infer<typeof taskStatsSchema>;
