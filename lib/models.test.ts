import { describe, expect, test } from "vitest";
import { AGENTS } from "./agents.ts";
import catalogue from "./models.json" with { type: "json" };
import { familiesIn, newestOf, resolveModel, RETIRED } from "./model-family.ts";
import { modelCatalogueSchema, modelsOf } from "./models.ts";
import newest from "./newest-models.json" with { type: "json" };
import { PROVIDER_IDS } from "./providers.ts";

describe("the committed model list", () => {
  test("has its form, a list for every provider, and each model once", () => {
    const { models } = modelCatalogueSchema.parse(catalogue);
    expect(Object.keys(models).toSorted()).toEqual([...PROVIDER_IDS].toSorted());
    for (const [provider, list] of Object.entries(models))
      expect(new Set(list.map(({ id }) => id)).size, provider).toBe(list.length);
  });

  test("knows the model that every agent's default comes to, and none of them is retired", () => {
    for (const { id, defaultModel, name } of Object.values(AGENTS)) {
      const model = resolveModel(id, defaultModel, null);
      if (model?.includes("/") !== true) continue;
      const [provider, ...rest] = model.split("/");
      expect(provider, name).toBe("anthropic");
      expect(
        modelsOf("anthropic").map(({ id }) => id),
        name,
      ).toContain(rest.join("/"));
    }
  });

  test("holds no retired model", () => {
    const ids = modelsOf("anthropic").map(({ id }) => id);
    expect(RETIRED.filter((id) => ids.includes(id))).toEqual([]);
  });

  test("has the families' newest models beside it, as a refresh would write them", () => {
    expect(newest).toEqual(familiesIn(modelsOf("anthropic")));
  });

  test("tells a family's newest model from fast, dated and retired ones", () => {
    const list = [
      "claude-sonnet-6-fast",
      "claude-opus-7",
      "claude-sonnet-4-5",
      "claude-sonnet-5-20270101",
      "claude-sonnet-4-6",
    ];
    expect(
      newestOf(
        "sonnet",
        list.map((id) => ({ id })),
      ),
    ).toBe("claude-sonnet-4-6");
    expect(newestOf("haiku", [])).toBeNull();
  });
});
