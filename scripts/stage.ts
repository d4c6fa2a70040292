import { spawn } from "node:child_process";
import { ROOT, toolEnvironment } from "./checks/command.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Runs a tool with this terminal as its own and hands signals on to it. Resolves with its exit code, 1 for a signal. */
export function runStage(program: string, args: string[]): Promise<number> {
  const child = spawn(program, args, { cwd: ROOT, env: toolEnvironment(), stdio: "inherit" });
  const forward = (signal: NodeJS.Signals): void => {
    // A terminal's Ctrl-C reaches the whole foreground group by itself.
    if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
  };
  for (const signal of SIGNALS) process.on(signal, forward);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      for (const signal of SIGNALS) process.off(signal, forward);
      resolve(code ?? 1);
    });
  });
}
