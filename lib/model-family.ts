import { z } from "zod";
import { AGENTS, providersOf, type AgentId } from "./agents.ts";
import newest from "./newest-models.json" with { type: "json" };

/** Families of Anthropic's models. A default is a family, since vendors retire every model that has a number. */
export const FAMILIES = ["sonnet", "opus", "haiku"] as const;
export type Family = (typeof FAMILIES)[number];

/** The newest model of each family that a key can see; null: none. */
export const familiesSchema = z.object({
  sonnet: z.string().nullable(),
  opus: z.string().nullable(),
  haiku: z.string().nullable(),
});
export type Families = z.infer<typeof familiesSchema>;

/** Models that their vendor has switched off, whatever a list still says. */
export const RETIRED: readonly string[] = ["claude-sonnet-4-5", "claude-sonnet-4-5-20250929"];

/** The newest model of a family in a list that begins with the newest; a dated spelling only where there is no other. */
export function newestOf(family: Family, list: readonly { id: string }[]): string | null {
  const ids = list.map(({ id }) => id).filter((id) => !RETIRED.includes(id));
  const plain = new RegExp(`^claude-${family}(?:-\\d{1,2}){1,2}$`);
  const dated = new RegExp(`^claude-${family}(?:-\\d{1,2}){1,2}-\\d{8}$`);
  return ids.find((id) => plain.test(id)) ?? ids.find((id) => dated.test(id)) ?? null;
}

export const familiesIn = (list: readonly { id: string }[]): Families => ({
  sonnet: newestOf("sonnet", list),
  opus: newestOf("opus", list),
  haiku: newestOf("haiku", list),
});

/** The family that a task's model names (`sonnet`, `anthropic/sonnet`); null: a model of its own. */
export function familyOf(agent: AgentId, model: string | null): Family | null {
  if (model === null || !providersOf(agent).includes("anthropic")) return null;
  return FAMILIES.find((family) => family === model || `anthropic/${family}` === model) ?? null;
}

/**
 * What the agent's CLI is started with: a family becomes the newest model that the key can see. Where that is not
 * known, a CLI that knows the family's name resolves it itself, and another gets the newest of Porter's list.
 */
export function resolveModel(agent: AgentId, model: string | null, known: Families | null): string | null {
  const family = familyOf(agent, model);
  if (family === null) return model;
  const seen = known?.[family] ?? null;
  const { namesProvider, shortNames } = AGENTS[agent];
  const found = seen ?? (shortNames.includes(family) ? family : newest[family]);
  return namesProvider ? `anthropic/${found}` : found;
}
