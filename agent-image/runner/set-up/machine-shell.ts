import { spawn } from "node:child_process";
import type { AgentUser } from "../agent-user.ts";
import { closedCommand } from "../closed-command.ts";
import { prepareForMemoryPressure } from "../process-table.ts";
import { rawLog } from "../raw-log.ts";
import type { RecordStream } from "../record-stream.ts";
import type { RunSecrets } from "../run-secrets.ts";
import type { Seal } from "../seal/seal.ts";
import type { Workspace } from "../workspace.ts";

export type ShellParts = {
  workspace: Workspace;
  user: AgentUser;
  seal: Seal;
  records: RecordStream;
  secrets: RunSecrets;
  /** Of each process, before it starts another one. */
  onStart: (pid: number) => void;
};

export type ScriptEnd = { cause: "exited" | "timed_out" | "asked"; exitCode: number | null };
export type RunningScript = { exited: Promise<number | null>; signal: (name: NodeJS.Signals) => void };

const SHELL = "/bin/bash";
const KILL_AFTER_MS = 5000;

/**
 * Starts a script in the clone as the agent's user; its first error ends it. What it prints is logged as long as somebody
 * prints there: what it leaves running has the same output. `exited` rejects when it cannot be started.
 */
export function startScript(parts: ShellParts, script: string, env: Record<string, string>): RunningScript {
  const command = closedCommand(parts, { file: SHELL, args: ["-e", "-o", "pipefail", "-c", script] });
  const child = spawn(command.file, command.args, {
    cwd: command.cwd,
    env,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    ...command.as,
  });
  prepareForMemoryPressure(child.pid);
  if (child.pid !== undefined) parts.onStart(child.pid);
  for (const [stream, kind] of [
    [child.stdout, "o"],
    [child.stderr, "e"],
  ] as const) {
    const log = rawLog(parts, kind);
    stream.on("data", (chunk: Buffer) => log.push(chunk));
    stream.on("error", () => undefined);
    stream.once("close", () => log.end());
  }
  const exited = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (exitCode) => resolve(exitCode));
  });
  const signal = (name: NodeJS.Signals): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, name);
    } catch {
      // The group is gone.
    }
  };
  return { exited, signal };
}

/** The same to its end, which comes at `until` (epoch ms) or when asked for: of the whole group, with 5 s to end well. */
export async function runScript(
  parts: ShellParts,
  script: string,
  { env, until, stop }: { env: Record<string, string>; until: number; stop: AbortSignal },
): Promise<ScriptEnd> {
  const running = startScript(parts, script, env);
  let cause: ScriptEnd["cause"] = "exited";
  let killing: NodeJS.Timeout | undefined;
  const end = (why: "timed_out" | "asked"): void => {
    if (cause !== "exited") return;
    cause = why;
    running.signal("SIGTERM");
    killing = setTimeout(() => running.signal("SIGKILL"), KILL_AFTER_MS);
  };
  const onStop = (): void => end("asked");
  stop.addEventListener("abort", onStop, { once: true });
  const timer = setTimeout(() => end("timed_out"), Math.max(0, until - Date.now()));
  if (stop.aborted) onStop();
  try {
    const exitCode = await running.exited.catch(() => null);
    if (cause !== "exited") running.signal("SIGKILL");
    return { cause, exitCode };
  } finally {
    clearTimeout(timer);
    clearTimeout(killing);
    stop.removeEventListener("abort", onStop);
  }
}
