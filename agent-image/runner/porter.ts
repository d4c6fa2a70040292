import type { CompleteRequestInput, ProgressRequest } from "../../lib/agent-protocol.ts";
import type { ChangesRequest, PartKind } from "../../lib/change-set-upload.ts";
import type { CallbackReply } from "./callback-request.ts";

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
export type CompletionDelivery = "delivered" | "refused" | "undelivered" | "challenged";

/** Until when something is tried (epoch ms; asked each time), and what ends it before. */
export type TryTime = { until: () => number; signal?: AbortSignal };

/** Where change sets are handed over. Repeats are free; answers are as `lib/change-set-upload.ts` says. */
export interface ChangeSetDoor {
  part(
    address: { set: number; kind: PartKind; number: number; sha256: string },
    content: Uint8Array,
    time: TryTime,
  ): Promise<CallbackReply>;
  /** Makes a set whole. */
  changes(whole: Omit<ChangesRequest, "taskId" | "attempt">, time: TryTime): Promise<CallbackReply>;
}

/** Whoever gave the run its work and hears about it. */
export interface Porter {
  /** False where nobody listens before the end (a run by hand). */
  readonly listens: boolean;
  /** null: nobody takes change sets, so the run pushes by itself. */
  readonly changeSets: ChangeSetDoor | null;
  progress(update: ProgressUpdate): Promise<ProgressReply>;
  heartbeat(): Promise<PorterReply>;
  /** One of the pictures that the prompt names, by its number; null: it does not come. */
  picture(number: number): Promise<Uint8Array | null>;
  /** Tried again until `until` (epoch ms). */
  complete(completion: Completion, until: number): Promise<CompletionDelivery>;
}
