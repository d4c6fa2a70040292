import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import type { Writable } from "node:stream";
import { ROOT, toolEnvironment } from "./checks/command.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export type StageOutput = {
  /** A file that gets what the tool prints, too. */
  log?: string;
  /** In place of this terminal. */
  screen?: Writable | undefined;
};

/** Runs a tool with this terminal as its own and hands signals on to it. Resolves with its exit code, 1 for a signal. */
export async function runStage(program: string, args: string[], { log, screen }: StageOutput = {}): Promise<number> {
  const colours = log !== undefined && process.stdout.isTTY ? { FORCE_COLOR: "1" } : {};
  const child = spawn(program, args, {
    cwd: ROOT,
    env: { ...toolEnvironment(), ...colours },
    stdio: log === undefined ? "inherit" : ["inherit", "pipe", "pipe"],
  });
  const file = log === undefined ? undefined : createWriteStream(log, { flags: "a" });
  for (const name of ["stdout", "stderr"] as const) {
    child[name]?.pipe(screen ?? process[name], { end: false });
    if (file !== undefined) child[name]?.pipe(file, { end: false });
  }
  const forward = (signal: NodeJS.Signals): void => {
    // A terminal's Ctrl-C reaches the whole foreground group by itself.
    if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
  };
  for (const signal of SIGNALS) process.on(signal, forward);
  // A parent that was killed tells nobody; its children get another one.
  const parent = process.ppid;
  const orphaned = setInterval(() => process.ppid !== parent && child.kill("SIGTERM"), 1000);
  const code = await new Promise<number>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (ended) => resolve(ended ?? 1));
  }).finally(() => {
    clearInterval(orphaned);
    for (const signal of SIGNALS) process.off(signal, forward);
  });
  if (file !== undefined) await new Promise<void>((resolve) => file.end(resolve));
  return code;
}
