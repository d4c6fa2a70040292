import type { MachinePhase, NetworkReport, PhaseSpan } from "../../lib/agent-protocol.ts";
import type { SetUpReport } from "../../lib/set-up/protocol.ts";
import type { Toolchain } from "../../lib/toolchain.ts";
import type { Activity } from "./activity.ts";
import { clipBytes } from "./clip-bytes.ts";
import { abortableSleep } from "./callback-request.ts";
import type { Porter } from "./porter.ts";
import type { RecordStream } from "./record-stream.ts";
import type { StopSignal } from "./stop-signal.ts";

type Parts = {
  porter: Porter;
  records: RecordStream;
  activity: Activity;
  stop: StopSignal;
  redact: (text: string) => string;
  /** As it is to be told. */
  network: () => NetworkReport | null;
  /** Told once. */
  toolchain: Toolchain | null;
  /** Told once; null: not yet. */
  setUpReport: () => SetUpReport | null;
};

const EAGER_FOR_MS = 30_000;
const EAGER_EVERY_MS = 1000;

/**
 * Carries the log and the phase to Porter: every second at first, then as often as Porter asks. One call at a time,
 * and a batch that was not acknowledged is sent again as it was.
 */
export class ProgressReporter {
  readonly #parts: Parts;
  readonly #startedAt = Date.now();
  #phases: PhaseSpan[] = [];
  #told = "";
  #toldNetwork = "null";
  #hasToldToolchain = false;
  #hasToldSetUp = false;
  #everyMs = 2000;
  #heardAt = 0;
  #wake = new AbortController();
  #open = true;
  #loop: Promise<void> = Promise.resolve();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** The present phase: of a run that does not end well the one in which it ended. */
  get phase(): MachinePhase {
    return this.#phases.at(-1)?.phase ?? "cloning";
  }

  /** What began and was done so far. */
  get phases(): { phases: PhaseSpan[]; now: number } {
    return { phases: this.#phases.map((span) => ({ ...span })), now: this.#parts.records.elapsed };
  }

  /** When Porter last took a batch, ms since the epoch; 0: none yet. */
  get heardAt(): number {
    return this.#heardAt;
  }

  start(): void {
    this.#loop = this.#run();
  }

  /** Enters a phase, with which the one before is done, and tells Porter at once. */
  enter(phase: MachinePhase, note: string): void {
    this.#endPhase();
    this.#phases.push({ phase, from: this.#parts.records.elapsed, to: null });
    this.#parts.records.add({ k: "p", phase, s: note });
    this.#wake.abort();
  }

  /** The present phase is done, and none follows. */
  finishPhase(note: string): void {
    this.#endPhase();
    this.note(note);
  }

  #endPhase(): void {
    const present = this.#phases.at(-1);
    if (present !== undefined) present.to = this.#parts.records.elapsed;
  }

  note(text: string): void {
    this.#parts.records.add({ k: "p", s: text });
  }

  /** Sends what is left, at most until `until` (epoch ms), and ends. */
  async finish(until: number): Promise<void> {
    this.#open = false;
    this.#wake.abort();
    await this.#loop;
    while (this.#unsent && Date.now() < until) if (!(await this.#flush())) return;
  }

  get #unsent(): boolean {
    return this.#parts.records.hasPending || this.#told !== this.#state;
  }

  get #state(): string {
    const { steps, spent } = this.#parts.activity;
    return `${this.phase} ${steps} ${spent?.requests ?? 0}`;
  }

  async #run(): Promise<void> {
    while (this.#open) {
      const flushed = this.#unsent ? await this.#flush() : true;
      if (this.#parts.stop.cause?.kind === "ended" || this.#parts.stop.cause?.kind === "lost") return;
      if (flushed && this.#parts.records.hasPending) continue;
      const eager = Date.now() - this.#startedAt < EAGER_FOR_MS;
      await abortableSleep(eager ? Math.min(EAGER_EVERY_MS, this.#everyMs) : this.#everyMs, this.#wake.signal);
      if (this.#open) this.#wake = new AbortController();
    }
  }

  /** One call; false: Porter did not take the batch. */
  async #flush(): Promise<boolean> {
    const { porter, records, activity, stop, redact, network, toolchain } = this.#parts;
    const setUpReport = this.#parts.setUpReport();
    const state = this.#state;
    const line = (text: string): string => clipBytes(redact(text), { maxBytes: 200, keep: "start" });
    const { seq, records: batch } = records.takeBatch();
    const report = network();
    const networkState = JSON.stringify(report);
    const reply = await porter.progress({
      seq,
      phase: this.phase,
      ...this.phases,
      steps: activity.steps,
      lastStep: activity.lastStep === null ? null : line(activity.lastStep),
      plan: activity.plan && { ...activity.plan, item: line(activity.plan.item) },
      ...(activity.spent ? { spent: activity.spent } : {}),
      ...(report === null || networkState === this.#toldNetwork ? {} : { network: report }),
      ...(toolchain === null || this.#hasToldToolchain ? {} : { toolchain }),
      ...(setUpReport === null || this.#hasToldSetUp ? {} : { setUpReport }),
      records: batch,
    });
    if (reply.kind === "gap") return records.resync(reply.expected) === "acknowledged";
    if (reply.kind !== "ok") {
      stop.observeReply(reply);
      return false;
    }
    records.acknowledge(seq);
    this.#heardAt = Date.now();
    this.#told = state;
    this.#toldNetwork = networkState;
    this.#hasToldToolchain = true;
    this.#hasToldSetUp = setUpReport !== null;
    this.#everyMs = reply.flushAfterMs;
    return true;
  }
}
