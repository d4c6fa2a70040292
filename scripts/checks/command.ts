import { spawn } from "node:child_process";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's folder, without a slash at its end. */
export const ROOT = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

export type CheckResult = { ok: boolean; output: string };

/** This process's environment with the project's own tools first in PATH. */
export function toolEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, PATH: `${join(ROOT, "node_modules", ".bin")}${delimiter}${process.env["PATH"] ?? ""}` };
}

type ToolResult = CheckResult & { stdout: string };

/**
 * Runs a program of node_modules/.bin or Node itself, in the project's folder unless `cwd` is another, and collects
 * what it prints: `output` is all of it.
 */
export function runTool(
  program: string,
  args: string[],
  { cwd = ROOT, env }: { cwd?: string; env?: Record<string, string | undefined> } = {},
): Promise<ToolResult> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd,
      env: { ...toolEnvironment(), ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let [output, stdout] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      output += chunk;
      stdout += chunk;
    });
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
      output += chunk;
    });
    child.on("error", ({ message }) => resolve({ ok: false, output: `${program} does not start: ${message}`, stdout }));
    child.on("close", (code) => resolve({ ok: code === 0, output: output.trim(), stdout }));
  });
}
