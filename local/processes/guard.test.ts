import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { processesOf, signalAll } from "./process-tree.ts";

/** A parent that starts a guarded child, which itself leaves a detached one behind. */
const parentScript = (folder: string): string => `
import { spawn } from "node:child_process";
import { startGuard } from ${JSON.stringify(new URL("./guard.ts", import.meta.url).href)};
const guard = startGuard();
const child = spawn("sh", ["-c", "(setsid sleep 300 &) ; exec sleep 300"], { cwd: ${JSON.stringify(folder)}, detached: true, stdio: "ignore" });
guard.add({ pid: child.pid, folder: ${JSON.stringify(folder)} });
console.log(child.pid);
setInterval(() => undefined, 1000);
`;

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "porter-guard-test-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

it("ends children, detached grandchildren and their folder when the parent is killed without warning", async () => {
  const folder = mkdtempSync(join(home, "machine-"));
  const script = join(home, "parent.ts");
  writeFileSync(script, parentScript(folder));
  const parent = spawn(process.execPath, [script], { stdio: ["ignore", "pipe", "inherit"] });
  const pid = Number(await new Promise<Buffer>((resolve) => parent.stdout.once("data", resolve)));
  await expect.poll(() => processesOf(pid, folder)).toHaveLength(2);
  parent.kill("SIGKILL");
  await expect.poll(() => processesOf(pid, folder)).toEqual([]);
  await expect.poll(() => existsSync(folder)).toBe(false);
});

it("takes the end of a process before its signal as no error", () => {
  expect(() => signalAll([2 ** 22 + 1], "SIGTERM")).not.toThrow();
});
