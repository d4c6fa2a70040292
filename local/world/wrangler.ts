import { delimiter, join } from "node:path";
import type { ProcessGuard } from "../processes/guard.ts";
import { startProcessGroup, type ProcessGroup } from "../processes/process-group.ts";
import { ROOT } from "./root.ts";

const BIN = join(ROOT, "node_modules", ".bin");

/** Where wrangler keeps what: D1, R2 and queues of this run alone, and nothing in the user's home folder. */
export type WranglerFolders = { persistDir: string; registryDir: string; logFile: string };

/** Runs `wrangler …args` in the project's folder with a quiet, offline environment. Its output goes to the log file. */
export function startWrangler(
  args: string[],
  options: WranglerFolders & { guard: ProcessGuard },
): Promise<ProcessGroup> {
  return startProcessGroup({
    command: [process.execPath, join(ROOT, "node_modules", "wrangler", "bin", "wrangler.js"), ...args],
    cwd: ROOT,
    env: wranglerEnvironment(options),
    logFile: options.logFile,
    guard: options.guard,
  });
}

/** Quiet and offline. */
export function wranglerEnvironment({ registryDir, logFile }: WranglerFolders): NodeJS.ProcessEnv {
  return {
    ...process.env,
    PATH: `${BIN}${delimiter}${process.env["PATH"] ?? ""}`,
    CI: "1",
    CLOUDFLARE_CF_FETCH_ENABLED: "false",
    NEXT_TELEMETRY_DISABLED: "1",
    WRANGLER_LOG_PATH: `${logFile}.debug`,
    // Runs side by side must not find each other's Worker under the same name.
    WRANGLER_REGISTRY_PATH: registryDir,
    WRANGLER_SEND_METRICS: "false",
    X_LOCAL_OBSERVABILITY: "false",
  };
}
