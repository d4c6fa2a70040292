import type { StopSignal } from "./stop-signal.ts";
import { GRACE_MS } from "./assignment.ts";

/** A machine that is told to shut down has 30 s (`stop_config` of the machine's own settings). */
const SHUTDOWN_MS = 25_000;
/** What is kept back of the grace for the last calls to Porter. */
export const FINAL_CALLS_MS = 20_000;

/** With less time than this, what Porter can do without is left: patch, bundle, a set without what Porter leaves out. */
export const OPTIONAL_WORK_MS = 10_000;

/** How long the supervisor may work on what the agent left: through the grace, and less once the machine must go. */
export class TimeLeft {
  readonly #deadline: number;
  readonly #stop: StopSignal;

  /** `deadline`: epoch ms. */
  constructor(deadline: number, stop: StopSignal) {
    this.#deadline = deadline;
    this.#stop = stop;
  }

  /** Epoch ms, by what is known now. */
  get finishBy(): number {
    const byGrace = this.#deadline + GRACE_MS - FINAL_CALLS_MS;
    const { shutdownAt } = this.#stop;
    return shutdownAt === null ? byGrace : Math.min(byGrace, shutdownAt + SHUTDOWN_MS);
  }

  get hasTimeForOptionalWork(): boolean {
    return this.finishBy - Date.now() >= OPTIONAL_WORK_MS;
  }

  /** Fires so long before a machine that must go has no more time. */
  shutdownSignal(msBefore: number): AbortSignal {
    const controller = new AbortController();
    const { shutdown } = this.#stop;
    const start = (): void => {
      setTimeout(() => controller.abort(), this.finishBy - msBefore - Date.now()).unref();
    };
    if (shutdown.aborted) start();
    else shutdown.addEventListener("abort", start, { once: true });
    return controller.signal;
  }
}
