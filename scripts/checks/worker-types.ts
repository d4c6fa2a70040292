import { statSync } from "node:fs";
import { join } from "node:path";
import { ROOT, runTool, type CheckResult } from "./command.ts";

const TYPES = "cloudflare-env.d.ts";

const modifiedAt = (path: string): number => statSync(join(ROOT, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** Writes the types of bindings and runtime, which git does not hold, when they are absent or older than their source. */
export async function ensureWorkerTypes(): Promise<CheckResult> {
  if (modifiedAt(TYPES) > modifiedAt("wrangler.toml")) return { ok: true, output: "" };
  return runTool("wrangler", ["types", "--env-interface", "CloudflareEnv", TYPES]);
}
