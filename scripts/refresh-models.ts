import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { ensureAgentClis } from "../agent-image/install-clis.ts";
import { hasAvx2, platformName } from "../agent-image/runner/agents/launch-parts.ts";
import { endpointOf } from "../agent-image/runner/provider-endpoints.ts";
import { FAMILIES, familiesIn, RETIRED } from "../lib/model-family.ts";
import { modelCatalogueSchema, type ModelInfo } from "../lib/models.ts";
import { PROVIDER_IDS, PROVIDERS, type ProviderId } from "../lib/providers.ts";
import { readJson } from "../lib/json.ts";

const TARGET = "lib/models.json";
/** A file of its own: pages name the default model and must not carry the whole list. */
const NEWEST = "lib/newest-models.json";
/** What `opencode models --verbose` prints of one model (its own snapshot of models.dev). */
const listed = z.object({
  id: z.string().min(1),
  name: z.string().min(1),
  status: z.string(),
  release_date: z.string(),
  cost: z.object({ input: z.number(), output: z.number() }).nullish(),
  limit: z.object({ context: z.number(), output: z.number() }),
  capabilities: z.object({
    toolcall: z.boolean(),
    input: z.object({ text: z.boolean() }),
    output: z.object({ text: z.boolean() }),
  }),
});

/**
 * Rewrites lib/models.json from the opencode CLI that the machines run, so that the list holds exactly what a task
 * can name. Without a network of its own: the CLI's list is inside of it. Refresh after a new version is pinned.
 */
async function main(): Promise<void> {
  const nodeModules = await ensureAgentClis({ log: (line) => console.error(line) });
  const binary = join(nodeModules, `opencode-${platformName()}${hasAvx2() ? "" : "-baseline"}`, "bin/opencode");
  const home = mkdtempSync(join(tmpdir(), "porter-models-"));
  try {
    const models: Record<string, ModelInfo[]> = {};
    for (const id of PROVIDER_IDS) models[id] = endpointOf(id) === null ? [] : await modelsOf(binary, home, id);
    const file = modelCatalogueSchema.parse({ source: `opencode-ai ${pinnedVersion()}`, models });
    const families = familiesIn(models["anthropic"] ?? []);
    const lacking = FAMILIES.filter((family) => families[family] === null);
    if (lacking.length > 0) throw new Error(`opencode's list has no ${lacking.join(", ")}`);
    writeFileSync(TARGET, toLines(file.source, file.models));
    writeFileSync(NEWEST, `${JSON.stringify(families, null, 2)}\n`);
    console.log(PROVIDER_IDS.map((id) => `${id} ${models[id]?.length ?? 0}`).join(", "));
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

async function modelsOf(binary: string, home: string, id: ProviderId): Promise<ModelInfo[]> {
  // A provider is listed once it has a key; nothing is asked with it.
  const keys = Object.fromEntries(PROVIDERS[id].envNames.map((name) => [name, "fake-key"]));
  const { stdout } = await promisify(execFile)(binary, ["models", id, "--verbose"], {
    maxBuffer: 64 * 1024 * 1024,
    env: {
      PATH: process.env["PATH"],
      HOME: home,
      OPENCODE_DISABLE_MODELS_FETCH: "1",
      OPENCODE_DISABLE_AUTOUPDATE: "1",
      ...keys,
    },
  });
  // A line `provider/model` before each object.
  const objects = stdout.split(new RegExp(`^${id}/.+$`, "m")).slice(1);
  return objects
    .map((text) => readJson(listed, text))
    .filter((model) => isUsable(model))
    .toSorted((a, b) => b.release_date.localeCompare(a.release_date) || a.id.localeCompare(b.id))
    .map(({ id: model, name, limit, cost }) => ({
      id: model,
      name,
      context: limit.context,
      output: limit.output,
      cost: cost ? { input: cost.input, output: cost.output } : null,
    }));
}

/** An agent calls tools and speaks text; the rest of a provider's list draws, hears or filters. */
const isUsable = ({ id, status, capabilities }: z.infer<typeof listed>): boolean =>
  !RETIRED.includes(id) &&
  status !== "deprecated" &&
  capabilities.toolcall &&
  capabilities.input.text &&
  capabilities.output.text;

const pinnedVersion = (): string =>
  readJson(
    z.object({ dependencies: z.object({ "opencode-ai": z.string() }) }),
    readFileSync("agent-image/package.json", "utf8"),
  ).dependencies["opencode-ai"];

/** One model a line, so that a refresh reads as a diff. */
function toLines(source: string, models: Record<string, ModelInfo[]>): string {
  const providers = Object.entries(models).map(([id, list]) => {
    const lines = list.map((model) => `      ${JSON.stringify(model)}`).join(",\n");
    return `    ${JSON.stringify(id)}: [${lines === "" ? "" : `\n${lines}\n    `}]`;
  });
  return `{\n  "source": ${JSON.stringify(source)},\n  "models": {\n${providers.join(",\n")}\n  }\n}\n`;
}

await main();
