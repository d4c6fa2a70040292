import { describe, expect, test } from "vitest";
import { blankConfig as config } from "@/lib/testing/blank-config";
import { conflictsWith, withEdit, type Edits, mistakesIn, rebaseEdits, updateOf, withEdits } from "./edits";
import { agentSettings, type Setting, SETTINGS } from "./setting";

const limit = (taskTimeout: number) => config({ settings: { ...config().settings, taskTimeout } });
const edit = <Value>(setting: Setting<Value>, value: Value, before: Edits = {}, known = config()) =>
  withEdit(before, known, { setting, value });

describe("edits", () => {
  test("an edit back to what is saved is none", () => {
    const away = edit(SETTINGS.taskTimeout, 30);
    expect(Object.keys(away)).toEqual(["settings.taskTimeout"]);
    expect(edit(SETTINGS.taskTimeout, 10, away)).toEqual({});
  });

  test("hold only what was edited, merged over the same object", () => {
    const { enabled, priority } = agentSettings("claude");
    let edits = edit(SETTINGS.taskTimeout, 30);
    edits = edit(SETTINGS.maxRetries, 1, edits);
    edits = edit(enabled, false, edits);
    edits = edit(priority, "high", edits);
    edits = edit(SETTINGS.flyAppName, "porter-prod", edits);
    expect(updateOf(edits)).toEqual({
      settings: { taskTimeout: 30, maxRetries: 1 },
      agents: { "claude-code": { enabled: false, priority: "high" } },
      flyAppName: "porter-prod",
    });
    const shown = withEdits(config(), edits);
    expect(shown.settings).toMatchObject({ taskTimeout: 30, maxRetries: 1, pollInterval: 10 });
    expect(shown.agents["claude-code"]).toEqual({ enabled: false, priority: "high", defaultModel: null });
    expect(shown.agents["opencode"]?.enabled).toBe(true);
  });

  test("an emptied app name is removed", () => {
    const saved = config({ flyAppName: "porter-prod" });
    const edits = edit(SETTINGS.flyAppName, "", {}, saved);
    expect(updateOf(edits)).toEqual({ flyAppName: null });
    expect(withEdits(saved, edits).flyAppName).toBeUndefined();
  });
});

describe("another tab's save", () => {
  test("of another setting is no conflict, and is not written over", () => {
    const edits = edit(SETTINGS.maxRetries, 1);
    const latest = limit(45);
    expect(conflictsWith(edits, latest)).toEqual([]);
    expect(updateOf(rebaseEdits(edits, latest, new Set()))).toEqual({ settings: { maxRetries: 1 } });
  });

  test("of the same setting is a conflict that names both values", () => {
    const edits = edit(SETTINGS.taskTimeout, 30);
    expect(conflictsWith(edits, limit(45))).toEqual([
      { id: "settings.taskTimeout", label: "Time limit", mine: "30 min", theirs: "45 min" },
    ]);
  });

  test("to the same value is agreement", () => {
    const edits = edit(SETTINGS.taskTimeout, 30);
    expect(conflictsWith(edits, limit(30))).toEqual([]);
    expect(rebaseEdits(edits, limit(30), new Set())).toEqual({});
  });

  test("stays where theirs was chosen, and gives way where mine was", () => {
    const edits = edit(SETTINGS.maxRetries, 1, edit(SETTINGS.taskTimeout, 30));
    const latest = limit(45);
    const mine = rebaseEdits(edits, latest, new Set());
    expect(conflictsWith(mine, latest)).toEqual([]);
    expect(updateOf(mine)).toEqual({ settings: { taskTimeout: 30, maxRetries: 1 } });
    expect(updateOf(rebaseEdits(edits, latest, new Set(["settings.taskTimeout"])))).toEqual({
      settings: { maxRetries: 1 },
    });
  });

  test("that came while typing goes by what was seen when the edit began", () => {
    const begun = edit(SETTINGS.taskTimeout, 3);
    const typedOn = edit(SETTINGS.taskTimeout, 30, begun, limit(45));
    expect(conflictsWith(typedOn, limit(45))).toHaveLength(1);
  });
});

describe("mistakes", () => {
  test.each([
    [SETTINGS.taskTimeout, 91, "At most 90."],
    [SETTINGS.taskTimeout, 0, "At least 1."],
    [SETTINGS.taskTimeout, Number.NaN, "A whole number is needed."],
    [SETTINGS.pollInterval, 4, "At least 5."],
  ])("%o set to %d is said as a limit", (setting, value, words) => {
    expect(mistakesIn(edit(setting, value))).toEqual({ [setting.id]: words });
  });

  test("of a list's entry belongs to the list", () => {
    expect(mistakesIn(edit(SETTINGS.regions, ["iad", "Frankfurt"]))).toEqual({
      regions: "A Fly region is three letters, such as iad.",
    });
  });

  test("leave the other edits alone", () => {
    const edits = edit(SETTINGS.maxRetries, 9, edit(SETTINGS.taskTimeout, 30));
    expect(Object.keys(mistakesIn(edits))).toEqual(["settings.maxRetries"]);
  });
});
