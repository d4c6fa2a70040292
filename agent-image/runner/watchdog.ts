/** Why the supervisor ends an agent; `over`: it has said its last word and did not leave. */
export type WatchdogEnd = "deadline" | "stalled" | "over";

/** How long an agent may take to leave after its last word and whatever it prints then. */
const LEAVE_MS = 15_000;

export type WatchdogLimits = { deadline: number; stallTimeoutMs: number; startedAt: number };
/** What the agent's events say of it now. */
export type AgentState = {
  /** A tool call runs: silence is expected. */
  busy: boolean;
  /** It has said its last word. */
  over: boolean;
};

/** When an agent has had its time. Knows no clock: whoever asks says what time it is. All times are epoch ms. */
export class Watchdog {
  readonly #limits: WatchdogLimits;
  #lastSignAt: number;

  constructor(limits: WatchdogLimits) {
    this.#limits = limits;
    this.#lastSignAt = limits.startedAt;
  }

  /** The agent printed something, or is known to be at work. */
  sign(now: number): void {
    this.#lastSignAt = Math.max(now, this.#lastSignAt);
  }

  /** Why it is to be ended now, if it is. `stalled` is a question: while it has children, it waits for them. */
  verdict(now: number, standing: AgentState): WatchdogEnd | null {
    if (now >= this.#limits.deadline) return "deadline";
    if (standing.over) return now - this.#lastSignAt >= LEAVE_MS ? "over" : null;
    if (standing.busy) this.sign(now);
    return now - this.#lastSignAt >= this.#limits.stallTimeoutMs ? "stalled" : null;
  }
}
