import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import type { ProcessGuard } from "./guard.ts";
import { processesOf, signalAll } from "./process-tree.ts";

export type GroupOptions = {
  command: string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** Receives stdout and stderr, mode 0600. */
  logFile: string;
  guard: ProcessGuard;
};

/** A program with everything it starts, in a process group of its own. */
export type ProcessGroup = {
  pid: number;
  /** Settles when the program itself ends. */
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  hasEnded(): boolean;
  /** The last lines of the log. */
  tail(lines: number): string;
  /** SIGTERM to the program, SIGKILL to whatever is left after `graceMs`. */
  stop(graceMs: number): Promise<void>;
};

/** Starts a group; throws if the program does not start. */
export async function startProcessGroup(options: GroupOptions): Promise<ProcessGroup> {
  const [program = "", ...args] = options.command;
  const log = openSync(options.logFile, "a", 0o600);
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: options.env,
    detached: true,
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  await started(child);
  const pid = child.pid ?? 0;
  options.guard.add({ pid, folder: null });
  let over = false;
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once("exit", (code, signal) => {
      over = true;
      resolve({ code, signal });
    });
  });
  return {
    pid,
    ended,
    hasEnded: () => over,
    tail: (lines) => readFileSync(options.logFile, "utf8").trimEnd().split("\n").slice(-lines).join("\n"),
    async stop(graceMs) {
      // Looked up while the parents still live: afterwards nobody knows whose child is whose.
      const members = processesOf(pid, null);
      if (!over) signalAll([pid], "SIGTERM");
      const timer = setTimeout(() => signalAll(members, "SIGKILL"), graceMs);
      await ended;
      clearTimeout(timer);
      signalAll([...members, ...processesOf(pid, null)], "SIGKILL");
      options.guard.remove(pid);
    },
  };
}

const started = (child: ChildProcess): Promise<void> =>
  new Promise((resolve, reject) => {
    child.once("spawn", resolve).once("error", reject);
  });
