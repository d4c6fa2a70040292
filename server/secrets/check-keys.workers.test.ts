import { describe, expect, test } from "vitest";
import type { AppContext } from "@/server/context";
import type { AppError } from "@/server/errors";
import { createClock } from "@/server/testing/clock";
import { createFakeChecks } from "@/server/testing/fake-checks";
import { testContext, userActor } from "@/server/testing/test-context";
import { saveFly, validateFly } from "@/server/settings/check-fly";
import { saveAndCheckKeys, validateKey } from "./check-keys";
import { saveCredentials } from "@/server/settings/legacy-credentials";
import { FLY_TOKEN, openUsableSecrets, secretStatus } from "./user-secrets";

const KEY = "fake-anthropic-key-canary-0001";
const OTHER = "fake-anthropic-key-canary-0002";
const TOKEN = "fm2_fake-fly-token-canary-0003";

let lastUser = 9000;
function aUser(answers: Parameters<typeof createFakeChecks>[0] = {}) {
  const userId = (lastUser += 1);
  const { keyChecks, flyApps, asked } = createFakeChecks(answers);
  const context = testContext({ actor: userActor(userId), keyChecks, flyApps });
  return { context, asked, userId };
}
const statusOf = async (context: AppContext, userId: number) => {
  const { providers, fly } = await secretStatus(context, userId);
  return { anthropic: providers["anthropic"]?.["ANTHROPIC_API_KEY"], fly };
};

describe("saving a key", () => {
  test("checks it at its provider and keeps what was found", async () => {
    const { context, userId, asked } = aUser();
    await saveAndCheckKeys(context, { anthropic: { ANTHROPIC_API_KEY: ` ${KEY}\n` } });
    expect(asked).toEqual([`anthropic ${KEY}`]);
    expect((await statusOf(context, userId)).anthropic).toMatchObject({
      verification: "valid",
      verifiedAt: context.clock.now().toISOString(),
      lastUsedAt: null,
    });
  });

  test.each(["invalid_key", "no_credit", "unverified"] as const)(
    "is done also when the check says %s",
    async (verification) => {
      const { context, userId } = aUser({ key: () => ({ verification }) });
      await saveAndCheckKeys(context, { anthropic: { ANTHROPIC_API_KEY: KEY } });
      expect((await statusOf(context, userId)).anthropic).toMatchObject({
        configured: true,
        lastFour: "0001",
        verification,
      });
    },
  );

  test("is done before its provider is asked, and stays done when asking breaks", async () => {
    const seen: unknown[] = [];
    const user = aUser({
      key: async () => {
        seen.push((await statusOf(user.context, user.userId)).anthropic);
        throw new Error("a broken check");
      },
    });
    await saveAndCheckKeys(user.context, { anthropic: { ANTHROPIC_API_KEY: KEY } });
    expect(seen).toMatchObject([{ configured: true, verification: "unverified" }]);
    expect((await statusOf(user.context, user.userId)).anthropic).toMatchObject({ verification: "unverified" });
  });

  test("never gets the verdict on the key that it replaced", async () => {
    let second: Promise<void> | undefined;
    const user = aUser({
      key: async (_provider, key) => {
        if (key === OTHER) return { verification: "unverified" };
        // While the first is looked at, another tab saves the second.
        second = saveAndCheckKeys(user.context, { anthropic: { ANTHROPIC_API_KEY: OTHER } });
        await second;
        return { verification: "valid" };
      },
    });
    await saveAndCheckKeys(user.context, { anthropic: { ANTHROPIC_API_KEY: KEY } });
    expect((await statusOf(user.context, user.userId)).anthropic).toMatchObject({
      lastFour: "0002",
      verification: "unverified",
    });
  });

  test("asks nobody about a key that is deleted or left alone", async () => {
    const { context, asked } = aUser();
    await saveAndCheckKeys(context, { anthropic: { ANTHROPIC_API_KEY: null }, openai: { OPENAI_API_KEY: "" } });
    expect(asked).toEqual([]);
  });
});

describe("nothing starts with a secret that is being checked", () => {
  const usable = async (context: AppContext, userId: number) =>
    openUsableSecrets(context, (await context.db.requesters.of(userId)).secrets, ["ANTHROPIC_API_KEY", FLY_TOKEN.name]);

  type Save = (context: AppContext) => Promise<unknown>;
  const saves: Record<string, { save: Save; name: string }> = {
    "a new key": {
      save: (context) => saveAndCheckKeys(context, { anthropic: { ANTHROPIC_API_KEY: OTHER } }),
      name: "ANTHROPIC_API_KEY",
    },
    "a new key by the older surface": {
      save: (context) => saveCredentials(context, { ANTHROPIC_API_KEY: OTHER }),
      name: "ANTHROPIC_API_KEY",
    },
    "a new Fly token": { save: (context) => saveFly(context, { flyToken: TOKEN }), name: FLY_TOKEN.name },
    "a new Fly token for an app that is made": {
      save: (context) => saveFly(context, { flyToken: TOKEN, flyAppName: "other-app", createApp: true }),
      name: FLY_TOKEN.name,
    },
    "another Fly app": {
      save: (context) => saveFly(context, { flyAppName: "other-app" }),
      name: FLY_TOKEN.name,
    },
  };

  describe.each(Object.keys(saves))("%s", (what) => {
    const { save, name } = saves[what] ?? expect.unreachable();

    async function saved(answer: () => "valid" | "invalid_key" | "unverified") {
      const seen = new Set<string | undefined>();
      let isSetUp = false;
      const look = async () => {
        if (isSetUp) seen.add((await usable(user.context, user.userId))[name]);
        return { verification: isSetUp ? answer() : ("valid" as const) };
      };
      const user = aUser({ key: look, fly: look, create: look });
      await saveAndCheckKeys(user.context, { anthropic: { ANTHROPIC_API_KEY: KEY } });
      await saveFly(user.context, { flyToken: "fm2_fake-fly-token-canary-0001", flyAppName: "first-app" });
      isSetUp = true;
      await save(user.context);
      return { seen: [...seen], after: (await usable(user.context, user.userId))[name] };
    }

    test.each(["valid", "unverified"] as const)("until the check says %s", async (verification) => {
      const { seen, after } = await saved(() => verification);
      expect(seen).toEqual([undefined]);
      expect(after).toBeTypeOf("string");
    });

    test("not at all when it is refused", async () => {
      expect(await saved(() => "invalid_key")).toEqual({ seen: [undefined], after: undefined });
    });
  });

  test("until the check of a key breaks", async () => {
    const user = aUser({
      key: () => {
        throw new Error("a broken check");
      },
    });
    await saveAndCheckKeys(user.context, { anthropic: { ANTHROPIC_API_KEY: KEY } });
    expect(await usable(user.context, user.userId)).toEqual({ ANTHROPIC_API_KEY: KEY });
  });

  test("and a check that its Worker died under holds nothing up for long", async () => {
    const clock = createClock();
    const user = aUser({ key: () => new Promise(() => undefined) });
    const context = { ...user.context, clock };
    // Never ends, as for a Worker that was ended.
    saveAndCheckKeys(context, { anthropic: { ANTHROPIC_API_KEY: KEY } }).catch(expect.unreachable);
    await expect.poll(async () => (await statusOf(context, user.userId)).anthropic?.configured).toBe(true);
    expect(await usable(context, user.userId)).toEqual({});
    clock.advance(29_000);
    expect(await usable(context, user.userId)).toEqual({});
    clock.advance(1000);
    expect(await usable(context, user.userId)).toEqual({ ANTHROPIC_API_KEY: KEY });
  });
});

describe("validating a key", () => {
  test("that is given says what is wrong in a sentence and saves nothing", async () => {
    const { context, userId } = aUser({ key: () => ({ verification: "no_credit" }) });
    expect(await validateKey(context, { provider: "anthropic", key: KEY })).toMatchObject({
      valid: false,
      verification: "no_credit",
      message: "Anthropic accepts this key, but its account has no credit left.",
    });
    expect((await statusOf(context, userId)).anthropic).toMatchObject({ configured: false });
  });

  test("that is saved renews its status; without one it says so", async () => {
    const { context, userId } = aUser();
    expect(await validateKey(context, { provider: "anthropic" })).toMatchObject({ verification: "missing" });
    await saveAndCheckKeys(context, { anthropic: { ANTHROPIC_API_KEY: KEY } });
    const later = { ...context, keyChecks: createFakeChecks({ key: () => ({ verification: "expired" }) }).keyChecks };
    expect((await validateKey(later, { provider: "anthropic" })).valid).toBe(false);
    expect((await statusOf(context, userId)).anthropic).toMatchObject({ verification: "expired" });
  });

  test("is no oracle: after twenty in ten minutes it refuses, for this user alone, and saves go on unverified", async () => {
    const { context, userId, asked } = aUser();
    for (let count = 0; count < 20; count++) await validateKey(context, { provider: "openai", key: KEY });
    const refused = await validateKey(context, { provider: "openai", key: KEY }).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: "rate_limited" } satisfies Partial<AppError>);
    await saveAndCheckKeys(context, { anthropic: { ANTHROPIC_API_KEY: KEY } });
    expect((await statusOf(context, userId)).anthropic).toMatchObject({ configured: true, verification: "unverified" });
    expect(asked).toHaveLength(20);
    expect((await validateKey(aUser().context, { provider: "openai", key: KEY })).valid).toBe(true);
    const later = { ...context, clock: { now: () => new Date("2026-11-22T12:10:01.000Z") } };
    expect((await validateKey(later, { provider: "openai", key: KEY })).valid).toBe(true);
  });
});

describe("the Fly token and app", () => {
  test.each(["", "FlyV1 ", "Bearer ", "Bearer FlyV1 "])("are saved and checked, pasted with %j", async (prefix) => {
    const { context, asked } = aUser();
    const saved = await saveFly(context, { flyToken: prefix + TOKEN, flyAppName: "porter-prod" });
    expect(asked).toEqual([`fly ${TOKEN} porter-prod`]);
    expect(saved).toMatchObject({
      flyToken: "",
      flyAppName: "porter-prod",
      flyTokenStatus: { configured: true, verification: "valid" },
      check: { valid: true, app: { name: "porter-prod", organization: "personal" } },
    });
    expect(JSON.stringify(saved)).not.toContain("canary");
  });

  test("are saved whatever Fly says, and the answer says what is wrong", async () => {
    for (const verification of ["wrong_organisation", "no_such_app", "invalid_key", "unverified"] as const) {
      const { context } = aUser({ fly: () => ({ verification, gap: "too_slow" }) });
      const saved = await saveFly(context, { flyToken: TOKEN, flyAppName: "porter-prod" });
      expect(saved).toMatchObject({
        flyAppName: "porter-prod",
        flyTokenStatus: { configured: true, verification },
        check: { valid: false, verification, app: null },
      });
      expect(saved.check.message).toMatch(/\.$/);
    }
  });

  test("can be made: in the organisation that was named, else the personal one", async () => {
    const { context, asked } = aUser();
    await saveFly(context, { flyToken: TOKEN, flyAppName: "porter-a", createApp: true, organization: "acme" });
    await saveFly(context, { flyAppName: "porter-b", createApp: true });
    expect(asked).toEqual(["create porter-a in acme", "create porter-b in personal"]);
  });

  test("stay as they are where an app that is to replace them cannot be made; else the new one's organisation is theirs", async () => {
    const shared = { name: "porter-a", organization: "acme", network: "shared" } as const;
    let mayMake = false;
    const { context, asked } = aUser({
      fly: () => ({ verification: "valid", app: shared }),
      create: (name, organization) =>
        mayMake
          ? { verification: "valid", app: { name, organization, network: "own" } }
          : { verification: "restricted" },
    });
    expect(await saveFly(context, { flyToken: TOKEN, flyAppName: "porter-a" })).toMatchObject({ flyNetwork: "shared" });
    const refused = await saveFly(context, { flyAppName: "porter-b", createApp: true });
    expect(refused).toMatchObject({
      flyAppName: "porter-a",
      flyNetwork: "shared",
      flyTokenStatus: { verification: "valid" },
      check: { valid: false, verification: "restricted" },
    });
    mayMake = true;
    const made = await saveFly(context, { flyAppName: "porter-b", createApp: true });
    expect(made).toMatchObject({ flyAppName: "porter-b", flyNetwork: "own", check: { valid: true } });
    expect(asked.slice(1)).toEqual(["create porter-b in acme", "create porter-b in acme"]);
  });

  test("what was found of one app's network holds for no other, and for no other token", async () => {
    const { context } = aUser({
      fly: ({ app }) =>
        app === "porter-a"
          ? { verification: "valid", app: { name: app, organization: "personal", network: "own" } }
          : { verification: "unverified", gap: "unreachable" },
    });
    expect((await saveFly(context, { flyToken: TOKEN, flyAppName: "porter-a" })).flyNetwork).toBe("own");
    expect((await saveFly(context, { flyAppName: "porter-b" })).flyNetwork).toBe("unknown");
    expect((await saveFly(context, { flyAppName: "porter-a" })).flyNetwork).toBe("own");
  });

  test("lose their verdict when another app is named that nobody could check", async () => {
    const { context } = aUser({
      fly: ({ app }) => ({ verification: app === "porter-a" ? "valid" : "unverified" }),
    });
    await saveFly(context, { flyToken: TOKEN, flyAppName: "porter-a" });
    const saved = await saveFly(context, { flyAppName: "porter-b" });
    expect(saved.flyTokenStatus.verification).toBe("unverified");
  });

  test("are validated without being saved, the missing half taken from the saved", async () => {
    const { context, userId, asked } = aUser();
    expect(await validateFly(context, {})).toMatchObject({ verification: "missing" });
    expect(await validateFly(context, { flyToken: TOKEN, flyAppName: "porter-x" })).toMatchObject({ valid: true });
    expect((await statusOf(context, userId)).fly.configured).toBe(false);
    await saveFly(context, { flyToken: TOKEN, flyAppName: "porter-a" });
    await validateFly(context, { flyAppName: "porter-b" });
    expect(asked.at(-1)).toBe(`fly ${TOKEN} porter-b`);
  });
});

describe("the older surface", () => {
  test("takes environment names and provider ids, answers status, and nothing that was saved", async () => {
    const { context } = aUser();
    const saved = await saveCredentials(context, { ANTHROPIC_API_KEY: KEY, openai: OTHER, flyToken: TOKEN });
    expect(saved.credentials).toMatchObject({
      anthropic: { configured: true, verification: "valid" },
      openai: { configured: true, verification: "valid" },
      fly: { configured: true },
      amp: { configured: false, verification: "missing" },
    });
    expect(JSON.stringify(saved)).not.toContain("canary");
  });

  test("refuses what it does not know before it saves anything", async () => {
    const { context, userId } = aUser();
    await expect(
      saveCredentials(context, { ANTHROPIC_API_KEY: KEY, AWS_SECRET: "x".repeat(20) }),
    ).rejects.toMatchObject({
      code: "bad_request",
      field: "AWS_SECRET",
    });
    await expect(saveCredentials(context, { ANTHROPIC_API_KEY: KEY, flyToken: "a b" })).rejects.toThrow();
    expect((await statusOf(context, userId)).anthropic).toMatchObject({ configured: false });
  });
});
