import { spawn } from "node:child_process";
import { toolEnvironment } from "../checks/command.ts";
import { Obstacle } from "./obstacle.ts";

type Run = { args: string[]; cwd: string; env?: NodeJS.ProcessEnv };

/**
 * Runs a tool and resolves with what it printed on stdout. Secrets reach it by a file, never in `args`.
 * Throws `Obstacle` with the end of its output.
 */
export function runChild(program: string, { args, cwd, env }: Run): Promise<string> {
  const child = spawn(program, args, {
    cwd,
    env: { ...toolEnvironment(), NO_COLOR: "1", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [out, all] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    out += chunk;
    all += chunk;
  });
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    all += chunk;
  });
  const failure = (what: string): Obstacle => {
    const lines = all.trim().split("\n").slice(-12).join("\n    ");
    return new Obstacle(`${program} ${args.slice(0, 3).join(" ")} ${what}`, `its last words:\n    ${lines}`);
  };
  return new Promise((resolve, reject) => {
    child.on("error", (error) => reject(failure(`does not start: ${error.message}`)));
    child.on("close", (code) => (code === 0 ? resolve(out) : reject(failure(`ended with ${code}`))));
  });
}
