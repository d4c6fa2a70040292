import { aComment, deliverEvent } from "./deliveries";
import { readRows } from "./history";
import { receiveAnswer, isUp, nextMessage, sendCallback } from "./machine-life";
import { createRandom } from "./random";
import { giveKeys, ISSUES, PEOPLE, WRITERS, type Stage } from "./stage";
import { FINE } from "./weather";

const TICK_MS = 15_000;
const SWEEP_EVERY = 4;
/** Virtual time in which everything must have ended: every back-off and time limit fits in. */
const MAX_TICKS = 240;

/** `calmAt`: when faults stopped, ms. `overdue`: what had not moved a minute later. `left`: what never ended. */
export type SettledWorld = { calmAt: number; overdue: string[]; left: string[] };

/**
 * Faults stop: GitHub and Fly work, people have their keys, machines behave, and what GitHub could not deliver it
 * delivers again. From here on everything must end, by the clocks that this run has.
 */
export async function settleWorld(stage: Stage): Promise<SettledWorld> {
  const { world } = stage;
  const { clocks } = world.options;
  const order = createRandom(world.options.seed ^ 0xca1);
  await mend(stage);
  await world.finish(order);
  const calmAt = world.clock.now().getTime();
  world.note("== faults stop");
  for (const [index, delivery] of stage.deliveries.entries())
    if (delivery.acceptedAt === null) deliverEvent(world, delivery, { seed: index });
  await world.drive(order, 10_000);
  let overdue: string[] = [];
  let left = await leftOver(stage);
  for (let tick = 1; tick <= MAX_TICKS && left.length > 0; tick++) {
    await world.advance(TICK_MS, order);
    if (tick % SWEEP_EVERY === 0) everyMinute(stage, tick);
    await speak(stage, tick);
    await consume(stage, tick);
    await world.finish(order);
    if (tick === SWEEP_EVERY && clocks !== "edges") overdue = await overdueSince(stage, calmAt);
    left = await leftOver(stage);
  }
  return { calmAt, overdue, left };
}

/** Cron, where there is one. Where only edges are, somebody writes a comment that asks for nothing. */
function everyMinute({ world }: Stage, tick: number): void {
  const { clocks } = world.options;
  const [issue] = ISSUES;
  const [by] = PEOPLE;
  if (clocks === "all" || clocks === "sweep") world.startSweep(tick);
  if (clocks === "edges" && issue !== undefined && by !== undefined)
    deliverEvent(world, aComment(world, { issue, by, text: "Thanks!", number: 10_000 + tick }), { seed: tick });
}

async function mend(stage: Stage): Promise<void> {
  const { world } = stage;
  world.weather = FINE;
  world.outside.nothingStarts = false;
  world.outside.unreachable.clear();
  world.outside.locked.clear();
  for (const person of WRITERS) {
    world.outside.github.state.permissions.set(stage.loginOf(person), "write");
    await giveKeys(stage, person);
  }
}

async function speak(stage: Stage, tick: number): Promise<void> {
  const { world } = stage;
  for (const [index, runner] of stage.runners().entries()) {
    if (!isUp(runner)) continue;
    const message = nextMessage(world, runner);
    runner.sent.push(message);
    sendCallback(world, message, {
      seed: tick * 1000 + index,
      onAnswer: (answer) => receiveAnswer(runner, message, answer),
    });
  }
}

async function consume(stage: Stage, tick: number): Promise<void> {
  const { world } = stage;
  const order = createRandom(tick);
  // A consumer sends more messages that are due at once; it is a fault if that has no end.
  for (let round = 0; round < 20; round++) {
    const now = world.clock.now().getTime();
    const due = world.queue.filter((message) => message.dueAt <= now);
    if (due.length === 0) return;
    world.queue = world.queue.filter((message) => message.dueAt > now);
    for (const [index, message] of due.entries()) world.deliver(message, tick * 100 + index);
    await world.drive(order, 50_000);
  }
}

const OBLIGATIONS = [
  `SELECT 'task ' || id || ' is ' || status || coalesce(', blocked: ' || blocked_reason, '') || coalesce(', waits: ' || wait_reason, '')
     || ', due ' || coalesce(due_at, 'never') || CASE WHEN quarantined_at IS NULL THEN '' ELSE ', in quarantine' END AS what FROM tasks WHERE status IN ('queued', 'running')`,
  `SELECT 'task ' || id || ' was reported at version ' || reported_version || ' of ' || version || ', due ' || coalesce(due_at, 'never') AS what FROM tasks
     WHERE status NOT IN ('queued', 'running') AND version > reported_version
     AND NOT EXISTS (SELECT 1 FROM obligations WHERE subject = tasks.id AND kind = 'report' AND gave_up_reason IS NOT NULL)`,
  `SELECT 'mention ' || id || ' is ' || status AS what FROM mentions WHERE status = 'pending'`,
  `SELECT 'attempt ' || attempt || ' of ' || task_id || ' has not ended' AS what FROM task_attempts WHERE ended_at IS NULL`,
  `SELECT 'attempt ' || attempt || ' of ' || task_id || ' owes its cleaning up' AS what FROM task_attempts
     WHERE ended_at IS NOT NULL AND (machine_destroyed_at IS NULL OR token_revoked_at IS NULL)`,
  `SELECT subject || ' owes ' || kind || ', due ' || due_at AS what FROM obligations WHERE due_at IS NOT NULL`,
  `SELECT 'task ' || id || ' (' || status || ') is due ' || due_at AS what FROM tasks WHERE due_at IS NOT NULL AND due_at IS NOT pr_look_at`,
] as const;

async function leftOver(stage: Stage): Promise<string[]> {
  const { world } = stage;
  const rows = await Promise.all(OBLIGATIONS.map((sql) => readRows(world.engine, sql)));
  const live = world.outside.fly.machines.filter((machine) => machine.state !== "destroyed");
  return [
    ...rows.flat().map((row) => String(row.what)),
    ...live.map((machine) => `machine ${machine.name} is ${machine.state}`),
  ];
}

/** Rows that were due when the faults stopped, and that nobody has looked at since. */
async function overdueSince(stage: Stage, calmAt: number): Promise<string[]> {
  const since = new Date(calmAt).toISOString();
  const rows = await Promise.all(
    [
      `SELECT 'task ' || id || ' is due since ' || due_at AS what FROM tasks WHERE due_at <= '${since}'`,
      `SELECT subject || ' owes ' || kind || ', due since ' || due_at AS what FROM obligations WHERE due_at <= '${since}'`,
    ].map((sql) => readRows(stage.world.engine, sql)),
  );
  return rows.flat().map((row) => String(row.what));
}
