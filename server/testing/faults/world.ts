import { backOff } from "@/lib/back-off";
import type { Actor, AppContext, WorkItem } from "@/server/context";
import { openStores } from "@/server/db/open-stores";
import { createLogger } from "@/server/log";
import { reconcileAfterRequest, reconcile, sweepDueRows } from "@/server/reconcile/reconcile";
import { createFakeChecks } from "../fake-checks";
import { testContext, testEnv } from "@/server/testing/test-context";
import { createDatabase } from "./database";
import type { Engine, Statement } from "./engine";
import { prepareHistory, tellStep, tellTime } from "./history";
import type { Mutant } from "./mutants";
import { createOutside } from "./outside";
import { memoryChangeFiles, memoryLogs, seededIds, seededSealer } from "./parts";
import { createRandom, type Random } from "./random";
import { createScheduler, type Port, type Process } from "./scheduler";
import { FINE, fateOf, type Weather } from "./weather";

/** Which of the three clocks there are; with `edges` nothing fails either. */
export type Clocks = "all" | "queue" | "sweep" | "edges";
export type FaultWorldOptions = { engine: Engine; seed: number; clocks: Clocks; mutant: Mutant | null };
/** `tries`: how often a consumer had it. */
type Message = { work: WorkItem; dueAt: number; tries: number };

export const WEBHOOK_SECRET = "fake-webhook-secret-of-the-fault-run";
const START = "2026-11-22T12:00:00.000Z";
/** Longer than Porter lets any call of a vendor take, shorter than a lease: what runs longer, the platform ends. */
const MAX_AGE_MS = 55_000;

const ENV = testEnv({ GITHUB_WEBHOOK_SECRET: WEBHOOK_SECRET });

/** Porter's core over one engine with everything outside of it simulated, and nothing moving by itself. */
export async function createWorld(options: FaultWorldOptions) {
  const { engine, clocks, mutant } = options;
  let now = Date.parse(START);
  const clock = { now: () => new Date(now) };
  const trace: string[] = [];
  const note = (line: string) => trace.push(`${new Date(now).toISOString().slice(11, 23)} ${line}`);
  const random = createRandom(options.seed);
  const ids = seededIds(random);
  const sealer = seededSealer(random);
  const logs = memoryLogs();
  const changeFiles = memoryChangeFiles();
  const outside = createOutside(() => now, mutant?.hear);
  const logLines: string[] = [];
  const log = createLogger((line) => {
    logLines.push(line);
    if (line.startsWith('{"level":"warn"')) note(`  ${line}`);
  });
  // A provider says of its keys what it says to a machine's runs that end with "auth".
  const { keyChecks } = createFakeChecks({ key: () => ({ verification: "invalid_key" }) });
  const base = testContext({ env: ENV, sealer, clock, ids, log, keyChecks });
  let queue: Message[] = [];
  let weather: Weather = FINE;

  await prepareHistory(engine, START);

  const scheduler = createScheduler({
    now: () => now,
    note,
    // The queue alone can carry what it was told; that it is told is the sweep's to guarantee.
    decide: (call, process) =>
      clocks === "queue" && (process.name !== "consumer" || call.port === "queue")
        ? { kind: "works" }
        : fateOf(weather, call, process),
  });

  const rewrite = (statement: Statement): Statement =>
    mutant === null ? statement : { ...statement, sql: mutant.rewrite(statement.sql) };

  function contextFor(process: Process | null, actor: Actor = { kind: "anonymous" }): AppContext {
    const through = <T>(port: Port, name: string, execute: () => Promise<T>): Promise<T> =>
      process === null ? execute() : scheduler.call(process, { port, name, execute });
    const d1 = createDatabase((statements) =>
      through("d1", nameOf(statements), async () => {
        if (statements.some(({ sql }) => !/^\s*select/i.test(sql))) await tellStep(engine);
        return engine.run(statements.map(rewrite));
      }),
    );
    return {
      ...base,
      actor,
      db: openStores(d1),
      logs: logs.storeFor((name, execute) => through("r2", name, execute)),
      changeFiles: changeFiles.storeFor((name, execute) => through("r2", name, execute)),
      github: outside.githubFor(through),
      machines: outside.machinesFor(through),
      async enqueue(work, delaySeconds = 0) {
        if (work.length === 0 || clocks === "sweep" || clocks === "edges") return;
        const send = async () => {
          queue.push(...work.map((item) => ({ work: item, dueAt: now + delaySeconds * 1000, tries: 0 })));
        };
        await through("queue", work.map((item) => item.kind).join("+"), send).catch(() => undefined);
      },
    };
  }

  const world = {
    options,
    clock,
    trace,
    note,
    outside,
    logs,
    logLines,
    sealer,
    engine,
    contextFor,
    /** Without faults and without awaiting the scheduler: for setting up and for looking. */
    quiet: contextFor(null),
    get weather() {
      return weather;
    },
    set weather(next: Weather) {
      weather = clocks === "edges" ? FINE : next;
    },
    get queue() {
      return queue;
    },
    set queue(next: Message[]) {
      queue = next;
    },

    /** Starts a handler. `ended` hears of its answer, unless it dies on the way. */
    spawn(
      name: string,
      seed: number,
      run: (context: AppContext, process: Process) => Promise<void>,
      ended?: () => void,
    ): Process {
      return scheduler.spawn(name, {
        random: createRandom(seed),
        run: (process) => run(contextFor(process), process),
        ...(ended === undefined ? {} : { ended }),
      });
    },

    /** What every edge does after its answer (server/entry/hot-paths.ts), as far as this run has those clocks. */
    async followUp(context: AppContext, work: WorkItem[]): Promise<void> {
      await context.enqueue(work, clocks === "queue" ? 0 : 5);
      if (clocks === "queue" || clocks === "sweep") return;
      await Promise.all(work.map((item) => reconcile(context, item)));
      await reconcileAfterRequest(context);
    },

    startSweep: (seed: number) =>
      world.spawn("cron", seed, async (context) => {
        await sweepDueRows(context);
      }),

    /** Hands one message to the consumer; unacknowledged it comes again. */
    deliver(message: Message, seed: number): void {
      const tries = message.tries + 1;
      const process = world.spawn("consumer", seed, async (context) => {
        const looked = await reconcile(context, message.work);
        // As server/entry/queues.ts does.
        if (!looked.isDone) queue.push({ ...message, tries, dueAt: comesAgainAt(tries, looked.heldUntil) });
      });
      unacknowledged.push({ message: { ...message, tries }, process });
    },

    /** Lets handlers go on, at most `steps` outside calls. */
    async drive(order: Random, steps: number): Promise<void> {
      for (let count = 0; count < steps; count++) {
        if (!(await scheduler.step(order))) break;
        outside.watchMachines();
      }
      outside.watchMachines();
      returnUnacknowledged();
    },

    /**
     * Moves the clock. Held-up calls go on when their time has come, unless `isHeld`: then every handler stands still
     * meanwhile. What takes too long dies, as the platform would end it.
     */
    async advance(ms: number, order: Random, isHeld = false): Promise<void> {
      const end = now + ms;
      for (;;) {
        const goesOn = isHeld ? end : (scheduler.nextAt() ?? end);
        const next = Math.min(end, Math.max(now, Math.min(goesOn, scheduler.arrivesAt() ?? end)));
        if (next > now) {
          now = next;
          await tellTime(engine, clock.now().toISOString());
          // What is on its way stands still for nobody.
          await scheduler.arrive();
        }
        for (const process of scheduler.running())
          if (now - process.startedAt >= MAX_AGE_MS) scheduler.kill(process, "ran for too long");
        if (now >= end) break;
        if (!isHeld) await world.drive(order, 10_000);
      }
      returnUnacknowledged();
    },

    running: scheduler.running,
    async finish(order: Random): Promise<void> {
      await world.drive(order, 100_000);
      while (scheduler.running().length > 0) await world.advance(1000, order);
    },
  };

  const comesAgainAt = (tries: number, heldUntil: string | null): number =>
    heldUntil === null ? now + backOff({ first: 5, longest: 20 }, tries) * 1000 : Date.parse(heldUntil);
  const unacknowledged: { message: Message; process: Process }[] = [];
  function returnUnacknowledged(): void {
    for (const { message, process } of unacknowledged.splice(0)) {
      if (process.state === "running") unacknowledged.push({ message, process });
      else if (process.state === "killed") queue.push({ ...message, dueAt: now + 5000 });
    }
  }
  return world;
}
export type FaultWorld = Awaited<ReturnType<typeof createWorld>>;

/** A short name of a statement or batch, for the trace. */
const nameOf = (statements: Statement[]): string =>
  statements
    .map(({ sql }) => /^\s*(insert into|update|delete from|select)\b(?:[\s\S]*?\bfrom)?\s+"?(\w+)/i.exec(sql))
    .map((match) => (match === null ? "statement" : `${match[1]?.split(" ")[0]?.toLowerCase()} ${match[2]}`))
    .join("+");
