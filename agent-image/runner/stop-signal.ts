import { FAILURE_CODES, type FailureCode } from "../../lib/failures.ts";

/**
 * Why a run must end early. `ended`: Porter said so (410): save the work, report it. `lost`: the attempt belongs to
 * another machine: touch nothing more. `terminated`: this machine was told to shut down.
 */
export type StopCause = { kind: "ended"; reason: FailureCode } | { kind: "lost" } | { kind: "terminated" };

/** The one place where a run learns that it must end; the first cause counts, except that `lost` always does. */
export class StopSignal {
  readonly #controller = new AbortController();
  readonly #shutdown = new AbortController();
  cause: StopCause | null = null;
  /** When this machine was told to shut down, whatever stopped the run before that (epoch ms). */
  shutdownAt: number | null = null;

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Fires when this machine is told to shut down. */
  get shutdown(): AbortSignal {
    return this.#shutdown.signal;
  }

  request(cause: StopCause): void {
    if (this.cause === null || cause.kind === "lost") this.cause = cause;
    if (cause.kind === "terminated") {
      this.shutdownAt ??= Date.now();
      this.#shutdown.abort();
    }
    this.#controller.abort();
  }

  /** Takes Porter's answer to a sign of life; true: go on. */
  observeReply(reply: { kind: string; reason?: string }): boolean {
    if (reply.kind === "ended") this.request({ kind: "ended", reason: failureCodeFrom(reply.reason ?? "") });
    if (reply.kind === "lost") this.request({ kind: "lost" });
    return reply.kind !== "ended" && reply.kind !== "lost";
  }
}

export function failureCodeFrom(reason: string): FailureCode {
  return FAILURE_CODES.find((code) => code === reason) ?? "stopped_by_user";
}
