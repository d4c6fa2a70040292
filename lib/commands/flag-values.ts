import { readBudget } from "../budget.ts";
import { isMachineSize, MACHINE_SIZES } from "../machine-size.ts";
import { PRIORITY_NAMES, type PriorityName } from "../task.ts";
import type { FlagName, Flags } from "./command.ts";
import { nearestName } from "./near-words.ts";

export type FlagValue = { ok: true; set: Partial<Flags> } | { ok: false; suggestion: string | null };

const isPriority = (value: string): value is PriorityName => (PRIORITY_NAMES as readonly string[]).includes(value);

/** Checks a flag's value as typed, without its quotes. */
export function readFlagValue(name: FlagName, value: string): FlagValue {
  switch (name) {
    case "priority": {
      const lower = value.normalize("NFKC").toLowerCase();
      return isPriority(lower)
        ? { ok: true, set: { priority: lower } }
        : { ok: false, suggestion: nearestName(lower, PRIORITY_NAMES) };
    }
    case "machine": {
      const lower = value.normalize("NFKC").toLowerCase();
      return isMachineSize(lower)
        ? { ok: true, set: { machine: lower } }
        : { ok: false, suggestion: nearestName(lower, MACHINE_SIZES) };
    }
    case "budget": {
      const budget = readBudget(value);
      return budget === null ? { ok: false, suggestion: null } : { ok: true, set: { budget } };
    }
    case "model":
      return isModelName(value) ? { ok: true, set: { model: value } } : { ok: false, suggestion: null };
    case "base":
      return isBranchName(branchOf(value))
        ? { ok: true, set: { base: branchOf(value) } }
        : { ok: false, suggestion: null };
  }
}

/** A model's name as vendors write them: `sonnet[1m]`, `anthropic/claude-sonnet-4-5`, `x/y-v2:0`; 128 characters. */
const isModelName = (value: string): boolean => /^[A-Za-z0-9@][A-Za-z0-9._:/@+[\]~-]{0,127}$/.test(value);

/** The branch on GitHub that people name as git shows it in their own clone. */
const branchOf = (value: string): string =>
  value.replace(/^(?:refs\/heads\/|(?:refs\/)?(?:remotes\/)?origin\/)(?=.)/, "");

/**
 * A branch name that git accepts (`git check-ref-format --branch`) and that hides nothing: no control, format or
 * private characters, no white space; 200 characters.
 */
function isBranchName(value: string): boolean {
  if (value === "" || value.length > 200 || value === "HEAD" || value === "@") return false;
  if (/[\p{C}\p{Z}~^:?*[\\]/u.test(value) || value.includes("..") || value.includes("@{")) return false;
  if (value.startsWith("-")) return false;
  return value
    .split("/")
    .every((part) => part !== "" && !part.startsWith(".") && !part.endsWith(".") && !part.endsWith(".lock"));
}
