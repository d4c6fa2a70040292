import { runTool } from "../checks/command.ts";
import { SetupError } from "./setup-error.ts";

type Run = { args: string[]; cwd: string; env?: Record<string, string | undefined> };

/**
 * Runs a tool and resolves with what it printed on stdout. Secrets reach it by a file, never in `args`.
 * Throws `SetupError` with the end of its output.
 */
export async function runChild(program: string, { args, cwd, env }: Run): Promise<string> {
  const { ok, output, stdout } = await runTool(program, args, { cwd, env: { NO_COLOR: "1", ...env } });
  if (ok) return stdout;
  const lines = output.split("\n").slice(-12).join("\n    ");
  throw new SetupError(`${program} ${args.slice(0, 3).join(" ")} failed`, `its last words:\n    ${lines}`);
}
