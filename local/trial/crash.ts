import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { buildRunner } from "../../agent-image/build.ts";
import { installScriptedAgents } from "../../agent-image/testing/scripted-agent.ts";
import { mulberry32 } from "../fly/faults.ts";
import { untilWorldEnds } from "../world/until-world-ends.ts";
import { startWorld, type World } from "../world/world.ts";
import { type TrialPerson, planPeople, settleIn } from "./people.ts";
import { judgeWorld, waitUntilSettled } from "./settle.ts";

export type TrialOptions = { seed: number; stateDir: string; report: (line: string) => void };
/** `wrong`: a sentence for each invariant that does not hold. */
export type TrialResult = { wrong: string[]; facts: Record<string, number> };

const PEOPLE = 6;
const TASKS = 30;
const CRASHES = 10;
/** GitHub's missed deliveries are looked for every five minutes. */
const SETTLE_MS = 9 * 60_000;

/** Kills the real Worker again and again while people work with it, and looks at what is left of it. */
export async function runCrashes(options: TrialOptions): Promise<TrialResult> {
  const { seed, report, stateDir } = options;
  const random = mulberry32(seed);
  const plan = planPeople(PEOPLE, TASKS / PEOPLE);
  const bin = mkdtempSync(join(tmpdir(), "porter-scripted-agents-"));
  chmodSync(bin, 0o755);
  installScriptedAgents(bin);
  const runner = {
    command: [process.execPath, await buildRunner()],
    env: { PORTER_AGENT_BIN: bin },
  };
  const world = await startWorld({ stateDir, runner, ...plan.world, report });
  try {
    await settleIn(world, plan.people);
    report(`${PEOPLE} people are signed in`);
    const orders = shuffled(ordersOf(plan.people), random);
    const asked: number[] = [];
    for (let crash = 1; crash <= CRASHES; crash++) {
      const from = asked.length;
      const batch = orders.slice(from, from + TASKS / CRASHES);
      asked.push(...(await crashWhile(world, batch, random)));
      report(`crash ${crash} of ${CRASHES}: ${asked.length} comments so far`);
      await world.startPorter();
    }
    await untilWorldEnds(world, waitUntilSettled(world, { asked: TASKS, withinMs: SETTLE_MS, report }));
    const { wrong, rows, machines, pulls } = await judgeWorld(world, asked);
    const redelivered = world.github.deliveries().filter(({ redelivery }) => redelivery).length;
    return { wrong, facts: { tasks: rows.tasks.length, machines, pulls, redelivered, crashes: CRASHES } };
  } finally {
    await world.close();
    rmSync(bin, { recursive: true, force: true });
  }
}

type Order = { login: string; repo: string; issue: number };
const ordersOf = (people: TrialPerson[]): Order[] =>
  people.flatMap(({ login, repo, issues }) =>
    Array.from({ length: issues }, (_, index) => ({ login, repo, issue: index + 1 })),
  );

/** People comment at random moments; after 3 to 8 s Porter is dead. One in four comments comes while it is. */
async function crashWhile(world: World, orders: Order[], random: () => number): Promise<number[]> {
  const livesMs = 3000 + random() * 5000;
  const isLate = orders.map(() => random() < 0.25);
  const early = orders.filter((_, index) => isLate[index] !== true);
  const comments = early.map(async (order) => {
    await sleep(random() * livesMs);
    return comment(world, order);
  });
  await sleep(livesMs);
  await world.killPorter(random() < 0.5 ? "worker" : "all");
  const ids = await Promise.all(comments);
  for (const [index, order] of orders.entries()) if (isLate[index] === true) ids.push(await comment(world, order));
  return ids;
}

async function comment(world: World, order: Order): Promise<number> {
  const scenario = JSON.stringify({ sh: `sleep 2; echo ${order.issue} > wish-${order.issue}.txt`, say: "Done." });
  const made = await world.github.comment({ ...order, body: `@porter claude -- write a file\nSCENARIO:${scenario}` });
  return made.id;
}

function shuffled<T>(items: T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, at: random() }))
    .toSorted((one, other) => one.at - other.at)
    .map(({ item }) => item);
}
