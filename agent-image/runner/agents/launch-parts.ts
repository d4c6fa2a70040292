import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { AgentCannotStart } from "./agent.ts";

/** Names that reach an argument or a config: no spaces, no leading dash, nothing a shell or a path would notice. */
const MODEL_NAME = /^[A-Za-z0-9][A-Za-z0-9._:@/[\]-]{0,199}$/;

/** What an agent holds instead of a key: the proxy replaces it. */
export const PLACEHOLDER_KEY = "placeholder";

export function checkedModel(model: string): string {
  if (!MODEL_NAME.test(model))
    throw new AgentCannotStart("launch_contract", "The name of the model in the settings is not a model name.");
  return model;
}

/** The first of these files below `nodeModules` that exists. `name`: the CLI's, for the sentence when none does. */
export function findBinary(nodeModules: string, name: string, candidates: readonly string[]): string {
  for (const candidate of candidates) {
    const path = join(nodeModules, candidate);
    if (existsSync(path)) return path;
  }
  throw new AgentCannotStart("internal", `The ${name} CLI is not installed for ${process.platform}-${process.arch}.`);
}

/** `linux-x64` as the CLIs' platform packages are called. */
export const platformName = (): string => `${process.platform}-${process.arch}`;

/** Whether the processor has AVX2, which opencode's plain build needs; true where nobody says otherwise. */
export function hasAvx2(cpuInfoPath = "/proc/cpuinfo"): boolean {
  if (process.arch !== "x64") return true;
  try {
    const flags = /^flags\s*:(.*)$/m.exec(readFileSync(cpuInfoPath, "utf8"));
    return flags?.[1] === undefined || / avx2(?: |$)/.test(flags[1]);
  } catch {
    return true;
  }
}

export function proxyUrl(proxyUrls: Record<string, string>, provider: string): string {
  const url = proxyUrls[provider];
  if (url === undefined)
    throw new AgentCannotStart("launch_contract", `Porter cannot reach the model provider "${provider}".`);
  return url;
}
