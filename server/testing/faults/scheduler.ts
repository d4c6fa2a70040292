import { describeError } from "@/server/log";
import type { Random } from "./random";

export type Port = "d1" | "github" | "fly" | "queue" | "r2";

/** One thing that a handler asks of the world outside of it: a statement, a vendor's call, a message. */
export type OutsideCall = {
  port: Port;
  name: string;
  /** Does it, and answers as the outside would. */
  execute: () => unknown;
};

/** Whether a call whose answer is lost is done, or will be `afterMs` later: then nobody waits for it any more. */
export type Executed = boolean | { afterMs: number };
/** What chance makes of a call. `takes`: it takes so many ms of the clock, then chance is asked again. */
export type Fate =
  | { kind: "works" }
  | { kind: "fails"; error: Error; executed: Executed }
  | { kind: "crashes"; executed: Executed }
  | { kind: "takes"; ms: number };

/** A handler at work. It ends by itself, or is killed: then no line of it runs any more. */
export type Process = {
  id: number;
  name: string;
  random: Random;
  startedAt: number;
  /** It gets on when hardly anybody else can: what it read is old by the time it writes. */
  isSlow: boolean;
  state: "running" | "done" | "killed";
};

type Waiting = OutsideCall & {
  process: Process;
  notBefore: number;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
};

/** Microtasks from one outside call to the next of the same handler are fewer than this. */
const MICROTASKS = 120;
async function settle(): Promise<void> {
  for (let turn = 0; turn < MICROTASKS; turn++) await Promise.resolve();
}

/** Share of handlers that are slow, and of steps that are theirs while others are ready. */
const SLOW = 0.25;
const SLOW_STEPS = 0.005;

const earliest = (times: number[]): number | null => (times.length === 0 ? null : Math.min(...times));

type Options = {
  /** ms since the epoch. */
  now: () => number;
  decide: (call: OutsideCall, process: Process) => Fate;
  note: (line: string) => void;
};

/**
 * Runs handlers one outside call at a time, in an order that `random` chooses: every interleaving of their awaits
 * can happen, and the same seed makes the same one again. A killed handler's promises never settle, as when an
 * isolate ends: no catch and no finally of it runs.
 */
export class Scheduler {
  readonly #options: Options;
  readonly #processes: Process[] = [];
  #waiting: Waiting[] = [];
  #onTheWay: { at: number; call: OutsideCall }[] = [];

  constructor(options: Options) {
    this.#options = options;
  }

  kill(process: Process, why: string): void {
    if (process.state !== "running") return;
    process.state = "killed";
    this.#waiting = this.#waiting.filter((call) => call.process !== process);
    this.#options.note(`${process.name}#${process.id} dies (${why})`);
  }

  async #perform(next: Waiting): Promise<void> {
    const { process } = next;
    const fate = this.#options.decide(next, process);
    if (fate.kind === "takes") {
      next.notBefore = this.#options.now() + fate.ms;
      this.#waiting.push(next);
      return;
    }
    const label = `${process.name}#${process.id} ${next.port}.${next.name}`;
    if (fate.kind !== "works" && typeof fate.executed === "object")
      this.#onTheWay.push({ at: this.#options.now() + fate.executed.afterMs, call: next });
    if (fate.kind === "crashes" && fate.executed !== true)
      return this.kill(process, `before ${next.port}.${next.name}`);
    if (fate.kind === "fails" && fate.executed !== true) {
      this.#options.note(`${label} fails: ${fate.error.message}`);
      next.reject(fate.error);
      return;
    }
    try {
      const value = await next.execute();
      if (fate.kind === "crashes") return this.kill(process, `after ${next.port}.${next.name}`);
      if (fate.kind === "fails") {
        this.#options.note(`${label} was done, its answer is lost: ${fate.error.message}`);
        next.reject(fate.error);
      } else {
        if (next.port !== "d1") this.#options.note(label);
        next.resolve(value);
      }
    } catch (error) {
      if (fate.kind === "crashes") return this.kill(process, `after ${next.port}.${next.name}`);
      this.#options.note(`${label} answers ${describeError(error)}`);
      next.reject(error);
    }
  }

  /** What was given up by its handler, and is done anyway. */
  async arrive(): Promise<void> {
    const due = this.#onTheWay.filter(({ at }) => at <= this.#options.now());
    this.#onTheWay = this.#onTheWay.filter((late) => !due.includes(late));
    for (const { call } of due) {
      this.#options.note(`${call.port}.${call.name} is done late`);
      await Promise.resolve(call.execute()).catch((error: unknown) => this.#options.note(describeError(error)));
    }
  }

  /** Starts a handler; `ended` hears of its end, unless it is killed. */
  spawn(
    name: string,
    input: { random: Random; run: (process: Process) => Promise<void>; ended?: (process: Process) => void },
  ): Process {
    const process: Process = {
      id: this.#processes.length + 1,
      name,
      random: input.random,
      startedAt: this.#options.now(),
      isSlow: input.random.chance(SLOW),
      state: "running",
    };
    this.#processes.push(process);
    const end = (error: unknown) => {
      if (process.state !== "running") return;
      process.state = "done";
      if (error !== null) this.#options.note(`${name}#${process.id} throws ${describeError(error)}`);
      input.ended?.(process);
    };
    input.run(process).then(
      () => end(null),
      (error: unknown) => end(error),
    );
    return process;
  }

  /** The call as its handler sees it. */
  call<T>(process: Process, call: OutsideCall & { execute: () => T | Promise<T> }): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (process.state !== "running") return;
      this.#waiting.push({ ...call, process, notBefore: 0, resolve: (value) => resolve(value as T), reject });
    });
  }

  /** Lets one waiting call go on; false when none can before the clock moves. */
  async step(random: Random): Promise<boolean> {
    await settle();
    await this.arrive();
    const now = this.#options.now();
    const ready = this.#waiting.filter((call) => call.notBefore <= now);
    const quick = ready.filter((call) => !call.process.isSlow);
    const some = quick.length > 0 && !random.chance(SLOW_STEPS) ? quick : ready;
    const next = some[random.int(some.length)];
    if (next === undefined) return false;
    this.#waiting.splice(this.#waiting.indexOf(next), 1);
    await this.#perform(next);
    return true;
  }

  /** Handlers that are still at work. */
  running(): Process[] {
    return this.#processes.filter((process) => process.state === "running");
  }

  /** When the next held-up call goes on, ms; null when none is held up. */
  nextAt(): number | null {
    return earliest(this.#waiting.map((call) => call.notBefore));
  }

  /** When the next call is done that nobody waits for any more, ms. */
  arrivesAt(): number | null {
    return earliest(this.#onTheWay.map(({ at }) => at));
  }
}
