import { z } from "zod";
import { AGENTS } from "../lib/agents.ts";
import { readJson } from "../lib/json.ts";
import { type Families, FAMILIES, familiesIn, resolveModel, RETIRED } from "../lib/model-family.ts";
import { modelCatalogueSchema, type ModelInfo } from "../lib/models.ts";
import { PROVIDER_IDS, type ProviderId } from "../lib/providers.ts";

const rates = {
  input: z.number(),
  output: z.number(),
  cache: z.object({ read: z.number(), write: z.number() }),
};
const tier = z.object({ ...rates, tier: z.object({ type: z.string(), size: z.number().int() }) });

/** What `opencode models --verbose` prints of one model (its own snapshot of models.dev). */
const listed = z.object({
  id: z.string().min(1),
  name: z.string().min(1),
  status: z.string(),
  release_date: z.string(),
  cost: z.object({ ...rates, tiers: z.array(tier).nullish() }).nullish(),
  limit: z.object({ context: z.number(), output: z.number() }),
  capabilities: z.object({
    toolcall: z.boolean(),
    input: z.object({ text: z.boolean() }),
    output: z.object({ text: z.boolean() }),
  }),
});

/** The models of one provider that an agent can use, newest first, as opencode's listing has them. */
export function modelsIn(id: ProviderId, listing: string): ModelInfo[] {
  // A line `provider/model` before each object.
  const objects = listing.split(new RegExp(`^${id}/.+$`, "m")).slice(1);
  return objects
    .map((text) => readJson(listed, text))
    .filter((model) => isUsable(model))
    .toSorted((a, b) => b.release_date.localeCompare(a.release_date) || a.id.localeCompare(b.id))
    .map(({ id: model, name, limit, cost }) => ({
      id: model,
      name,
      context: limit.context,
      output: limit.output,
      cost: cost ? costOf(cost) : null,
    }));
}

type Cost = NonNullable<z.infer<typeof listed>["cost"]>;

function costOf({ tiers, ...cost }: Cost): ModelInfo["cost"] {
  const long = tiers?.find((one) => one.tier.type === "context");
  return {
    ...ratesOf(cost),
    ...(long === undefined ? {} : { beyond: { tokens: long.tier.size, ...ratesOf(long) } }),
  };
}

/** The list has 0 where nothing is said of a cache. */
const ratesOf = ({ input, output, cache }: Omit<Cost, "tiers">) => ({
  input,
  output,
  ...(cache.read > 0 ? { cacheRead: cache.read } : {}),
  ...(cache.write > 0 ? { cacheWrite: cache.write } : {}),
});

/** An agent calls tools and speaks text; the rest of a provider's list draws, hears or filters. */
const isUsable = ({ id, status, capabilities }: z.infer<typeof listed>): boolean =>
  !RETIRED.includes(id) &&
  status !== "deprecated" &&
  capabilities.toolcall &&
  capabilities.input.text &&
  capabilities.output.text;

type Files = { models: string; newest: string };

/**
 * The texts of lib/models.json and lib/newest-models.json from a listing of each provider; null: it has none. Throws when
 * a default of Porter's is not among them, or is retired there.
 */
export function catalogueFiles(source: string, listings: Record<ProviderId, string | null>): Files {
  const models: Record<string, ModelInfo[]> = {};
  for (const id of PROVIDER_IDS) models[id] = listings[id] === null ? [] : modelsIn(id, listings[id]);
  const file = modelCatalogueSchema.parse({ source, models });
  const families = familiesIn(models["anthropic"] ?? []);
  const lacking = lackingDefaults(file.models, families);
  if (lacking.length > 0) throw new Error(`the list lacks a default, or has it as retired: ${lacking.join(", ")}`);
  return { models: toLines(source, file.models), newest: `${JSON.stringify(families, null, 2)}\n` };
}

/** The defaults that nobody could run with: families without a model, and models that are in no list. */
export function lackingDefaults(models: Record<string, readonly { id: string }[]>, newest: Families): string[] {
  const isKnown = (provider: string, model: string): boolean =>
    (models[provider] ?? []).some(({ id }) => id === model) && !RETIRED.includes(model);
  const families = FAMILIES.filter((family) => !isKnown("anthropic", newest[family] ?? ""));
  const ofAgents = Object.values(AGENTS).flatMap(({ id, provider, defaultModel }) => {
    const model = resolveModel(id, defaultModel, newest);
    const isLacking = model !== null && !isKnown(provider, model.replace(`${provider}/`, ""));
    return isLacking ? [model] : [];
  });
  return [...new Set([...families, ...ofAgents])];
}

/** One model a line, so that a refresh reads as a diff. */
function toLines(source: string, models: Record<string, ModelInfo[]>): string {
  const providers = Object.entries(models).map(([id, list]) => {
    const lines = list.map((model) => `      ${JSON.stringify(model)}`).join(",\n");
    return `    ${JSON.stringify(id)}: [${lines === "" ? "" : `\n${lines}\n    `}]`;
  });
  return `{\n  "source": ${JSON.stringify(source)},\n  "models": {\n${providers.join(",\n")}\n  }\n}\n`;
}
