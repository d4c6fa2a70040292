import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mergeConfig } from "@/lib/merge-config";
import type { ConfigUpdate, PorterConfig } from "@/lib/porter-config";
import { blankConfig } from "@/lib/testing/blank-config";
import { withEdits } from "./edits";
import { createSettingsDraft } from "./settings-draft";
import { SETTINGS } from "./setting";

const { taskTimeout, maxRetries, pollInterval } = SETTINGS;
const LIMITS = [taskTimeout, maxRetries, pollInterval];
const FIRST = blankConfig({ revision: 1 });
const problem = (code: string, message: string) =>
  Object.assign(new Error(message), { data: { problem: { code, message } } });
/** Lets everything happen that waits for nothing from outside. */
const settle = () => new Promise<void>((resolve) => setTimeout(resolve));

/** The server's side: it takes a save of the newest revision only. `hold` keeps answers back until its answer is called. */
function newServer() {
  let config = FIRST;
  let gate = Promise.resolve();
  const saves: ConfigUpdate[] = [];
  /** Each value that a setting ever had. */
  const stored = new Set<string>();
  const note = () => {
    for (const one of LIMITS) stored.add(`${one.id} ${one.read(config)}`);
  };
  note();
  const server = {
    saves,
    stored,
    config: () => config,
    isDown: false,
    hold() {
      const { promise, resolve } = Promise.withResolvers<void>();
      gate = promise;
      return resolve;
    },
    async update({ revision, ...change }: ConfigUpdate & { revision: number }): Promise<PorterConfig> {
      saves.push(change);
      await gate;
      if (server.isDown) throw problem("unavailable", "Porter rests.");
      if (revision !== config.revision) throw problem("conflict", "Saved elsewhere.");
      config = { ...mergeConfig(config, change), revision: revision + 1 };
      note();
      return config;
    },
  };
  return server;
}

/** A tab with its own cache of the settings. */
function newTab(server: ReturnType<typeof newServer>) {
  let cache = server.config();
  const said: string[] = [];
  const draft = createSettingsDraft({
    saved: () => cache,
    adopt: (config) => void (cache = config),
    cancelReads: async () => {},
    load: async () => {
      if (server.isDown) throw problem("unavailable", "Porter rests.");
      return (cache = server.config());
    },
    update: server.update,
    say: (words) => void said.push(words),
  });
  return {
    ...draft,
    said,
    now: () => draft.state.get(),
    shown: () => withEdits(cache, { ...draft.state.get().sending, ...draft.state.get().edits }),
    saved: () => cache,
  };
}
const CLEAN = { edits: {}, sending: {}, clash: null, isSaving: false };
const limitsOf = ({ settings: { taskTimeout: limit, maxRetries: tries } }: PorterConfig) => [limit, tries];

describe("a save", () => {
  test("is shown as saved at once, and goes out once, however often it is asked for", async () => {
    const server = newServer();
    const tab = newTab(server);
    const open = server.hold();
    tab.set(taskTimeout, 30);
    tab.save();
    tab.save();
    await settle();
    tab.save();
    expect(tab.now()).toMatchObject({ edits: {}, isSaving: true });
    expect(tab.shown().settings.taskTimeout).toBe(30);
    open();
    await settle();
    expect(server.saves).toEqual([{ settings: { taskTimeout: 30 } }]);
    expect(tab.said).toEqual(["Time limit saved."]);
    expect(tab.now().isSaving).toBe(false);
  });

  test("that failed gives the edit back, with what was edited since", async () => {
    const server = newServer();
    const tab = newTab(server);
    const open = server.hold();
    server.isDown = true;
    tab.set(taskTimeout, 30);
    tab.save();
    await settle();
    tab.set(maxRetries, 1);
    open();
    await settle();
    expect(tab.said).toEqual(["Porter rests."]);
    expect(limitsOf(tab.saved())).toEqual(limitsOf(FIRST));
    expect(limitsOf(tab.shown())).toEqual([30, 1]);
    server.isDown = false;
    tab.save();
    await settle();
    expect(limitsOf(server.config())).toEqual([30, 1]);
  });

  test("takes no edit away that was made while it was on its way, not even of the same setting", async () => {
    const server = newServer();
    const tab = newTab(server);
    const open = server.hold();
    tab.set(taskTimeout, 30);
    tab.save();
    tab.set(taskTimeout, 31);
    tab.set(maxRetries, 1);
    tab.save();
    open();
    await settle();
    expect(server.saves, "one save at a time").toHaveLength(1);
    expect(server.config().settings.taskTimeout).toBe(30);
    expect(limitsOf(tab.shown())).toEqual([31, 1]);
  });

  test("is taken back by an edit to what was there before, and nothing is left to save when it fails", async () => {
    const server = newServer();
    const tab = newTab(server);
    const open = server.hold();
    tab.set(taskTimeout, 30);
    tab.save();
    tab.set(taskTimeout, FIRST.settings.taskTimeout);
    expect(limitsOf(tab.shown())).toEqual(limitsOf(FIRST));
    server.isDown = true;
    open();
    await settle();
    expect(tab.now()).toEqual(CLEAN);
  });

  test("of nothing asks nobody", async () => {
    const server = newServer();
    const tab = newTab(server);
    tab.save();
    await settle();
    expect([server.saves, tab.said]).toEqual([[], []]);
  });
});

describe("another tab's save", () => {
  /** Two tabs that began with the same settings; the other one has saved. */
  async function two(other: (tab: ReturnType<typeof newTab>) => void) {
    const server = newServer();
    const [mine, theirs] = [newTab(server), newTab(server)];
    other(theirs);
    theirs.save();
    await settle();
    return { server, mine };
  }

  test("of another setting is kept, and nobody is asked", async () => {
    const { server, mine } = await two(({ set }) => set(maxRetries, 1));
    mine.set(taskTimeout, 30);
    mine.save();
    await settle();
    expect(limitsOf(server.config())).toEqual([30, 1]);
    expect(mine.now()).toEqual(CLEAN);
  });

  test("of another setting loses nothing that was edited here meanwhile", async () => {
    const { server, mine } = await two(({ set }) => set(pollInterval, 20));
    const open = server.hold();
    mine.set(taskTimeout, 30);
    mine.save();
    mine.set(maxRetries, 1);
    open();
    await settle();
    expect(limitsOf(server.config())).toEqual([30, FIRST.settings.maxRetries]);
    expect(limitsOf(mine.shown())).toEqual([30, 1]);
  });

  test("of another setting raises no question about one that was edited again while its save failed", async () => {
    const server = newServer();
    const [mine, theirs] = [newTab(server), newTab(server)];
    const open = server.hold();
    server.isDown = true;
    mine.set(taskTimeout, 30);
    mine.save();
    mine.set(taskTimeout, 31);
    open();
    await settle();
    server.isDown = false;
    theirs.set(maxRetries, 1);
    theirs.save();
    await settle();
    mine.save();
    await settle();
    expect(mine.now().clash).toBeNull();
    expect(limitsOf(server.config())).toEqual([31, 1]);
  });

  test("to the same value leaves nothing to save", async () => {
    const { server, mine } = await two(({ set }) => set(taskTimeout, 30));
    mine.set(taskTimeout, 30);
    mine.save();
    await settle();
    expect(server.config().revision).toBe(2);
    expect(mine.now()).toEqual(CLEAN);
  });

  test.each([
    ["mine", new Set<string>(), 30],
    ["theirs", new Set([taskTimeout.id]), 45],
  ])("of the same setting is asked, and %s is taken where it was chosen", async (_, dropped, limit) => {
    const { server, mine } = await two(({ set }) => set(taskTimeout, 45));
    mine.set(taskTimeout, 30);
    mine.set(maxRetries, 1);
    mine.save();
    await settle();
    expect(mine.now().clash?.conflicts).toEqual([
      { id: taskTimeout.id, label: "Time limit", mine: "30 min", theirs: "45 min" },
    ]);
    expect(server.config().settings.taskTimeout).toBe(45);
    mine.resolve(dropped);
    mine.resolve(dropped);
    await settle();
    expect(limitsOf(server.config())).toEqual([limit, 1]);
    expect(mine.now()).toEqual(CLEAN);
  });

  test("back to editing keeps every edit and saves none", async () => {
    const { server, mine } = await two(({ set }) => set(taskTimeout, 45));
    mine.set(taskTimeout, 30);
    mine.save();
    await settle();
    mine.cancel();
    await settle();
    expect(mine.shown().settings.taskTimeout).toBe(30);
    expect(server.config().settings.taskTimeout).toBe(45);
  });

  test("that cannot be read gives the edits back and says why", async () => {
    const { server, mine } = await two(({ set }) => set(taskTimeout, 45));
    const open = server.hold();
    mine.set(taskTimeout, 30);
    mine.save();
    await settle();
    open();
    // The save is refused, and then the server is gone.
    await Promise.resolve();
    server.isDown = true;
    await settle();
    expect(mine.said).toEqual(["Porter rests."]);
    expect(mine.shown().settings.taskTimeout).toBe(30);
    expect(mine.now().isSaving).toBe(false);
  });
});

test("two tabs, in any order: whatever a person set is saved, still to be saved, replaced by a later one, or given up by them", async () => {
  const setting = fc.constantFrom(...LIMITS);
  const tabs = fc.constantFrom(0, 1);
  const act = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        is: fc.constant("set" as const),
        tab: tabs,
        setting,
        value: fc.integer({ min: 5, max: 60 }),
      }),
    },
    { weight: 3, arbitrary: fc.record({ is: fc.constant("save" as const), tab: tabs }) },
    { weight: 2, arbitrary: fc.record({ is: fc.constant("wait" as const), tab: tabs }) },
    { weight: 2, arbitrary: fc.record({ is: fc.constant("choose" as const), tab: tabs, takesTheirs: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ is: fc.constant("down" as const), tab: tabs, isDown: fc.boolean() }) },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 25 }), async (story) => {
      const server = newServer();
      const open = [newTab(server), newTab(server)] as const;
      /** What each tab's person wants, by setting. */
      const wanted = [new Map<string, number>(), new Map<string, number>()] as const;
      for (const act of story) {
        const [tab, wishes] = act.tab === 0 ? [open[0], wanted[0]] : [open[1], wanted[1]];
        if (act.is === "set" && tab.now().clash === null) {
          tab.set(act.setting, act.value);
          wishes.set(act.setting.id, act.value);
        }
        if (act.is === "save" && tab.now().clash === null) tab.save();
        if (act.is === "wait") await settle();
        if (act.is === "down") server.isDown = act.isDown;
        const { clash, isSaving } = tab.now();
        if (act.is !== "choose" || clash === null || isSaving) continue;
        const dropped = act.takesTheirs ? clash.conflicts.map(({ id }) => id) : [];
        for (const id of dropped) if (clash.edits[id]?.to === String(wishes.get(id))) wishes.delete(id);
        tab.resolve(new Set(dropped));
      }
      await settle();
      for (const [tab, wishes] of [
        [open[0], wanted[0]],
        [open[1], wanted[1]],
      ] as const)
        for (const { id, read } of LIMITS) {
          const wish = wishes.get(id);
          const isKept = wish === undefined || read(tab.shown()) === wish || server.stored.has(`${id} ${wish}`);
          expect(isKept, `${id} as its person set it last: ${wish}`).toBe(true);
        }
    }),
    { numRuns: 60 },
  );
});
