import { describe, expect, test } from "vitest";
import type { Diagnostics } from "@/lib/account";
import type { SecretStatus } from "@/lib/porter-config";
import { blankConfig as config, NO_SECRET } from "@/lib/testing/blank-config";
import { currentStep, type Facts, readyAgent, stepsOf } from "./steps";

const secret = (verification: string): SecretStatus => ({ ...NO_SECRET, configured: true, verification });
const withKey = (verification: string) =>
  config({ providerCredentialStatus: { anthropic: { ANTHROPIC_API_KEY: secret(verification) } } });

const installation: Diagnostics["installations"][number] = {
  id: 1,
  account: "octocat",
  accountType: "User",
  repositorySelection: "all",
  suspended: false,
  permissions: { granted: {}, missing: {} },
  limitedUntil: null,
  manageUrl: "https://github.com/settings/installations/1",
};
const found = (change: Partial<Diagnostics> = {}): Diagnostics => ({
  login: "octocat",
  ok: true,
  token: { state: "live", kind: "app", expiresAt: null, reconnectBy: null, scopes: null },
  installations: [installation],
  installUrl: "https://github.com/apps/porter/installations/new",
  unheard: [],
  checks: [],
  ...change,
});
const facts = (change: Partial<Facts> = {}): Facts => ({
  login: "octocat",
  config: config(),
  diagnostics: found({ installations: [] }),
  task: null,
  ...change,
});
const standing = (given: Facts) => Object.fromEntries(stepsOf(given).map(({ id, state }) => [id, state]));

test("a new user is at the installation, whatever else is missing", () => {
  expect(standing(facts())).toEqual({
    "signed-in": "done",
    installed: "open",
    keys: "open",
    fly: "open",
    mention: "open",
  });
  expect(currentStep(stepsOf(facts()))).toBe("installed");
});

test("the wizard moves with the facts, not with clicks", () => {
  expect(currentStep(stepsOf(facts({ diagnostics: found() })))).toBe("keys");
  expect(currentStep(stepsOf(facts({ diagnostics: found(), config: withKey("valid") })))).toBe("fly");
  const whole = { ...withKey("valid"), flyTokenStatus: secret("valid"), flyAppName: "porter-octocat" };
  expect(currentStep(stepsOf(facts({ diagnostics: found(), config: whole })))).toBe("mention");
});

test("a step that was done and is wrong now is the current one again", () => {
  const token = { ...found().token, state: "reconnect" as const };
  const steps = stepsOf(facts({ diagnostics: found({ token }), config: withKey("valid") }));
  expect(currentStep(steps)).toBe("signed-in");
  expect(steps[0]?.state).toBe("trouble");
});

test("GitHub's silence holds nobody up", () => {
  const steps = stepsOf(facts({ diagnostics: "silent" }));
  expect(steps[1]?.state).toBe("unknown");
  expect(currentStep(steps)).toBe("keys");
});

test("a question under way is waited for, so that the page does not jump", () => {
  expect(currentStep(stepsOf(facts({ diagnostics: null })))).toBe("installed");
});

describe("keys", () => {
  test.each([
    ["valid", "done"],
    ["unverified", "done"],
    ["invalid_key", "trouble"],
    ["no_credit", "trouble"],
  ])("a key that is %s leaves the step %s", (verification, state) => {
    expect(standing(facts({ config: withKey(verification) }))["keys"]).toBe(state);
  });

  test("a good key without a model of the default family is no use until another model is chosen", () => {
    const lacking = withKey("no_model");
    expect(stepsOf(facts({ config: lacking }))[2]).toMatchObject({
      state: "trouble",
      result: expect.stringContaining("choose another model"),
    });
    expect(readyAgent(lacking)).toBeNull();
    lacking.agents["opencode"] = { enabled: true, priority: "normal", defaultModel: "anthropic/claude-haiku-9" };
    expect(readyAgent(lacking)).toBe("opencode");
    expect(standing(facts({ config: lacking }))["keys"]).toBe("done");
  });

  test("the comment names an agent that is on and has a key", () => {
    expect(readyAgent(config())).toBeNull();
    expect(readyAgent(withKey("valid"))).toBe("opencode");
    const off = withKey("valid");
    off.agents["opencode"] = { enabled: false, priority: "normal", defaultModel: null };
    expect(readyAgent(off)).toBe("claude");
    const unmetered = config({ providerCredentialStatus: { amp: { AMP_API_KEY: secret("unverified") } } });
    expect(readyAgent(unmetered)).toBeNull();
    unmetered.agents["amp"] = { enabled: true, priority: "normal", defaultModel: null };
    expect(readyAgent(unmetered)).toBe("amp");
  });

  test("of a provider that no agent uses is said to be of no use yet", () => {
    const other = config({ providerCredentialStatus: { groq: { GROQ_API_KEY: secret("valid") } } });
    expect(stepsOf(facts({ config: other }))[2]).toMatchObject({
      state: "open",
      result: expect.stringContaining("No agent"),
    });
  });
});

test("a suspended installation and missing permissions are told apart", () => {
  const suspended = found({ installations: [{ ...installation, suspended: true }] });
  expect(stepsOf(facts({ diagnostics: suspended }))[1]).toMatchObject({
    state: "trouble",
    result: expect.stringContaining("suspended"),
  });
  const permissions = { granted: {}, missing: { issues: "write" } };
  const lacking = found({ installations: [{ ...installation, permissions }] });
  expect(stepsOf(facts({ diagnostics: lacking }))[1]).toMatchObject({
    state: "trouble",
    result: expect.stringContaining("permissions"),
  });
});
