import { describe, expect, test } from "vitest";
import { mergeConfig } from "./merge-config.ts";
import { configUpdateSchema, storedConfigSchema } from "./porter-config.ts";
import { upgradeConfig } from "./porter-config-versions.ts";

describe("stored settings of an older Porter", () => {
  test("0.9.0: milliseconds become minutes and seconds, bare switches become agents, the app and repositories move", () => {
    const old = {
      version: "0.9.0",
      executionMode: "cloud",
      flyApp: "porter-prod",
      agents: { opencode: true, amp: false, claude: { enabled: true, priority: "high" } },
      selectedRepos: ["acme/widgets"],
      settings: { maxRetries: 2, taskTimeout: 1_800_000, pollInterval: 10_000 },
    };
    const config = storedConfigSchema.parse(upgradeConfig(old, "0.9.0"));
    expect(config).toMatchObject({
      version: "1.0.0",
      flyAppName: "porter-prod",
      agents: { opencode: { enabled: true }, amp: { enabled: false }, "claude-code": { priority: "high" } },
      onboarding: { completed: false, selectedRepos: ["acme/widgets"] },
      settings: { maxRetries: 2, taskTimeout: 30, pollInterval: 10, logRetentionDays: 30 },
      regions: [],
      gistMirror: false,
      priorityGuest: null,
    });
  });

  test("0.9.0: times out of today's bounds are brought within them", () => {
    const settings = { taskTimeout: 4 * 3_600_000, pollInterval: 500 };
    const config = storedConfigSchema.parse(upgradeConfig({ settings }, "0.9.0"));
    expect(config.settings).toMatchObject({ taskTimeout: 90, pollInterval: 5 });
  });

  test("the published example is the present version and stays as it is", () => {
    const example = {
      version: "1.0.0",
      executionMode: "cloud",
      flyAppName: "porter-prod",
      agents: { opencode: { enabled: true, priority: "normal" }, amp: { enabled: false, priority: "normal" } },
      settings: { maxRetries: 3, taskTimeout: 90, pollInterval: 10 },
      onboarding: { completed: true, selectedRepos: [], enabledAgents: ["opencode", "claude-code"] },
    };
    expect(upgradeConfig(example, "1.0.0")).toEqual(example);
    expect(storedConfigSchema.parse(example).settings.taskTimeout).toBe(90);
  });

  test("an agent that cannot be metered is off, however it was saved before its switch said so, and on once it is switched on since", () => {
    const saved = {
      version: "1.0.0",
      agents: { amp: { enabled: true, priority: "high" }, opencode: { enabled: true } },
    };
    const read = storedConfigSchema.parse(upgradeConfig(saved, "1.0.0"));
    expect(read.agents).toMatchObject({ amp: { enabled: false, priority: "high" }, opencode: { enabled: true } });
    expect(storedConfigSchema.parse({}).agents["amp"]?.enabled).toBe(false);
    expect(storedConfigSchema.parse({ agents: { amp: { priority: "low" } } }).agents["amp"]?.enabled).toBe(false);
    const on = mergeConfig(read, { agents: { amp: { enabled: true } } });
    expect(storedConfigSchema.parse(upgradeConfig(on, "1.0.0")).agents["amp"]).toMatchObject({
      enabled: true,
      priority: "high",
    });
  });

  test("a later version's unknown parts do no harm", () => {
    const later = { version: "9.0.0", warp: 9, settings: { taskTimeout: 20 } };
    expect(storedConfigSchema.parse(upgradeConfig(later, "9.0.0"))).toMatchObject({ settings: { taskTimeout: 20 } });
  });
});

describe("the machine of high-priority tasks", () => {
  test.each([
    [{ cpus: 4, memoryMb: 8192 }, true],
    [{ cpus: 8, memoryMb: 2048 }, true],
    [{ cpus: 3, memoryMb: 2048 }, false],
    [{ cpus: 2, memoryMb: 2100 }, false],
    [{ cpus: 2, memoryMb: 8192 }, false],
    [{ cpus: 8, memoryMb: 1024 }, false],
    [null, true],
  ])("%j is taken as Fly would: %s", (priorityGuest, ok) => {
    expect(configUpdateSchema.safeParse({ priorityGuest }).success).toBe(ok);
  });
});
