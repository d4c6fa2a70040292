import { describe, expect, test } from "vitest";
import catalogue from "../lib/models.json" with { type: "json" };
import newest from "../lib/newest-models.json" with { type: "json" };
import { readJson } from "../lib/json.ts";
import { modelCatalogueSchema } from "../lib/models.ts";
import { PROVIDER_IDS, type ProviderId } from "../lib/providers.ts";
import { catalogueFiles, lackingDefaults, modelsIn } from "./model-catalogue.ts";

type Listed = { status?: string; date?: string; tools?: boolean };

/** As the pinned opencode prints one model, with fields that nobody reads. */
const printed = (provider: string, id: string, { status = "active", date = "2026-01-01", tools = true }: Listed = {}) =>
  `${provider}/${id}\n${JSON.stringify(
    {
      id,
      providerID: provider,
      name: `Name of ${id}`,
      api: { id, url: "", npm: "@ai-sdk/x" },
      status,
      cost: { input: 3, output: 15, cache: { read: 0, write: 0 } },
      limit: { context: 200_000, output: 64_000 },
      capabilities: {
        toolcall: tools,
        input: { text: true, image: true },
        output: { text: true, image: false },
      },
      release_date: date,
      variants: {},
    },
    null,
    2,
  )}\n`;
const ANTHROPIC = [
  printed("anthropic", "claude-haiku-8", { date: "2026-02-01" }),
  printed("anthropic", "claude-sonnet-8", { date: "2026-03-01" }),
  printed("anthropic", "claude-opus-8", { date: "2026-01-01" }),
];
const listings = (anthropic: string): Record<ProviderId, string | null> => ({
  ...(Object.fromEntries(PROVIDER_IDS.map((id) => [id, null])) as Record<ProviderId, null>),
  anthropic,
  openai: printed("openai", "gpt-5.5"),
});

describe("the list that a refresh writes", () => {
  test("has what an agent can use, newest first, and the newest of each family", () => {
    const files = catalogueFiles("opencode-ai 1.2.3", listings(ANTHROPIC.join("")));
    const { models, source } = readJson(modelCatalogueSchema, files.models);
    expect(source).toBe("opencode-ai 1.2.3");
    expect(Object.keys(models)).toEqual([...PROVIDER_IDS]);
    expect(models.anthropic?.map(({ id }) => id)).toEqual(["claude-sonnet-8", "claude-haiku-8", "claude-opus-8"]);
    expect(models.openai).toEqual([
      { id: "gpt-5.5", name: "Name of gpt-5.5", context: 200_000, output: 64_000, cost: { input: 3, output: 15 } },
    ]);
    expect(JSON.parse(files.newest)).toEqual({
      sonnet: "claude-sonnet-8",
      opus: "claude-opus-8",
      haiku: "claude-haiku-8",
    });
  });

  test.each([
    ["has no tools", printed("anthropic", "claude-sonnet-9", { tools: false })],
    ["is retired there", printed("anthropic", "claude-sonnet-9", { status: "deprecated" })],
    ["is switched off", printed("anthropic", "claude-sonnet-4-5")],
  ])("leaves out what %s", (_, text) => {
    expect(modelsIn("anthropic", text)).toEqual([]);
  });

  test.each([
    ["is not there", ANTHROPIC.filter((text) => !text.includes("sonnet")).join("")],
    [
      "is retired there",
      ANTHROPIC.map((text) => (text.includes("sonnet") ? text.replace('"active"', '"deprecated"') : text)).join(""),
    ],
    ["is cut off", ANTHROPIC.join("").slice(0, -200)],
    ["says nothing", ""],
  ])("is not written when a default %s", (_, text) => {
    expect(() => catalogueFiles("opencode-ai 1.2.3", listings(text))).toThrow();
  });
});

test("no default is lacking in the committed list", () => {
  expect(lackingDefaults(catalogue.models, newest)).toEqual([]);
});

test.each([
  ["a list without it", { anthropic: catalogue.models.anthropic.filter(({ id }) => id !== newest.sonnet) }, newest],
  ["a family that has none", catalogue.models, { ...newest, sonnet: null }],
  ["a newest one that is switched off", catalogue.models, { ...newest, sonnet: "claude-sonnet-4-5" }],
])("a default is lacking with %s", (_, models, families) => {
  expect(lackingDefaults(models, families)).not.toEqual([]);
});
