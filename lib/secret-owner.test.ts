import { describe, expect, test } from "vitest";
import { PROVIDER_IDS } from "./providers.ts";
import { readSecret, type SecretOwner } from "./secret-owner.ts";

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
      expect("secret" in readSecret(` ${begin}fake-canary`, wanted), wanted).toBe(wanted === owner);
  });

  test("is nobody's in particular where several could have made it", () => {
    for (const wanted of [...PROVIDER_IDS, "fly"] as const)
      for (const value of ["sk-fake-canary", "fake-canary-key"])
        expect(readSecret(value, wanted)).toEqual({ secret: value });
  });
});

describe("what is pasted", () => {
  const fault = (value: string, owner: SecretOwner) => {
    const read = readSecret(value, owner);
    return "fault" in read ? `${read.fault} ${read.fix}` : null;
  };

  test("says what it is and what is wanted where it is somebody else's", () => {
    expect(fault("ghp_fake-canary", "anthropic")).toBe("That is a GitHub token. Paste a key of Anthropic here.");
    for (const value of [
      '"ghp_fake-canary"',
      "GITHUB_TOKEN=ghp_fake-canary",
      "export KEY='gho_fake-canary'",
      "token:ghs_fake",
    ])
      expect(fault(value, "anthropic"), value).toMatch(/^That is a GitHub token/);
    expect(fault("sk-ant-fake-canary", "fly")).toBe("That is an Anthropic key. Paste a Fly token here.");
    expect(fault("Bearer FlyV1 fm2_fake-canary", "openai")).toBe("That is a Fly token. Paste a key of OpenAI here.");
  });

  test("is taken alone, whole and without what is copied along", () => {
    for (const value of ["two words-canary", "line-canary\nANTHROPIC_API_KEY=1", "schlüssel-canary", "short", ""])
      expect(fault(value, "anthropic"), value).not.toBeNull();
    for (const value of [
      '"sk-ant-fake-canary"',
      "ANTHROPIC_API_KEY=sk-ant-fake-canary",
      "x-api-key:sk-ant-fake-canary",
    ])
      expect(fault(value, "anthropic"), value).toMatch(/^That does not look like a key of Anthropic. Paste it alone/);
    expect(readSecret(" FlyV1 fm2_fake-canary,fm2_second\n", "fly")).toEqual({ secret: "fm2_fake-canary,fm2_second" });
    for (const value of ["ZmFrZS1jYW5hcnk==", "ZmFrZS1jYW5hcnk="])
      expect(readSecret(value, "mistral")).toEqual({ secret: value });
    expect(readSecret("fm2_fake=,fm2_canary==", "fly")).toEqual({ secret: "fm2_fake=,fm2_canary==" });
    expect(readSecret("Bearer fake-canary-token", "fly")).toEqual({ secret: "fake-canary-token" });
  });
});
