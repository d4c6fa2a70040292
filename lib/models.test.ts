import { describe, expect, test } from "vitest";
import { AGENTS } from "./agents.ts";
import catalogue from "./models.json" with { type: "json" };
import { modelCatalogueSchema, modelsOf } from "./models.ts";
import { PROVIDER_IDS } from "./providers.ts";

describe("the committed model list", () => {
  test("has its form, a list for every provider, and each model once", () => {
    const { models } = modelCatalogueSchema.parse(catalogue);
    expect(Object.keys(models).toSorted()).toEqual([...PROVIDER_IDS].toSorted());
    for (const [provider, list] of Object.entries(models))
      expect(new Set(list.map(({ id }) => id)).size, provider).toBe(list.length);
  });

  test("knows the model that opencode starts with by default", () => {
    const [provider, ...rest] = (AGENTS.opencode.defaultModel ?? "").split("/");
    expect(provider).toBe("anthropic");
    expect(modelsOf("anthropic").map(({ id }) => id)).toContain(rest.join("/"));
  });
});
