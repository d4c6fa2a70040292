import { z } from "zod";
import catalogue from "./models.json" with { type: "json" };
import type { ProviderId } from "./providers.ts";

/** A model that a task can name. `context` and `output` in tokens, `cost` in dollars per million tokens. */
export const modelSchema = z.object({
  id: z.string(),
  name: z.string(),
  context: z.number().int().min(0),
  output: z.number().int().min(0),
  cost: z.object({ input: z.number(), output: z.number() }).nullable(),
});
export type ModelInfo = z.infer<typeof modelSchema>;

/** lib/models.json: written by scripts/refresh-models.ts from what the pinned opencode CLI knows. */
export const modelCatalogueSchema = z.object({
  source: z.string(),
  models: z.record(z.string(), z.array(modelSchema)),
});

const models: Record<string, ModelInfo[]> = catalogue.models;

/** The provider's models, newest first; empty where the vendor chooses (Amp). */
export const modelsOf = (provider: ProviderId): ModelInfo[] => models[provider] ?? [];
/** Models that their vendor has switched off, whatever the list of the pinned opencode still says. */
export const RETIRED: readonly string[] = ["claude-sonnet-4-5", "claude-sonnet-4-5-20250929"];

/** The newest model of a family of Anthropic's (`sonnet`), without its fast and dated spellings; null: none. */
export const newestOf = (family: string, list: readonly { id: string }[]): string | null =>
  list.find(({ id }) => new RegExp(`^claude-${family}(?:-\\d{1,2}){1,2}$`).test(id) && !RETIRED.includes(id))?.id ??
  null;

/** Where the list is from, such as `opencode-ai 1.18.33`. */
export const MODELS_SOURCE = catalogue.source;
