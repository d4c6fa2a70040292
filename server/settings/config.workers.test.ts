import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test } from "vitest";
import { configUpdateSchema, type ConfigUpdate } from "@/lib/porter-config";
import type { AppContext } from "@/server/context";
import { openProviderKeys, saveProviderCredentials } from "@/server/secrets/provider-credentials";
import { noteRunSecrets, openFlyCredentials } from "@/server/tasks/attempt/requirements";
import { createSealer, SealError } from "@/server/crypto/sealer";
import { aTask, NOW } from "@/server/testing/rows";
import { testContext, userActor } from "@/server/testing/test-context";
import { getConfig, updateConfig } from "./config";
import { loadRunSettings } from "./run-settings";

const ANTHROPIC = "sk-ant-canary-000000000000-fake";
const FLY = "fm2_canary-fly-000000000000-fake";

let nextUser = 1000;
let userId = 0;
let context = testContext();
beforeEach(() => {
  userId = nextUser++;
  context = testContext({ actor: userActor(userId) });
});
const update = (input: unknown) => updateConfig(context, configUpdateSchema.parse(input));
const saveBoth = () =>
  update({
    flyToken: FLY,
    flyAppName: "porter-prod",
    providerCredentials: { anthropic: { ANTHROPIC_API_KEY: ANTHROPIC } },
  });
/** As a launch opens them. */
const secretsOf = async (id: number) => (await context.db.requesters.of(id)).secrets;
const keysOf = async (opener: AppContext, id: number, names: string[]) =>
  openProviderKeys(opener, await secretsOf(id), names);
const flyOf = async () => openFlyCredentials(context, await secretsOf(userId), await loadRunSettings(context, userId));

describe("settings", () => {
  test("of somebody who never saved any are the defaults", async () => {
    expect(await getConfig(context)).toMatchObject({
      version: "1.0.0",
      executionMode: "cloud",
      flyToken: "",
      providerCredentials: {},
      settings: { maxRetries: 3, taskTimeout: 10, pollInterval: 10 },
      agents: {
        opencode: { enabled: true, priority: "normal" },
        "claude-code": { enabled: true },
        amp: { enabled: false },
      },
      onboarding: { completed: false, selectedRepos: [] },
      revision: 0,
    });
  });

  test("take the published example as it is", async () => {
    const example = {
      version: "1.0.0",
      executionMode: "cloud",
      flyAppName: "porter-prod",
      agents: {
        opencode: { enabled: true, priority: "normal" },
        "claude-code": { enabled: true, priority: "normal" },
        amp: { enabled: false, priority: "normal" },
      },
      settings: { maxRetries: 3, taskTimeout: 90, pollInterval: 10 },
      onboarding: { completed: true, selectedRepos: [], enabledAgents: ["opencode", "claude-code"] },
    };
    await update(example);
    expect(await getConfig(context)).toMatchObject(example);
  });

  test("that were read can be written back and nothing but the revision changes", async () => {
    await saveBoth();
    await update({ agents: { claude: { defaultModel: "opus" } }, regions: ["iad", "fra"] });
    const read = await getConfig(context);
    const written = await update(read);
    expect(written).toEqual({ ...read, revision: read.revision + 1 });
    expect(await keysOf(context, userId, ["ANTHROPIC_API_KEY"])).toEqual({ ANTHROPIC_API_KEY: ANTHROPIC });
  });

  test("change by the fields that are given; objects merge by key, lists replace", async () => {
    await update({ settings: { taskTimeout: 30 }, agents: { amp: { enabled: false } }, regions: ["iad", "fra"] });
    const config = await update({
      settings: { maxRetries: 0 },
      agents: { amp: { priority: "low" } },
      regions: ["ams"],
    });
    expect(config.settings).toEqual({ maxRetries: 0, taskTimeout: 30, pollInterval: 10, logRetentionDays: 30 });
    expect(config.agents["amp"]).toEqual({ enabled: false, priority: "low", defaultModel: null });
    expect(config.regions).toEqual(["ams"]);
  });

  test("refuse a save over a revision that is no longer the newest", async () => {
    const { revision } = await update({ settings: { taskTimeout: 20 } });
    await update({ settings: { taskTimeout: 30 }, revision });
    await expect(update({ settings: { taskTimeout: 40 }, revision })).rejects.toMatchObject({
      code: "conflict",
      field: "revision",
      current: { revision: revision + 1, settings: { taskTimeout: 30 } },
    });
    expect((await getConfig(context)).settings.taskTimeout).toBe(30);
  });

  test("of the network are checked name by name, and merge with what is there", async () => {
    expect((await getConfig(context)).network).toEqual({ preset: "registries", names: [] });
    await update({ network: { names: ["Registry.example.com", "*.example.org", "registry.example.com"] } });
    expect((await update({ network: { preset: "none" } })).network).toEqual({
      preset: "none",
      names: ["registry.example.com", "*.example.org"],
    });
    const refused = (network: unknown) => configUpdateSchema.safeParse({ network }).error?.issues[0];
    expect(refused({ names: ["a.example", "github.com"] })).toMatchObject({
      path: ["network", "names", 1],
      message: expect.stringContaining("push"),
    });
    expect(refused({ preset: "all" })?.path).toEqual(["network", "preset"]);
    expect(refused({ prest: "none" })?.path).toEqual(["network"]);
  });

  test("lose no field when several tabs save different ones at once", async () => {
    await Promise.all([
      update({ settings: { taskTimeout: 20 } }),
      update({ settings: { maxRetries: 1 } }),
      update({ executionMode: "priority" }),
    ]);
    expect(await getConfig(context)).toMatchObject({
      executionMode: "priority",
      settings: { taskTimeout: 20, maxRetries: 1 },
      revision: 3,
    });
  });

  test.each<[string, unknown]>([
    ["a timeout of 91 minutes", { settings: { taskTimeout: 91 } }],
    ["six retries", { settings: { maxRetries: 6 } }],
    ["a poll interval of 4 seconds", { settings: { pollInterval: 4 } }],
    ["an unknown agent", { agents: { gemini: { enabled: true } } }],
    ["a Fly app with capitals", { flyAppName: "Porter" }],
    ["a region that is none", { regions: ["everywhere"] }],
    ["a repository without owner", { onboarding: { selectedRepos: ["porter"] } }],
  ])("refuse %s", (_name, input) => {
    expect(configUpdateSchema.safeParse(input).success).toBe(false);
  });

  test("name agents by settings key and by id alike", async () => {
    await update({ agents: { claude: { enabled: false } } });
    const settings = await loadRunSettings(context, userId);
    expect(settings.agent("claude").enabled).toBe(false);
    expect(settings.agent("opencode").enabled).toBe(true);
  });

  test("that cannot be read are an error that shows nothing of them", async () => {
    await context.db.settings.put({ userId, version: "1", config: "{broken canary", expected: 0, updatedAt: "" });
    await expect(getConfig(context)).rejects.toMatchObject({
      code: "internal",
      message: expect.not.stringContaining("canary"),
    });
  });

  test("belong to who is signed in", async () => {
    await saveBoth();
    const other = testContext({ actor: userActor(userId + 500_000) });
    expect((await getConfig(other)).flyTokenStatus.configured).toBe(false);
    await expect(getConfig(testContext())).rejects.toMatchObject({ code: "unauthenticated" });
    await expect(updateConfig(testContext(), {})).rejects.toMatchObject({ code: "unauthenticated" });
    const forget = saveProviderCredentials(testContext(), { anthropic: { ANTHROPIC_API_KEY: null } });
    await expect(forget).rejects.toMatchObject({ code: "unauthenticated" });
  });
});

describe("secrets", () => {
  test("are read back as status only", async () => {
    const config = await saveBoth();
    const status = { configured: true, lastFour: "fake", verification: "unverified", lastUsedAt: null };
    expect(config.flyTokenStatus).toMatchObject(status);
    expect(config.providerCredentialStatus["anthropic"]?.["ANTHROPIC_API_KEY"]).toMatchObject(status);
    expect(config.providerCredentialStatus["openai"]?.["OPENAI_API_KEY"]).toMatchObject({
      configured: false,
      lastFour: null,
    });
    expect(JSON.stringify(config)).not.toContain("canary");
  });

  test("open for a launch, which is noted", async () => {
    await saveBoth();
    expect(await flyOf()).toEqual({
      token: FLY,
      app: "porter-prod",
    });
    expect(await keysOf(context, userId, ["ANTHROPIC_API_KEY", "OPENAI_API_KEY"])).toEqual({
      ANTHROPIC_API_KEY: ANTHROPIC,
    });
    const lastUsed = async () => (await getConfig(context)).flyTokenStatus.lastUsedAt;
    expect(await lastUsed()).toBeNull();
    await noteRunSecrets(context, { secrets: await secretsOf(userId), keys: {} });
    expect(await lastUsed()).toBe("2026-11-22T12:00:00.000Z");
  });

  test("the Fly token cannot be asked for as a provider's key", async () => {
    await saveBoth();
    expect(await keysOf(context, userId, ["FLY_API_TOKEN"])).toEqual({});
  });

  test('"" changes nothing and null deletes', async () => {
    await saveBoth();
    await update({ flyToken: "", flyAppName: "", providerCredentials: { anthropic: { ANTHROPIC_API_KEY: "" } } });
    expect(await flyOf()).toEqual({
      token: FLY,
      app: "porter-prod",
    });
    await update({ flyToken: null, providerCredentials: { anthropic: { ANTHROPIC_API_KEY: null } } });
    expect(await flyOf()).toBeNull();
    expect(await keysOf(context, userId, ["ANTHROPIC_API_KEY"])).toEqual({});
    const left = await env.DB.prepare("SELECT count(*) AS n FROM user_secrets WHERE user_id = ?").bind(userId).first();
    expect(left).toEqual({ n: 0 });
    expect((await update({ flyAppName: null })).flyAppName).toBeUndefined();
  });

  test.each(["FlyV1 fm2_x000-fake", "Bearer FlyV1 fm2_x000-fake", " fm2_x000-fake \n"])(
    "a pasted Fly token loses its scheme: %j",
    async (pasted) => {
      await update({ flyToken: pasted, flyAppName: "porter-prod" });
      expect((await flyOf())?.token).toBe("fm2_x000-fake");
    },
  );

  test.each<[string, ConfigUpdate, string]>([
    ["an unknown provider", { providerCredentials: { acme: { ACME_KEY: "x".repeat(20) } } }, "acme"],
    ["a name the provider has not", { providerCredentials: { anthropic: { PATH: "x".repeat(20) } } }, "anthropic.PATH"],
    [
      "a key with a line break inside",
      { providerCredentials: { amp: { AMP_API_KEY: "fake-key\nfake" } } },
      "amp.AMP_API_KEY",
    ],
    ["a Fly token of three letters", { flyToken: "abc" }, "flyToken"],
  ])("refuses %s by field and writes nothing at all", async (_name, input, field) => {
    await expect(updateConfig(context, { ...input, settings: { taskTimeout: 77 } })).rejects.toMatchObject({
      code: "bad_request",
      field,
    });
    expect(await getConfig(context)).toMatchObject({ revision: 0, settings: { taskTimeout: 10 } });
  });

  test("moved to another user or another name in the database do not open", async () => {
    await saveBoth();
    const thief = userId + 500_000;
    await env.DB.prepare(
      `INSERT INTO user_secrets (id, user_id, provider, name, encrypted_value, iv, tag, alg, key_version, last_four, created_at, updated_at)
       SELECT ? || ':' || provider || ':' || name, ?, provider, name, encrypted_value, iv, tag, alg, key_version, last_four, created_at, updated_at
       FROM user_secrets WHERE user_id = ?`,
    )
      .bind(thief, thief, userId)
      .run();
    await expect(keysOf(context, thief, ["ANTHROPIC_API_KEY"])).rejects.toThrow(SealError);
    await env.DB.prepare(
      "UPDATE user_secrets SET name = 'OPENAI_API_KEY', provider = 'openai' WHERE user_id = ? AND provider = 'anthropic'",
    )
      .bind(userId)
      .run();
    await expect(keysOf(context, userId, ["OPENAI_API_KEY"])).rejects.toThrow(SealError);
  });

  test("are in no table in plain, base64 or hex", async () => {
    await saveBoth();
    await update({ flyToken: `${FLY}2` });
    const tables = await env.DB.prepare(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\'",
    ).all<{ name: string }>();
    const dumps = await Promise.all(tables.results.map(({ name }) => env.DB.prepare(`SELECT * FROM "${name}"`).all()));
    const dump = JSON.stringify(dumps).toLowerCase();
    expect(dump).toContain("flyappname");
    for (const secret of [ANTHROPIC, FLY]) {
      const core = secret.slice(0, 20);
      const hex = Array.from(core, (char) => char.charCodeAt(0).toString(16)).join("");
      const base64 = [core, core.slice(1), core.slice(2)].map((text) => btoa(text).slice(0, 20).toLowerCase());
      for (const form of [core.toLowerCase(), hex, ...base64]) expect(dump).not.toContain(form);
    }
    expect(context.lines.join("\n")).not.toContain("canary");
  });

  test("of an older key version open after a rotation, and are sealed anew at the next save", async () => {
    await saveBoth();
    const keys = new Map([...context.env.ENCRYPTION_KEYS, [2, new Uint8Array(32).fill(9)] as const]);
    const rotated = { ...context, sealer: createSealer(keys) };
    expect(await keysOf(rotated, userId, ["ANTHROPIC_API_KEY"])).toEqual({ ANTHROPIC_API_KEY: ANTHROPIC });
    await updateConfig(rotated, { flyToken: `${FLY}2` });
    const versions = await env.DB.prepare("SELECT name, key_version FROM user_secrets WHERE user_id = ? ORDER BY name")
      .bind(userId)
      .all();
    expect(versions.results).toEqual([
      { name: "ANTHROPIC_API_KEY", key_version: 1 },
      { name: "FLY_API_TOKEN", key_version: 2 },
    ]);
  });

  test("wake the user's blocked tasks, and nobody else's, when saved", async () => {
    const mine = await blockedTask(userId);
    const theirs = await blockedTask(userId + 500_000);
    await saveProviderCredentials(context, { anthropic: { ANTHROPIC_API_KEY: ANTHROPIC } });
    expect(context.queued).toContainEqual({ kind: "task", id: mine });
    expect(context.queued).not.toContainEqual({ kind: "task", id: theirs });
    expect((await context.db.tasks.get(mine))?.dueAt).toBe("2026-11-22T12:00:00.000Z");
  });

  test("leave an audit line a change that holds no value", async () => {
    await saveBoth();
    await update({ flyToken: null });
    const lines = (await context.db.audit.ofPerson(userId, { before: null, limit: 10 })).toReversed();
    expect(lines.map(({ action, object, detail }) => [action, object, detail])).toEqual([
      ["settings.change", "settings", '{"fields":["flyAppName"]}'],
      ["secret.save", "secret/anthropic/ANTHROPIC_API_KEY", null],
      ["secret.save", "secret/fly/FLY_API_TOKEN", null],
      ["secret.delete", "secret/fly/FLY_API_TOKEN", null],
    ]);
  });
});

async function blockedTask(owner: number): Promise<string> {
  const task = aTask({ userId: owner, blockedReason: "missing_credentials", dueAt: "2026-11-23T00:00:00.000Z" });
  await context.db.tasks.create({
    now: NOW,
    moveId: context.ids.uuid(),
    event: { kind: "task.created", data: {} },
    task,
  });
  return task.id;
}
