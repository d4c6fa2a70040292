/**
 * The repository's rules in git's pre-receive hook: reads what would move, and refuses it in GitHub's words. It runs as
 * a program of its own, because only there git shows the objects of a push that is not yet taken.
 */
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { readJson } from "../../lib/json.ts";
import { runProgram } from "./git-repository.ts";
import { violationsOf } from "./ref-gate.ts";
import { rulesOfBranch, type LocalRepositorySettings, settingsSchema } from "./repository-rules.ts";
import { pushRefusal } from "./violations.ts";

const gateSchema = z.object({
  fullName: z.string(),
  defaultBranch: z.string(),
  url: z.string(),
  settings: settingsSchema,
  signed: z.array(z.string()),
});
type Gate = z.infer<typeof gateSchema>;

/** The hook's environment; empty where nothing is to be judged. */
export function gateEnvironment(gate: Gate): Record<string, string> {
  if (!hasGate(gate.settings)) return {};
  return {
    PORTER_GATE: JSON.stringify(gate),
    PORTER_GATE_PROGRAM: fileURLToPath(import.meta.url),
    PORTER_NODE: process.execPath,
  };
}

export const hasGate = ({ rules, pushProtection }: LocalRepositorySettings): boolean =>
  rules.length > 0 || pushProtection;

const nothing = "0".repeat(40);
const orUndefined = (id: string): string | undefined => (id === nothing ? undefined : id);

async function main(): Promise<void> {
  const gate = readJson(gateSchema, process.env.PORTER_GATE ?? "");
  const own = Object.entries(process.env).filter((entry): entry is [string, string] => entry[0].startsWith("GIT_"));
  const git = async (args: string[], input?: string): Promise<string> =>
    (await runProgram("git", args, { env: Object.fromEntries(own), ...(input === undefined ? {} : { input }) }))
      .toString("utf8")
      .trim();
  for (const line of (await text(process.stdin)).trim().split("\n")) {
    const [before = nothing, after = nothing, ref = ""] = line.split(" ");
    const rules = rulesOfBranch(gate.settings.rules, gate, ref.replace("refs/heads/", ""));
    const update = { ref, before: orUndefined(before), after: orUndefined(after) };
    const violations = await violationsOf(git, update, { ...gate.settings, rules, signed: gate.signed });
    if (violations.length === 0) continue;
    process.stderr.write(pushRefusal(gate, ref, violations));
    process.exitCode = 1;
  }
}

if (import.meta.main) await main();
