import { describe, expect, test } from "vitest";
import { PROVIDER_IDS } from "./providers.ts";
import { foreignSecret } from "./secret-owner.ts";

const SHAPES = [
  [null, "ghp_"],
  [null, "github_pat_"],
  [null, "gho_"],
  [null, "npm_"],
  [null, "xoxb-"],
  ["anthropic", "sk-ant-"],
  ["openrouter", "sk-or-"],
  ["openai", "sk-proj-"],
  ["google", "AIza"],
  ["groq", "gsk_"],
  ["xai", "xai-"],
  ["amp", "sgamp_"],
  ["fly", "fm2_"],
  ["fly", "FlyV1 fm1r_"],
] as const;

describe("a secret whose beginning belongs to one issuer", () => {
  test.each(SHAPES)("of %s (%s) is taken there and nowhere else", (owner, begin) => {
    for (const wanted of [...PROVIDER_IDS, "fly"] as const)
      expect(foreignSecret(` ${begin}fake-canary`, wanted) === null, wanted).toBe(wanted === owner);
  });

  test("is nobody's in particular where several could have made it", () => {
    for (const wanted of [...PROVIDER_IDS, "fly"] as const)
      for (const value of ["sk-fake-canary", "fake-canary-key"]) expect(foreignSecret(value, wanted)).toBeNull();
  });
});
