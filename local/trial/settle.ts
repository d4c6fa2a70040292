import { setTimeout as sleep } from "node:timers/promises";
import type { World } from "../world/world.ts";
import { judgeInvariants } from "./judge.ts";
import { readPorterRows, type PorterRows } from "./porter-rows.ts";

const LOOK_EVERY_MS = 1000;

const isOver = (rows: PorterRows, asked: number): boolean =>
  rows.tasks.length >= asked &&
  rows.pendingMentions === 0 &&
  rows.openAttempts === 0 &&
  rows.tasks.every(
    ({ status, version, reported_version: told }) => status !== "queued" && status !== "running" && told >= version,
  );

/** Waits until nothing moves any more, `withinMs` at most. */
export async function waitUntilSettled(
  world: World,
  options: { asked: number; withinMs: number; report: (line: string) => void },
): Promise<void> {
  const deadline = Date.now() + options.withinMs;
  let said = "";
  for (;;) {
    const rows = readPorterRows(world.persistDir);
    const ended = rows.tasks.filter(({ status }) => status !== "queued" && status !== "running").length;
    const told = rows.tasks.filter(({ version, reported_version: seen }) => seen >= version).length;
    const now = `${rows.tasks.length} of ${options.asked} tasks, ${ended} ended, ${told} told, ${rows.openAttempts} attempts open`;
    if (now !== said) options.report(now);
    said = now;
    if (isOver(rows, options.asked) || Date.now() > deadline) return;
    await sleep(LOOK_EVERY_MS);
  }
}

/** Reads the whole evidence and judges it. */
export async function judgeWorld(
  world: World,
  asked: number[],
): Promise<{ wrong: string[]; rows: PorterRows; machines: number; pulls: number }> {
  await world.github.deliveriesSettled();
  const { comments, pulls } = await world.github.state();
  const machines = world.fly.machines();
  const rows = readPorterRows(world.persistDir);
  const wrong = judgeInvariants({ asked, rows, comments, pulls, machines });
  return { wrong, rows, machines: machines.length, pulls: pulls.length };
}
