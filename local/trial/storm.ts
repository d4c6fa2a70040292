import { fileURLToPath } from "node:url";
import { setTimeout as sleep } from "node:timers/promises";
import { mulberry32 } from "../fly/faults.ts";
import { untilWorldEnds } from "../world/until-world-ends.ts";
import { startWorld, type World } from "../world/world.ts";
import type { TrialOptions, TrialResult } from "./crash.ts";
import { type TrialPerson, planPeople, settleIn } from "./people.ts";
import { judgeWorld, waitUntilSettled } from "./settle.ts";

export type StormOptions = TrialOptions & { deliveries: number; people: number };

/** A third of the deliveries says again what another one said. */
const REPEATED = 1 / 3;
const WITHIN_MS = 10_000;
const SETTLE_MS = 8 * 60_000;
/** Fly fails one call in five, half of them after having done it, and is late with one in ten. */
const flyFaults = (seed: number) => [
  { match: { path: "/v1/**" }, status: 500, probability: 0.1, seed },
  { match: { path: "/v1/**" }, executeThenDrop: true, probability: 0.1 / 0.9, seed: seed + 1 },
  { match: { path: "/v1/**" }, delayMs: 3000, probability: 0.1 / 0.8, seed: seed + 2 },
];

/** A thousand deliveries in ten seconds for twenty people, with a Fly that is having a bad day. */
export async function runStorm(options: StormOptions): Promise<TrialResult> {
  const { seed, report } = options;
  const random = mulberry32(seed);
  const wishes = Math.round((options.deliveries * (1 - REPEATED)) / options.people);
  const plan = planPeople(options.people, wishes);
  const runner = {
    command: [process.execPath, fileURLToPath(new URL("scripted-runner.ts", import.meta.url))],
    env: {},
  };
  const world = await startWorld({ stateDir: options.stateDir, runner, ...plan.world, report });
  try {
    await settleIn(world, plan.people);
    report(`${options.people} people are signed in`);
    const asked = await askUnheard(world, plan.people);
    report(`${asked.length} comments are written`);
    world.fly.setFaults(flyFaults(seed));
    const answers = await send(world, { ids: asked, deliveries: options.deliveries, random });
    report(`${options.deliveries} deliveries are sent: ${JSON.stringify(answers)}`);
    const startedAt = Date.now();
    await untilWorldEnds(world, waitUntilSettled(world, { asked: asked.length, withinMs: SETTLE_MS, report }));
    const endedInS = Math.round((Date.now() - startedAt) / 1000);
    const { wrong, rows, machines } = await judgeWorld(world, asked);
    return { wrong, facts: { tasks: rows.tasks.length, machines, deliveries: options.deliveries, endedInS } };
  } finally {
    await world.close();
  }
}

/** Everybody comments on all of their issues; none of it reaches Porter yet. */
async function askUnheard(world: World, people: TrialPerson[]): Promise<number[]> {
  const orders = people.flatMap(({ login, repo, issues }) =>
    Array.from({ length: issues }, (_, index) => ({ login, repo, issue: index + 1, body: "@porter claude -- please" })),
  );
  const ids: number[] = [];
  for (const order of orders) {
    world.github.loseDeliveries(1);
    ids.push((await world.github.comment(order)).id);
  }
  return ids;
}

/** Sends what got lost, and a third of it once more: with the same delivery id, or under another one. */
async function send(
  world: World,
  input: { ids: number[]; deliveries: number; random: () => number },
): Promise<Record<string, number>> {
  const { random } = input;
  const lost = world.github.deliveries().filter(({ event }) => event === "issue_comment");
  const repeats = Array.from({ length: input.deliveries - lost.length }, () => ({
    id: lost[Math.floor(random() * lost.length)]?.id ?? 0,
    guid: random() < 0.5 ? ("same" as const) : ("fresh" as const),
    at: random(),
  }));
  const orders = [...lost.map(({ id }) => ({ id, guid: "same" as const, at: random() })), ...repeats].toSorted(
    (one, other) => one.at - other.at,
  );
  const sent: number[] = [];
  const startedAt = Date.now();
  for (const [index, order] of orders.entries()) {
    const wait = startedAt + (index / orders.length) * WITHIN_MS - Date.now();
    if (wait > 0) await sleep(wait);
    for (const { id } of world.github.deliver({ delivery: order.id, guid: order.guid })) sent.push(id);
  }
  await world.github.deliveriesSettled();
  const outcomes = world.github.deliveries().filter(({ id }) => sent.includes(id));
  const counts: Record<string, number> = {};
  for (const { outcome } of outcomes) {
    const key = outcome.kind === "answered" ? String(outcome.status) : outcome.kind;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}
