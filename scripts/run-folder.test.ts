import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { newRunFolder } from "./run-folder.ts";

const NOW = Date.parse("2026-11-22T12:00:00Z");
const DAY_MS = 24 * 3_600_000;
let runs: string;
beforeEach(() => {
  runs = mkdtempSync(join(tmpdir(), "porter-runs-"));
});
afterEach(() => rmSync(runs, { recursive: true, force: true }));

const touch = (path: string, daysAgo: number): void => {
  const seconds = (NOW - daysAgo * DAY_MS) / 1000;
  utimesSync(path, seconds, seconds);
};

function oldRun(name: string, daysAgo: number): string {
  const folder = join(runs, name);
  mkdirSync(folder);
  const log = join(folder, "porter.log");
  writeFileSync(log, "");
  for (const path of [log, folder]) touch(path, daysAgo);
  return folder;
}

it("gives each run a folder of its own, named by time and kind", () => {
  const [first, second] = [newRunFolder("demo", runs, NOW), newRunFolder("demo", runs, NOW)];
  expect(first).not.toBe(second);
  expect(basename(first)).toMatch(/^2026-11-22T12-00-00-000Z-demo-[0-9a-f]{6}$/);
  expect(existsSync(first) && existsSync(second)).toBe(true);
});

it("makes the folder of all runs on the first one", () => {
  expect(existsSync(newRunFolder("dev", join(runs, "not", "there"), NOW))).toBe(true);
});

it("takes away what is older than a week, and nothing else", () => {
  const old = oldRun("old", 8);
  const yesterdays = oldRun("yesterday", 1);
  const open = oldRun("open for a week", 8);
  touch(join(open, "porter.log"), 0);
  newRunFolder("demo", runs, NOW);
  expect(existsSync(old)).toBe(false);
  expect(existsSync(open)).toBe(true);
  expect(existsSync(join(yesterdays, "porter.log"))).toBe(true);
});
