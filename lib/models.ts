import { z } from "zod";
import catalogue from "./models.json" with { type: "json" };
import type { ProviderId } from "./providers.ts";

const rates = {
  input: z.number(),
  output: z.number(),
  /** Absent: the provider names no price of its own for what is in its cache. */
  cacheRead: z.number().optional(),
  cacheWrite: z.number().optional(),
};
const costSchema = z.object({
  ...rates,
  /** Prices of calls with more input than so many tokens. */
  beyond: z.object({ tokens: z.number().int(), ...rates }).optional(),
});

/** A model that a task can name. `context` and `output` in tokens, `cost` in dollars per million tokens. */
export const modelSchema = z.object({
  id: z.string(),
  name: z.string(),
  context: z.number().int().min(0),
  output: z.number().int().min(0),
  cost: costSchema.nullable(),
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

/** Where the list is from, such as `opencode-ai 1.18.33`. */
export const MODELS_SOURCE = catalogue.source;
