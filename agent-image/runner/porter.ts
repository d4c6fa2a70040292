import type { CompleteRequestInput, GitCredential, ProgressRequest } from "../../lib/agent-protocol.ts";

/** Porter's answer to a sign of life. `ended`: kill the agent, save the work. `lost`: this attempt is not ours. */
export type PorterReply =
  | { kind: "ok" }
  | { kind: "ended"; reason: string }
  | { kind: "lost" }
  | { kind: "unreachable" };

export type ProgressReply =
  | { kind: "ok"; flushAfterMs: number }
  | { kind: "gap"; expected: number }
  | Exclude<PorterReply, { kind: "ok" }>;

export type ProgressUpdate = Omit<ProgressRequest, "taskId" | "attempt">;

/** The last word of a run, without what the client itself knows (ids, numbers of its own calls). */
export type Completion = Omit<
  CompleteRequestInput,
  "taskId" | "attempt" | "callbackAttempts" | "callbackMaxAttempts" | "callbackLastHttpCode"
>;

/**
 * `delivered`: Porter has it or wants no more; `refused`: not ours to report; `undelivered`: nobody answered in time;
 * `challenged`: somebody before Porter did, with a page for browsers.
 */
export type Delivery = "delivered" | "refused" | "undelivered" | "challenged";

/** Whoever gave the run its work and hears about it. */
export interface Porter {
  /** False where nobody listens before the end (a run by hand). */
  readonly listens: boolean;
  progress(update: ProgressUpdate): Promise<ProgressReply>;
  heartbeat(): Promise<PorterReply>;
  /** A credential with a full hour left, or null when there is none to be had. */
  freshCredential(): Promise<GitCredential | null>;
  /** Tried again until `until` (epoch ms). */
  complete(completion: Completion, until: number): Promise<Delivery>;
}
