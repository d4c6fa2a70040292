import { AGENT_IDS } from "@/lib/agents";
import { tryJson } from "@/lib/json";
import { PRIORITY_NAMES } from "@/lib/task";
import { z } from "zod";

const KEPT = 30;
const KEY = "porter.dispatch";

const lastChoice = z.object({
  agent: z.enum(AGENT_IDS),
  model: z.string().nullable(),
  priority: z.enum(PRIORITY_NAMES).nullable(),
  base: z.string().nullable(),
});
export type LastChoice = z.infer<typeof lastChoice>;
/** Newest first. */
const kept = z.array(z.tuple([z.string(), lastChoice]));

type Storage = Pick<globalThis.Storage, "getItem" | "setItem">;

/** What was last chosen for a repository in this browser; null where nothing was or storage is closed. */
export function lastChoiceFor(storage: Storage, repository: string): LastChoice | null {
  return read(storage).find(([name]) => name === repository)?.[1] ?? null;
}

/** The repositories of the last tasks, newest first. */
export const recentRepositories = (storage: Storage): string[] => read(storage).map(([name]) => name);

export function keepChoice(storage: Storage, repository: string, choice: LastChoice): void {
  const { agent, model, priority, base } = choice;
  const others = read(storage).filter(([name]) => name !== repository);
  try {
    storage.setItem(KEY, JSON.stringify([[repository, { agent, model, priority, base }], ...others].slice(0, KEPT)));
  } catch {
    // Full or forbidden: the next dispatch starts from the defaults.
  }
}

function read(storage: Storage): z.infer<typeof kept> {
  try {
    return tryJson(kept, storage.getItem(KEY) ?? "[]") ?? [];
  } catch {
    return [];
  }
}
