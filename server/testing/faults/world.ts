import type { Actor, AppContext, WorkItem } from "@/server/context";
import type { Sealer } from "@/server/crypto/sealer";
import { openStores } from "@/server/db/open-stores";
import { createLogger } from "@/server/log";
import { createLookAround } from "@/server/reconcile/look-around";
import { reconcile, sweepDueRows } from "@/server/reconcile/reconcile";
import { createFakeChecks } from "../fake-checks";
import { testContext, testEnv } from "@/server/testing/test-context";
import { createDatabase } from "./database";
import type { Engine, Result, Statement } from "./engine";
import { prepareHistory, tellStep, tellTime } from "./history";
import type { Mutant } from "./mutants";
import { MessageQueue, type QueueMessage } from "./message-queue";
import { createOutside, type Outside } from "./outside";
import { memoryChangeFiles, memoryLogs, seededIds, seededSealer } from "./parts";
import { createRandom, type Random } from "./random";
import { type Fate, type OutsideCall, type Port, type Process, Scheduler } from "./scheduler";
import { FINE, fateOf, type Weather } from "./weather";

/** Which of the three clocks there are; with `edges` nothing fails either. */
export type Clocks = "all" | "queue" | "sweep" | "edges";
export type FaultWorldOptions = { engine: Engine; seed: number; clocks: Clocks; mutant: Mutant | null };

export const WEBHOOK_SECRET = "fake-webhook-secret-of-the-fault-run";
const START = "2026-11-22T12:00:00.000Z";
/** Longer than Porter lets any call of a vendor take, shorter than a lease: what runs longer, the platform ends. */
const MAX_AGE_MS = 55_000;

const ENV = testEnv({
  GITHUB_WEBHOOK_SECRET: WEBHOOK_SECRET,
  // Texts leave their rows as soon as a task has ended: retries read them in the bucket.
  KEEP_DAYS: "task_texts=0,mention_bodies=0",
});

/** Porter's core over one engine with everything outside of it simulated, and nothing moving by itself. */
export async function createWorld(options: FaultWorldOptions): Promise<FaultWorld> {
  await prepareHistory(options.engine, START);
  return new FaultWorld(options);
}

export class FaultWorld {
  readonly options: FaultWorldOptions;
  readonly engine: Engine;
  readonly clock = { now: () => new Date(this.#now) };
  readonly trace: string[] = [];
  readonly logLines: string[] = [];
  readonly logs = memoryLogs();
  readonly sealer: Sealer;
  readonly outside: Outside;
  /** Without faults and without awaiting the scheduler: for setting up and for looking. */
  readonly quiet: AppContext;
  readonly #changeFiles = memoryChangeFiles();
  readonly #queue = new MessageQueue(() => this.#now);
  readonly #lookAround = createLookAround();
  readonly #scheduler: Scheduler;
  readonly #base: AppContext;
  #now = Date.parse(START);
  #weather: Weather = FINE;

  constructor(options: FaultWorldOptions) {
    this.options = options;
    this.engine = options.engine;
    const random = createRandom(options.seed);
    const ids = seededIds(random);
    this.sealer = seededSealer(random);
    this.outside = createOutside(() => this.#now, options.mutant?.hear);
    // A provider says of its keys what it says to a machine's runs that end with "auth".
    const { keyChecks } = createFakeChecks({ key: () => ({ verification: "invalid_key" }) });
    const log = createLogger((line) => this.#keepLogLine(line));
    this.#base = testContext({ env: ENV, sealer: this.sealer, clock: this.clock, ids, log, keyChecks });
    this.#scheduler = new Scheduler({
      now: () => this.#now,
      note: (line) => this.note(line),
      decide: (call, process) => this.#fate(call, process),
    });
    this.quiet = this.contextFor(null);
  }

  note(line: string): void {
    this.trace.push(`${this.clock.now().toISOString().slice(11, 23)} ${line}`);
  }

  #keepLogLine(line: string): void {
    this.logLines.push(line);
    if (line.startsWith('{"level":"warn"')) this.note(`  ${line}`);
  }

  /** The queue alone can carry what it was told; that it is told is the sweep's to guarantee. */
  #fate(call: OutsideCall, process: Process): Fate {
    const isSpared = this.options.clocks === "queue" && (process.name !== "consumer" || call.port === "queue");
    return isSpared ? { kind: "works" } : fateOf(this.#weather, call, process);
  }

  get weather(): Weather {
    return this.#weather;
  }
  set weather(next: Weather) {
    this.#weather = this.options.clocks === "edges" ? FINE : next;
  }

  get queue(): QueueMessage[] {
    return this.#queue.messages;
  }
  set queue(next: QueueMessage[]) {
    this.#queue.messages = next;
  }

  /** What a handler is given: each of its calls waits for the scheduler. */
  contextFor(process: Process | null, actor: Actor = { kind: "anonymous" }): AppContext {
    const through = <T>(port: Port, name: string, execute: () => Promise<T>): Promise<T> =>
      process === null ? execute() : this.#scheduler.call(process, { port, name, execute });
    const toR2 = <T>(name: string, execute: () => Promise<T>): Promise<T> => through("r2", name, execute);
    const d1 = createDatabase((statements) => through("d1", nameOf(statements), () => this.#runStatements(statements)));
    return {
      ...this.#base,
      actor,
      db: openStores(d1),
      logs: this.logs.storeFor(toR2),
      changeFiles: this.#changeFiles.storeFor(toR2),
      github: this.outside.githubFor(through),
      machines: this.outside.machinesFor(through),
      enqueue: async (work, delaySeconds = 0) => {
        const { clocks } = this.options;
        if (work.length === 0 || clocks === "sweep" || clocks === "edges") return;
        const send = async () => this.#queue.send(work, delaySeconds);
        await through("queue", work.map((item) => item.kind).join("+"), send).catch(() => undefined);
      },
    };
  }

  async #runStatements(statements: Statement[]): Promise<Result[]> {
    const { engine, mutant } = this.options;
    if (statements.some(({ sql }) => !/^\s*select/i.test(sql))) await tellStep(engine);
    if (mutant === null) return engine.run(statements);
    return engine.run(statements.map((statement) => ({ ...statement, sql: mutant.rewrite(statement.sql) })));
  }

  /** Starts a handler. `ended` hears of its answer, unless it dies on the way. */
  spawn(
    name: string,
    seed: number,
    run: (context: AppContext, process: Process) => Promise<void>,
    ended?: () => void,
  ): Process {
    return this.#scheduler.spawn(name, {
      random: createRandom(seed),
      run: (process) => run(this.contextFor(process), process),
      ...(ended === undefined ? {} : { ended }),
    });
  }

  /** What every edge does after its answer (server/entry/hot-paths.ts), as far as this run has those clocks. */
  async followUp(context: AppContext, work: WorkItem[]): Promise<void> {
    const { clocks } = this.options;
    const sent = context.enqueue(work, clocks === "queue" ? 0 : 5);
    if (clocks === "queue" || clocks === "sweep") return sent;
    await Promise.all([sent, ...work.map((item) => reconcile(context, item))]);
    await this.#lookAround(context);
  }

  startSweep(seed: number): Process {
    return this.spawn("cron", seed, async (context) => {
      await sweepDueRows(context);
    });
  }

  /** Hands one message to the consumer; unacknowledged it comes again. */
  deliver(delivered: QueueMessage, seed: number): void {
    const message = { ...delivered, tries: delivered.tries + 1 };
    const process = this.spawn("consumer", seed, async (context) => {
      const looked = await reconcile(context, message.work);
      // As server/entry/queues.ts does.
      if (!looked.isDone) this.#queue.retry(message, looked.heldUntil);
    });
    this.#queue.handOut(message, process);
  }

  /** Lets handlers go on, at most `steps` outside calls. */
  async drive(order: Random, steps: number): Promise<void> {
    for (let count = 0; count < steps; count++) {
      if (!(await this.#scheduler.step(order))) break;
      this.outside.watchMachines();
    }
    this.outside.watchMachines();
    this.#queue.returnUnacknowledged();
  }

  /**
   * Moves the clock. Held-up calls go on when their time has come, unless `isHeld`: then every handler stands still
   * meanwhile. What takes too long dies, as the platform would end it.
   */
  async advance(ms: number, order: Random, isHeld = false): Promise<void> {
    const scheduler = this.#scheduler;
    const end = this.#now + ms;
    for (;;) {
      const goesOn = isHeld ? end : (scheduler.nextAt() ?? end);
      const next = Math.min(end, Math.max(this.#now, Math.min(goesOn, scheduler.arrivesAt() ?? end)));
      if (next > this.#now) {
        this.#now = next;
        await tellTime(this.engine, this.clock.now().toISOString());
        // What is on its way stands still for nobody.
        await scheduler.arrive();
      }
      for (const process of scheduler.running())
        if (this.#now - process.startedAt >= MAX_AGE_MS) scheduler.kill(process, "ran for too long");
      if (this.#now >= end) break;
      if (!isHeld) await this.drive(order, 10_000);
    }
    this.#queue.returnUnacknowledged();
  }

  running(): Process[] {
    return this.#scheduler.running();
  }

  async finish(order: Random): Promise<void> {
    await this.drive(order, 100_000);
    while (this.running().length > 0) await this.advance(1000, order);
  }
}

/** A short name of a statement or batch, for the trace. */
const nameOf = (statements: Statement[]): string =>
  statements
    .map(({ sql }) => /^\s*(insert into|update|delete from|select)\b(?:[\s\S]*?\bfrom)?\s+"?(\w+)/i.exec(sql))
    .map((match) => (match === null ? "statement" : `${match[1]?.split(" ")[0]?.toLowerCase()} ${match[2]}`))
    .join("+");
