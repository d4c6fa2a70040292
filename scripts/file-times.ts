// What each test file cost, for `npm test -- --times`: reporters of Vitest and Playwright that write a line a file. They
// look at the whole tree of processes between two ends, so files must run one after the other.
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { relative } from "node:path";
import type { Reporter as PlaywrightReporter, TestCase } from "@playwright/test/reporter";
import type { Reporter as VitestReporter, TestModule } from "vitest/node";
import { z } from "zod";
import { ROOT } from "./checks/command.ts";
import { cpuSecondsOfTree } from "./process-times.ts";
import { readJson } from "../lib/json.ts";

const lineSchema = z.object({ file: z.string(), cpuSeconds: z.number() });
type Line = z.infer<typeof lineSchema>;

/** The file that the reporters write to; the environment carries it to the runners. */
const target = (): string => {
  const path = process.env["PORTER_TEST_TIMES"];
  if (path === undefined) throw new Error("PORTER_TEST_TIMES names no file");
  return path;
};

/** Says of each stretch of CPU whose it was. */
class Stopwatch {
  #before = cpuSecondsOfTree(process.pid) ?? 0;

  lap(file: string): void {
    const now = cpuSecondsOfTree(process.pid) ?? 0;
    const line: Line = { file, cpuSeconds: now - this.#before };
    this.#before = now;
    appendFileSync(target(), `${JSON.stringify(line)}\n`);
  }
}

export class VitestTimes implements VitestReporter {
  #watch = new Stopwatch();

  onTestModuleEnd({ relativeModuleId }: TestModule): void {
    this.#watch.lap(relativeModuleId);
  }
}

/** What a world costs counts for the first test that uses it. */
export default class PlaywrightTimes implements PlaywrightReporter {
  #watch = new Stopwatch();

  onTestEnd({ location }: TestCase): void {
    this.#watch.lap(relative(ROOT, location.file));
  }
}

/** Seconds of CPU a file, the dearest first. */
export function readFileTimes(path: string): Line[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").trimEnd().split("\n").filter(Boolean);
  const files = Map.groupBy(
    lines.map((line) => readJson(lineSchema, line)),
    ({ file }) => file,
  );
  return [...files]
    .map(([file, laps]) => ({ file, cpuSeconds: laps.reduce((total, { cpuSeconds }) => total + cpuSeconds, 0) }))
    .toSorted((one, other) => other.cpuSeconds - one.cpuSeconds);
}
