import { describe, expect, test } from "vitest";
import { NOT_LISTED, readPeople } from "@/lib/people";
import { AppError } from "@/server/errors";
import { saveFly, validateFly } from "@/server/settings/check-fly";
import { saveAndCheckKeys, validateKey } from "@/server/secrets/check-keys";
import { saveCredentials } from "@/server/settings/legacy-credentials";
import { applySecretChanges, FLY_TOKEN } from "@/server/secrets/user-secrets";
import { getConfig, updateConfig } from "@/server/settings/config";
import { startupCheck } from "@/server/entry/startup-check";
import { asSignedIn, wholeContext } from "@/server/testing/signed-in";
import { testContext, testEnv, VARIABLES } from "@/server/testing/test-context";
import { diagnoseConnection } from "./diagnostics";
import { confirmInstallation } from "@/server/repositories/confirm-installation";
import { mayUse } from "./may-use";

let people = 9_300;
const KEY = "fake-anthropic-key-canary";
const FLY = "fake-fly-token-canary";

/** Somebody who was on the list, saved a key, and is not on it any more. */
async function removed() {
  const { context, fake } = wholeContext();
  const person = { id: (people += 1), login: `removed-${people}` };
  const as = await asSignedIn(context, fake, person);
  await saveAndCheckKeys(as, { anthropic: { ANTHROPIC_API_KEY: KEY } });
  Object.assign(as.env, { PORTER_PEOPLE: readPeople("user:1=octocat") });
  return { as, fake, person };
}

describe("who is not on the list", () => {
  /** Every way in which a key or a token of Fly's comes in, or is tried. */
  const WAYS: Record<string, (as: Awaited<ReturnType<typeof removed>>["as"]) => Promise<unknown>> = {
    "keys of providers": (as) => saveAndCheckKeys(as, { openai: { OPENAI_API_KEY: KEY } }),
    "the older form": (as) => saveCredentials(as, { ANTHROPIC_API_KEY: `${KEY}-new` }),
    "the older form, of Fly": (as) => saveCredentials(as, { flyToken: FLY }),
    "Fly's token": (as) => saveFly(as, { flyToken: FLY, flyAppName: "fake-app" }),
    "a new app of Fly's": (as) => saveFly(as, { createApp: true, flyAppName: "fake-app" }),
    "a key within the settings": (as) => updateConfig(as, { providerCredentials: { openai: { OPENAI_API_KEY: KEY } } }),
    "Fly's token within the settings": (as) => updateConfig(as, { flyToken: FLY }),
    "a change without a check": (as) => applySecretChanges(as, [{ ...FLY_TOKEN, value: FLY }]),
    "a check of a key": (as) => validateKey(as, { provider: "openai", key: KEY }),
    "a check of Fly's token": (as) => validateFly(as, { flyToken: FLY, flyAppName: "fake-app" }),
  };
  test.each(Object.entries(WAYS))("saves and tries nothing: %s", async (_way, save) => {
    const { as } = await removed();
    const before = await getConfig(as);
    const told = await save(as).then(
      () => null,
      (error: unknown) => error,
    );
    expect(told).toBeInstanceOf(AppError);
    expect(told).toMatchObject({ code: "forbidden", fix: { kind: "advice" } });
    expect(await getConfig(as)).toEqual(before);
  });

  test("deletes what is theirs, and is told on the account's page where they stand", async () => {
    const { as } = await removed();
    await saveAndCheckKeys(as, { anthropic: { ANTHROPIC_API_KEY: null } });
    await saveFly(as, { flyToken: null });
    expect((await getConfig(as)).providerCredentialStatus["anthropic"]?.["ANTHROPIC_API_KEY"]?.configured).toBe(false);
    expect((await diagnoseConnection(as)).checks[0]).toMatchObject({
      ok: false,
      message: expect.stringContaining(NOT_LISTED),
    });
    expect(await confirmInstallation(as, 1)).toBe("not_listed");
  });
});

describe("the list", () => {
  test("without one Porter is its operators'", async () => {
    const { context } = wholeContext({ env: testEnv({ PORTER_PEOPLE: "", PORTER_OPERATORS: "7" }) });
    expect(await mayUse(context, { userId: 7, login: "grace" })).toBe(true);
    expect(await mayUse(context, { userId: 8, login: "grace" })).toBe(false);
  });

  test("names people and organisations by their numbers, never by a name", async () => {
    const { context, fake } = wholeContext({
      env: testEnv({ PORTER_PEOPLE: "user:5=ada, organization:900=octo-org" }),
    });
    fake.state.members.set("octo-org", new Set([6]));
    fake.state.userIds.set("member", 6).set("ada", 4);
    expect(await mayUse(context, { userId: 5, login: "ada-today" })).toBe(true);
    expect(await mayUse(context, { userId: 4, login: "ada" })).toBe(false);
    // The App is not installed there, so GitHub says of nobody that they belong to it.
    expect(await mayUse(context, { userId: 6, login: "member" })).toBe(false);
    const at = { accountType: "Organization", repositorySelection: "all", suspendedAt: null } as const;
    fake.state.appInstallations.push({ id: 1, account: "octo-org", accountId: 900, permissions: {}, ...at });
    expect(await mayUse(context, { userId: 6, login: "member" })).toBe(true);
    // Somebody else has the name by now.
    expect(await mayUse(context, { userId: 3, login: "member" })).toBe(false);
    const [minted] = fake.state.minted;
    expect(minted).toMatchObject({ installationId: 1, permissions: { members: "read" } });
  });

  test.each(["everyone", "user:ada", "octocat", "user:0=ada", "user:1=a b", "team:1=ada", "everybody,user:1=ada"])(
    "%s is none",
    (text) => expect(() => testEnv({ PORTER_PEOPLE: text })).toThrow("PORTER_PEOPLE"),
  );

  test.each([
    ["everybody", true, "everybody who may write to a repository"],
    ["user:5=ada,organization:900=octo-org", false, "ada (5), members of octo-org (900)"],
    ["user:5=ada", true, "its operators, ada (5)"],
    ["", false, "Nobody may use this Porter."],
  ])("the doctor shows it: %s", async (list, ok, words) => {
    const { fake } = wholeContext();
    const env = testEnv({ PORTER_PEOPLE: list, OPERATOR_TOKEN: "fake-operator-token-of-the-tests-0000" });
    const context = testContext({ env, github: fake.github });
    const headers = { authorization: "Bearer fake-operator-token-of-the-tests-0000" };
    const request = new Request("https://porter.test/api/startup/check", { headers });
    const answer = await startupCheck(request, VARIABLES, () => context);
    const { checks } = await answer.json<{ checks: { name: string; ok: boolean; message: string }[] }>();
    const shown = checks.find(({ name }) => name === "people");
    expect([shown?.ok, shown?.message]).toEqual([ok, expect.stringContaining(words)]);
  });
});
