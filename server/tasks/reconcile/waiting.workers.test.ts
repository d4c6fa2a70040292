import { describe, expect, it } from "vitest";
import { FAILURE_CODES, FAILURES } from "@/lib/failures";
import type { AppContext } from "@/server/context";
import { MachineError } from "@/server/machines/port";
import { reconcile, sweepDueRows } from "@/server/reconcile/reconcile";
import { saveProviderCredentials, forgetEmptyCredit } from "@/server/secrets/provider-credentials";
import { applySecretChanges, FLY_TOKEN, saveFinding, peekSecret } from "@/server/secrets/user-secrets";
import { aPerson, createPipe, machineOf, recordMention, type Pipe } from "@/server/testing/pipe";
import { aTask } from "@/server/testing/rows";
import { userActor } from "@/server/testing/test-context";
import { getTask } from "../read/get";
import { stopTask } from "../stop";
import { wakeUserTasks } from "@/server/identity/wake";

let people = 51_000;
async function somebody(pipe: Pipe, config: object = {}) {
  const person = { id: (people += 1), login: `person-${people}` };
  await aPerson(pipe, person);
  const now = pipe.clock.now().toISOString();
  const text = JSON.stringify({ flyAppName: `fake-app-${person.id}`, ...config });
  await pipe.context.db.settings.put({
    userId: person.id,
    version: "1.0.0",
    config: text,
    expected: 1,
    updatedAt: now,
  });
  const as: AppContext = { ...pipe.context, actor: userActor(person.id, person.login) };
  return { person, as };
}
async function ask(pipe: Pipe, person: { id: number; login: string }, overrides: object = {}) {
  const issueNumber = (people += 1);
  const id = await recordMention(pipe, { actorId: person.id, actorLogin: person.login, issueNumber, ...overrides });
  return (await pipe.context.db.mentions.get(id))?.taskId ?? "";
}
const statusOf = async (pipe: Pipe, id: string) => (await pipe.context.db.tasks.get(id))?.status;

describe("a task in line", () => {
  it("knows its position and what it waits for, on the issue and in the API", async () => {
    const pipe = createPipe();
    const { person, as } = await somebody(pipe);
    const ids: string[] = [];
    for (let index = 0; index < 7; index++) {
      pipe.clock.advance(3000);
      ids.push(await ask(pipe, person));
    }
    expect((await getTask(as, ids[6] ?? "")).queue).toEqual({
      position: 2,
      waiting: 2,
      running: 5,
      sentence: "2nd of 2: five tasks are running",
    });
    expect(pipe.github.state.comments.at(-1)?.body).toContain("Queued, 2nd of 2: five tasks are running");
    expect((await getTask(as, ids[0] ?? "")).queue).toBeUndefined();
  });

  it("is told its new position when the ones before it are gone", async () => {
    const pipe = createPipe();
    const { person } = await somebody(pipe);
    const ids: string[] = [];
    for (let index = 0; index < 7; index++) {
      pipe.clock.advance(3000);
      ids.push(await ask(pipe, person));
    }
    const comment = () => pipe.github.state.comments.at(-1);
    expect(comment()?.body).toContain("Queued, 2nd of 2");
    const before = await pipe.context.db.tasks.get(ids[5] ?? "");
    if (before !== null) await stopTask(pipe.context, before, { reason: "stopped_by_user", by: person.login });
    for (let look = 0; look < 4; look++) {
      pipe.clock.advance(31_000);
      await reconcile(pipe.context, { kind: "task", id: ids[6] ?? "" });
    }
    expect(comment()?.bodies.map((body) => /Queued, (\w+ of \d)/.exec(body)?.[1])).toEqual(["2nd of 2", "1st of 1"]);
  });

  it("goes to the next region where Fly is full, says so, and comes back when all are", async () => {
    const tried: string[] = [];
    const pipe = createPipe();
    const launch = pipe.machines.provider.launch;
    const fullIn = new Set<string | null>(["iad", "ord"]);
    pipe.context.machines = {
      ...pipe.machines.provider,
      async launch(credentials, spec) {
        if (spec.region !== null) tried.push(spec.region);
        if (fullIn.has(spec.region)) throw new MachineError({ kind: "capacity", message: "insufficient_capacity" });
        return launch(credentials, spec);
      },
    };
    const { person, as } = await somebody(pipe, { regions: ["iad", "ord"] });
    const id = await ask(pipe, person);
    expect(tried).toEqual(["iad", "ord"]);
    const waiting = await getTask(as, id);
    expect([waiting.status, waiting.queue?.sentence]).toEqual([
      "queued",
      "1st of 1: Fly has no capacity in ord, trying again in a minute",
    ]);
    expect(pipe.github.state.comments[0]?.body).toContain("Fly has no capacity in ord");
    expect(pipe.github.state.comments[0]?.bodies.join("\n")).toContain("Fly has no capacity in iad, trying ord");
    fullIn.delete("iad");
    pipe.clock.advance(61_000);
    await sweepDueRows(pipe.context);
    expect(await getTask(as, id)).toMatchObject({ status: "running", phase: "starting" });
    const own = pipe.machines.machines.filter(({ taskId }) => taskId === id);
    expect(own.map(({ region }) => region)).toEqual(["iad"]);
  });

  it("outlives an hour without Fly, says so, and runs once on one machine afterwards", async () => {
    let isAway = true;
    const pipe = createPipe({
      machines: {
        before(call) {
          if (isAway && call === "launch") throw new MachineError({ kind: "unknown_outcome", message: "no answer" });
        },
      },
    });
    const { person, as } = await somebody(pipe);
    const id = await ask(pipe, person);
    const reasons = new Set<string | undefined>();
    for (let minute = 0; minute < 60; minute++) {
      pipe.clock.advance(60_000);
      await reconcile(pipe.context, { kind: "task", id });
      reasons.add((await getTask(as, id)).queue?.sentence);
    }
    expect([...reasons]).toContain("1st of 1: Fly does not answer, trying again in a minute");
    expect(pipe.github.state.comments[0]?.bodies.join("\n")).toContain("Fly does not answer");
    isAway = false;
    pipe.clock.advance(61_000);
    await reconcile(pipe.context, { kind: "task", id });
    pipe.clock.advance(61_000);
    await reconcile(pipe.context, { kind: "task", id });
    expect(await getTask(as, id)).toMatchObject({ status: "running" });
    expect(pipe.machines.machines.filter(({ taskId, state }) => taskId === id && state === "started")).toHaveLength(1);
  });

  it("tries a region once, however often it is in the list", async () => {
    const tried: (string | null)[] = [];
    const pipe = createPipe();
    pipe.context.machines = {
      ...pipe.machines.provider,
      async launch(_credentials, spec) {
        tried.push(spec.region);
        throw new MachineError({ kind: "capacity", message: "insufficient_capacity" });
      },
    };
    const { person } = await somebody(pipe, { regions: ["iad", "ord", "iad"] });
    const id = await ask(pipe, person);
    expect(tried).toEqual(["iad", "ord"]);
    expect(await statusOf(pipe, id)).toBe("queued");
  });

  it("waits as long as Fly says after its 429, and no second machine comes of it", async () => {
    let refusals = 2;
    const pipe = createPipe({
      machines: {
        before(call) {
          if (call !== "launch" || refusals === 0) return;
          refusals -= 1;
          throw new MachineError({ kind: "rate_limited", retryAfterMs: 7000, message: "429" });
        },
      },
    });
    const { person } = await somebody(pipe);
    const id = await ask(pipe, person);
    const launches = () => pipe.machines.calls.filter((call) => call === "launch").length;
    expect(launches()).toBe(1);
    for (const second of [6, 7, 13, 14]) {
      pipe.clock.advance(second % 7 === 0 ? 1000 : 6000);
      await reconcile(pipe.context, { kind: "task", id });
      expect(launches()).toBe(1 + Math.floor(second / 7));
    }
    expect(await statusOf(pipe, id)).toBe("running");
    expect(pipe.machines.machines).toHaveLength(1);
  });

  it("says what runs here take, on the issue and in the API, once there were ten", async () => {
    const pipe = createPipe();
    const { person, as } = await somebody(pipe);
    const repositoryId = (people += 1);
    pipe.github.state.locations.set(repositoryId, { owner: "acme", name: "widgets" });
    const end = pipe.clock.now().getTime();
    for (let run = 0; run < 10; run++) {
      const task = aTask({
        repositoryId,
        status: "success",
        startedAt: new Date(end - 90_000).toISOString(),
        completedAt: new Date(end).toISOString(),
      });
      const event = { kind: "task.created", data: {} };
      await pipe.context.db.tasks.create({ task, now: task.createdAt, moveId: pipe.context.ids.uuid(), event });
    }
    const ids: string[] = [];
    for (let index = 0; index < 6; index++) {
      pipe.clock.advance(3000);
      ids.push(await ask(pipe, person, { repositoryId }));
    }
    expect(await getTask(as, ids[5] ?? "")).toMatchObject({ status: "queued", typicalRunMs: 90_000 });
    expect(pipe.github.state.comments.at(-1)?.body).toContain("Runs here take about 1 m 30 s.");
  });
});

describe("what Porter can wait for starts by itself after the fix", () => {
  type Fix = (pipe: Pipe, person: { id: number; login: string }, as: AppContext) => Promise<void>;
  /** How each is brought about, and what its fix link leads to. */
  const blocks: Record<string, { block: Fix; fix: Fix }> = {
    missing_account: {
      async block({ github: { state } }, person) {
        state.permissions.set(person.login, "write");
        state.userIds.set(person.login, person.id);
      },
      fix: (pipe, person) => aPerson(pipe, person),
    },
    reconnect_github: {
      async block(pipe, person) {
        const token = await pipe.context.db.accounts.getOauthToken(person.id, "access");
        const revokedAt = pipe.clock.now().toISOString();
        await pipe.context.db.accounts.revokeOauthTokens({ userId: person.id, accessIv: token?.iv ?? "", revokedAt });
      },
      fix: (pipe, person) => aPerson(pipe, person),
    },
    missing_credentials: {
      block: (_pipe, _person, as) => saveProviderCredentials(as, { anthropic: { ANTHROPIC_API_KEY: null } }),
      fix: (_pipe, _person, as) =>
        saveProviderCredentials(as, { anthropic: { ANTHROPIC_API_KEY: "fake-anthropic-key-canary" } }),
    },
    provider_credit: {
      async block(_pipe, person, as) {
        const key = await peekSecret(as, person.id, { provider: "anthropic", name: "ANTHROPIC_API_KEY" });
        if (key !== null) await saveFinding(as, key, { verification: "no_credit" });
      },
      fix: (_pipe, person, as) => forgetEmptyCredit(as, person.id, ["ANTHROPIC_API_KEY"]),
    },
    missing_fly_token: {
      block: (_pipe, _person, as) => applySecretChanges(as, [{ ...FLY_TOKEN, value: null }]),
      fix: (_pipe, _person, as) => applySecretChanges(as, [{ ...FLY_TOKEN, value: "fake-fly-token-canary" }]),
    },
    agent_disabled: {
      block: (pipe, person) => setAgent(pipe, person, { enabled: false, expected: 2 }),
      fix: (pipe, person) => setAgent(pipe, person, { enabled: true, expected: 3 }),
    },
  };
  async function setAgent(pipe: Pipe, person: { id: number }, input: { enabled: boolean; expected: number }) {
    await pipe.context.db.settings.put({
      userId: person.id,
      version: "1.0.0",
      config: JSON.stringify({
        flyAppName: `fake-app-${person.id}`,
        agents: { opencode: { enabled: input.enabled } },
      }),
      expected: input.expected,
      updatedAt: pipe.clock.now().toISOString(),
    });
  }

  it("has a way in and out for every code that says so", () => {
    expect(Object.keys(blocks).toSorted()).toEqual(FAILURE_CODES.filter((code) => FAILURES[code].resumes).toSorted());
  });

  it.each(Object.keys(blocks))("%s", async (code) => {
    const pipe = createPipe();
    const isNobody = code === "missing_account";
    const { person, as } = isNobody
      ? { person: { id: (people += 1), login: `person-${people}` }, as: pipe.context }
      : await somebody(pipe);
    await blocks[code]?.block(pipe, person, as);
    const id = await ask(pipe, person);
    expect(await pipe.context.db.tasks.get(id)).toMatchObject({ status: "queued", blockedReason: code });
    await blocks[code]?.fix(pipe, person, as);
    await wakeUserTasks(pipe.context, person.id);
    await sweepDueRows(pipe.context);
    expect(await pipe.context.db.tasks.get(id)).toMatchObject({ status: "running", blockedReason: null });
    const { issueNumber } = (await pipe.context.db.tasks.get(id)) ?? {};
    expect(pipe.github.state.comments.filter((comment) => comment.issueNumber === issueNumber)).toHaveLength(1);
  });
});

describe("a machine", () => {
  it("that nobody owns is found by its mark and destroyed; a foreign one is left alone", async () => {
    const pipe = createPipe();
    const { person } = await somebody(pipe);
    const id = await ask(pipe, person);
    const [live] = pipe.machines.machines;
    if (live === undefined) throw new Error("no machine");
    const long = "2026-11-22T11:00:00.000Z";
    const extra = (name: string, change: object) => {
      const machine = { ...live, id: name, name, createdAt: long, ...change };
      pipe.machines.machines.push(machine);
      return machine;
    };
    const twin = extra("twin", {});
    const unknown = extra("unknown", { taskId: "task_00000000000000000000" });
    const foreign = extra("foreign", { taskId: "task_00000000000000000000", origin: "https://other.test" });
    const unmarked = extra("unmarked", { taskId: null });
    pipe.clock.advance(5 * 60_000);
    await sweepDueRows(pipe.context);
    expect(twin.state).toBe("started");
    pipe.clock.advance(5 * 60_000);
    await machineOf(pipe, live).claim();
    // Ten apps a sweep, the longest due first.
    for (let minute = 0; minute < 3; minute++) await sweepDueRows(pipe.context);
    expect([twin.state, unknown.state, foreign.state, unmarked.state]).toEqual([
      "destroyed",
      "destroyed",
      "started",
      "started",
    ]);
    expect(await statusOf(pipe, id)).not.toBe("success");
  });

  it("that ran out of memory ends its task with that reason, and the exit code is kept", async () => {
    const pipe = createPipe();
    const { person } = await somebody(pipe);
    const id = await ask(pipe, person);
    const [machine] = pipe.machines.machines;
    if (machine === undefined) throw new Error("no machine");
    const claim = await machineOf(pipe, machine).claim();
    await machineOf(pipe, machine).progress(String(claim.body.callbackToken), 1, "working");
    machine.state = "destroyed";
    machine.exit = { code: 137, signal: 9, outOfMemory: true, requestedStop: false };
    pipe.clock.advance(61_000);
    await sweepDueRows(pipe.context);
    expect(await pipe.context.db.tasks.get(id)).toMatchObject({ status: "failed", failureCode: "out_of_memory" });
    expect(await pipe.context.db.attempts.get(id, 1)).toMatchObject({ exitCode: 137, outOfMemory: true });
  });

  it.each([
    [1, "runner_crashed", "runner_crashed"],
    [2, "runner_misconfigured", "runner_misconfigured"],
    [3, "not_handed_out", "result_undelivered"],
    [4, "result_undelivered", "result_undelivered"],
    [5, "porter_challenged", "porter_challenged"],
    [70, "machine_lost", "machine_lost"],
  ])("that ended with %i says so before its first word (%s) and after it (%s)", async (code, before, after) => {
    for (const hasBegun of [false, true]) {
      const pipe = createPipe();
      const { person } = await somebody(pipe, { settings: { maxRetries: 0 } });
      const id = await ask(pipe, person);
      const [machine] = pipe.machines.machines;
      if (machine === undefined) throw new Error("no machine");
      if (hasBegun) {
        const claim = await machineOf(pipe, machine).claim();
        await machineOf(pipe, machine).progress(String(claim.body.callbackToken), 1, "working");
      }
      machine.state = "destroyed";
      machine.exit = { code, signal: null, outOfMemory: false, requestedStop: false };
      pipe.clock.advance(61_000);
      await sweepDueRows(pipe.context);
      const failureCode = hasBegun ? after : before;
      expect(await pipe.context.db.tasks.get(id)).toMatchObject({ status: "failed", failureCode });
    }
  });

  it("that could not give its result is not paid for again by itself", async () => {
    const pipe = createPipe();
    const { person } = await somebody(pipe);
    const id = await ask(pipe, person);
    const [machine] = pipe.machines.machines;
    if (machine === undefined) throw new Error("no machine");
    const claim = await machineOf(pipe, machine).claim();
    await machineOf(pipe, machine).progress(String(claim.body.callbackToken), 1, "working");
    machine.state = "destroyed";
    machine.exit = { code: 4, signal: null, outOfMemory: false, requestedStop: false };
    pipe.clock.advance(61_000);
    await sweepDueRows(pipe.context);
    expect(await pipe.context.db.tasks.get(id)).toMatchObject({ status: "failed", attempt: 1 });
  });

  it("that is silent is looked at as often as its owner wants", async () => {
    const pipe = createPipe();
    const { person } = await somebody(pipe, { settings: { pollInterval: 45 } });
    const id = await ask(pipe, person);
    const looks = () => pipe.machines.calls.filter((call) => call === "get").length;
    const before = looks();
    for (let second = 0; second < 90; second += 15) {
      pipe.clock.advance(15_000);
      await reconcile(pipe.context, { kind: "task", id });
    }
    expect(looks() - before).toBe(2);
  });
});
