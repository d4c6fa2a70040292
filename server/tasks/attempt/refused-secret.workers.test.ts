import { describe, expect, it } from "vitest";
import { MachineError } from "@/server/machines/port";
import type { KeyFinding } from "@/server/providers/port";
import newest from "@/lib/newest-models.json" with { type: "json" };
import { saveFly } from "@/server/settings/check-fly";
import { saveAndCheckKeys, validateKey } from "@/server/secrets/check-keys";
import { askModelsDaily, modelsOfKey } from "@/server/secrets/key-models";
import { updateConfig } from "@/server/settings/config";
import { createFakeChecks } from "@/server/testing/fake-checks";
import { reconcile, sweepDueRows } from "@/server/reconcile/reconcile";
import { aPerson, createPipe, machineOf, recordMention, type Pipe } from "@/server/testing/pipe";
import { userActor } from "@/server/testing/test-context";
import { NO_FLAGS } from "@/lib/commands/command";
import { retryRequestSchema } from "@/lib/task-request";
import type { AppContext } from "@/server/context";
import type { TaskRow } from "@/server/db/task-store";
import { retryOwnTask } from "../verbs/retry-own";

let people = 67_000;
async function aWorld(finding: () => KeyFinding = () => ({ verification: "valid" }), machines?: Hooks["machines"]) {
  const pipe = createPipe({ checks: { key: finding }, ...(machines === undefined ? {} : { machines }) });
  const person = { id: (people += 1), login: `person-${people}` };
  await aPerson(pipe, person);
  pipe.clock.advance(1000);
  const { flyApps } = createFakeChecks({
    fly: ({ token }) => ({ verification: token.includes("wrong") ? "invalid_key" : "valid" }),
  });
  const as = { ...pipe.context, flyApps, actor: userActor(person.id, person.login) };
  return { pipe, person, as };
}
type Hooks = NonNullable<Parameters<typeof createPipe>[0]>;

type Person = { id: number; login: string };
async function ask(pipe: Pipe, person: Person, flags: { model?: string } = {}): Promise<string> {
  const command = { ...START, ...flags };
  const from = { actorId: person.id, actorLogin: person.login, issueNumber: (people += 1) };
  const id = await recordMention(pipe, { ...from, command: JSON.stringify(command) });
  return (await pipe.context.db.mentions.get(id))?.taskId ?? "";
}
const START = { kind: "start", agent: "opencode", ...NO_FLAGS, instructions: "", isForced: false };

const retry = (pipe: Pipe, { id: actorId, login: actorLogin }: Person, issueNumber: number) =>
  recordMention(pipe, {
    actorId,
    actorLogin,
    issueNumber,
    command: JSON.stringify({ ...NO_FLAGS, kind: "retry", taskId: null, agent: null, instructions: "" }),
  });
type World = { pipe: Pipe; person: Person; as: AppContext; task: TaskRow; issueNumber: number };

const taskOf = (pipe: Pipe, id: string) => pipe.context.db.tasks.get(id);

/** The newest machine claims its task and says that the agent never began. */
async function endAtOnce(pipe: Pipe, word: { failureCode: string; lacksCredit?: boolean; steps?: number }) {
  const machine = pipe.machines.machines.at(-1);
  if (machine === undefined) throw new Error("no machine");
  const runner = machineOf(pipe, machine);
  const claimed = (await runner.claim()).body;
  const token = String(claimed.callbackToken);
  if (word.steps !== undefined) await runner.progress(token, 1, "working", { steps: word.steps });
  const { failureCode, lacksCredit = null } = word;
  await runner.complete(token, { status: "failed", outcome: "failed", failureCode, lacksCredit });
  pipe.clock.advance(61_000);
  await sweepDueRows(pipe.context);
  return claimed;
}

const seeing = (sonnet: string | null): KeyFinding => ({
  verification: sonnet === null ? "no_model" : "valid",
  models: { sonnet, opus: null, haiku: null },
});
const KEY = { anthropic: { ANTHROPIC_API_KEY: "fake-anthropic-key-canary-2" } };

describe("a default model is a family", () => {
  it("which is the newest that the key can see, as found when it was saved", async () => {
    const { pipe, person, as } = await aWorld(() => seeing("claude-sonnet-7-1"));
    await saveAndCheckKeys(as, KEY);
    const id = await ask(pipe, person);
    await sweepDueRows(pipe.context);
    const claimed = await endAtOnce(pipe, { failureCode: "agent_failed" });
    expect(claimed.agent).toEqual({ id: "opencode", model: "anthropic/claude-sonnet-7-1" });
    expect(await taskOf(pipe, id)).toMatchObject({ model: "anthropic/sonnet" });
  });

  it("which is the newest of the list in opencode where the provider has not said", async () => {
    const { pipe, person } = await aWorld();
    await ask(pipe, person);
    await sweepDueRows(pipe.context);
    const claimed = await endAtOnce(pipe, { failureCode: "agent_failed" });
    expect(claimed.agent).toMatchObject({ model: `anthropic/${newest.sonnet}` });
  });

  it("is asked for anew each day, and an answer that does not come takes nothing away", async () => {
    let answer = seeing("claude-sonnet-7");
    const { pipe, person, as } = await aWorld(() => answer);
    await saveAndCheckKeys(as, KEY);
    const seen = async () => modelsOfKey((await pipe.context.db.requesters.of(person.id)).secrets)?.sonnet;
    answer = seeing("claude-sonnet-8");
    await sweepDueRows(pipe.context);
    expect(await seen()).toBe("claude-sonnet-7");
    const nextDay = async () => {
      pipe.clock.advance(24 * 3600_000 + 1000);
      for (let times = 0; times < 20; times += 1) await askModelsDaily(pipe.context);
    };
    await nextDay();
    expect(await seen()).toBe("claude-sonnet-8");
    answer = { verification: "unverified", gap: "unreachable" };
    await nextDay();
    expect(await seen()).toBe("claude-sonnet-8");
  });

  it("waits where the key can see none of it, and goes on with a key that can", async () => {
    let answer = seeing(null);
    const { pipe, person, as } = await aWorld(() => answer);
    await saveAndCheckKeys(as, KEY);
    const id = await ask(pipe, person);
    await sweepDueRows(pipe.context);
    expect(await taskOf(pipe, id)).toMatchObject({ status: "queued", blockedReason: "model_unavailable" });
    expect(pipe.github.state.comments.at(-1)?.body).toMatch(/your Anthropic key sees no Sonnet.*\/settings\/agents/);
    answer = seeing("claude-sonnet-7");
    await validateKey(as, { provider: "anthropic" });
    await reconcile(pipe.context, { kind: "task", id });
    await sweepDueRows(pipe.context);
    expect(await taskOf(pipe, id)).toMatchObject({ status: "running" });
  });

  it("that a key cannot see gives way to another default, unless it was named", async () => {
    const { pipe, person, as } = await aWorld(() => ({
      verification: "no_model",
      models: { sonnet: null, opus: "claude-opus-9", haiku: null },
    }));
    await saveAndCheckKeys(as, KEY);
    const [byDefault, named] = [await ask(pipe, person), await ask(pipe, person, { model: "anthropic/sonnet" })];
    await sweepDueRows(pipe.context);

    await updateConfig(as, { agents: { opencode: { defaultModel: "anthropic/opus" } } });
    for (const id of [byDefault, named]) await reconcile(pipe.context, { kind: "task", id });
    expect(await taskOf(pipe, byDefault)).toMatchObject({ status: "running", model: "anthropic/opus" });
    expect(await taskOf(pipe, named)).toMatchObject({ status: "queued", blockedReason: "model_unavailable" });
  });

  it("that is not there is looked for anew once, without costing a retry; then the run ends with the code", async () => {
    let answer = seeing("claude-sonnet-7");
    const { pipe, person, as } = await aWorld(() => answer);
    await saveAndCheckKeys(as, KEY);
    const id = await ask(pipe, person);
    await sweepDueRows(pipe.context);
    answer = seeing("claude-sonnet-8");
    await endAtOnce(pipe, { failureCode: "model_unavailable" });
    await sweepDueRows(pipe.context);
    expect(await taskOf(pipe, id)).toMatchObject({ status: "running", attempt: 2, infraRetries: 0 });
    const claimed = await endAtOnce(pipe, { failureCode: "model_unavailable" });
    expect(claimed.agent).toMatchObject({ model: "anthropic/claude-sonnet-8" });
    expect(await taskOf(pipe, id)).toMatchObject({ status: "failed", failureCode: "model_unavailable", attempt: 2 });
  });
});

describe("a key that its provider refuses before the agent's first step", () => {
  it("sends the task back to waiting, which goes on by itself with a good key, under one comment", async () => {
    let answer: KeyFinding = { verification: "invalid_key" };
    const { pipe, person, as } = await aWorld(() => answer);
    const id = await ask(pipe, person);
    await endAtOnce(pipe, { failureCode: "provider_auth" });
    expect(await taskOf(pipe, id)).toMatchObject({
      status: "queued",
      blockedReason: "missing_credentials",
      failureCode: null,
      infraRetries: 0,
    });
    answer = { verification: "valid" };
    await saveAndCheckKeys(as, { anthropic: { ANTHROPIC_API_KEY: "fake-anthropic-key-canary-2" } });
    await reconcile(pipe.context, { kind: "task", id });
    await sweepDueRows(pipe.context);
    expect(await taskOf(pipe, id)).toMatchObject({ status: "running", blockedReason: null });
    const { issueNumber } = (await taskOf(pipe, id)) ?? {};
    const comments = pipe.github.state.comments.filter((comment) => comment.issueNumber === issueNumber);
    expect(comments).toHaveLength(1);
    expect(comments[0]?.bodies.join("\n")).not.toMatch(/failed/i);
  });

  it("waits for credit, and goes on once a check of the same key finds it valid", async () => {
    let answer: KeyFinding = { verification: "no_credit" };
    const { pipe, person, as } = await aWorld(() => answer);
    const id = await ask(pipe, person);
    await endAtOnce(pipe, { failureCode: "provider_limit" });
    expect(await taskOf(pipe, id)).toMatchObject({ status: "queued", blockedReason: "provider_credit" });
    answer = { verification: "valid" };
    await validateKey(as, { provider: "anthropic" });
    await reconcile(pipe.context, { kind: "task", id });
    await sweepDueRows(pipe.context);
    expect(await taskOf(pipe, id)).toMatchObject({ status: "running" });
  });

  it.each([
    ["its owner tests the key", async ({ as }: World) => void (await validateKey(as, { provider: "anthropic" }))],
    [
      "its owner comments retry",
      async ({ pipe, person, issueNumber }: World) => void (await retry(pipe, person, issueNumber)),
    ],
    [
      "its owner retries in Porter",
      async ({ as, task }: World) => void (await retryOwnTask(as, task, retryRequestSchema.parse({}))),
    ],
  ])("waits for credit that only the run could miss, without an attempt lost, until %s", async (_, act) => {
    const { pipe, person, as } = await aWorld();
    const id = await ask(pipe, person);
    await endAtOnce(pipe, { failureCode: "provider_limit", lacksCredit: true });
    const task = await taskOf(pipe, id);
    if (task === null) throw new Error("no task");
    expect(task).toMatchObject({ status: "queued", blockedReason: "provider_credit", infraRetries: 0 });
    const { issueNumber } = task;
    const [comment] = pipe.github.state.comments.filter((one) => one.issueNumber === issueNumber);
    expect(comment?.body).toMatch(/Needs credit with Anthropic.*\[add it\]\(https:.*`@porter retry`/);
    // A list of models tells nothing of credit: no day and no look starts it by itself.
    pipe.clock.advance(25 * 3600_000);
    await sweepDueRows(pipe.context);
    await askModelsDaily(pipe.context);
    await sweepDueRows(pipe.context);
    expect(await taskOf(pipe, id)).toMatchObject({ status: "queued", blockedReason: "provider_credit" });
    expect(pipe.machines.machines.filter(({ taskId }) => taskId === id)).toHaveLength(1);
    await act({ pipe, person, as, task, issueNumber });
    await reconcile(pipe.context, { kind: "task", id });
    await sweepDueRows(pipe.context);
    expect(await taskOf(pipe, id)).toMatchObject({ status: "running", blockedReason: null });
    expect(comment?.bodies.join("\n")).not.toMatch(/failed/i);
  });

  it("ends the run as it says after a step, and where the provider only asks for patience", async () => {
    const refused = await aWorld(() => ({ verification: "invalid_key" }));
    const late = await ask(refused.pipe, refused.person);
    await endAtOnce(refused.pipe, { failureCode: "provider_auth", steps: 1 });
    expect(await taskOf(refused.pipe, late)).toMatchObject({ status: "failed", failureCode: "provider_auth" });
    const patient = await aWorld();
    const limited = await ask(patient.pipe, patient.person);
    await endAtOnce(patient.pipe, { failureCode: "provider_limit" });
    expect(await taskOf(patient.pipe, limited)).toMatchObject({ status: "failed", failureCode: "provider_limit" });
  });
});

describe("a secret that was refused", () => {
  it("starts nothing: a wrong Fly token leaves the task waiting, a good one starts it", async () => {
    const { pipe, person, as } = await aWorld();
    await saveFly(as, { flyToken: "fm2_fake-wrong-token-canary" });
    const id = await ask(pipe, person);
    await sweepDueRows(pipe.context);
    expect([await taskOf(pipe, id), pipe.machines.machines]).toMatchObject([
      { status: "queued", blockedReason: "missing_fly_token" },
      [],
    ]);
    await saveFly(as, { flyToken: "fm2_fake-good-token-canary" });
    await reconcile(pipe.context, { kind: "task", id });
    await sweepDueRows(pipe.context);
    expect(await taskOf(pipe, id)).toMatchObject({ status: "running" });
  });

  it.each(["fly_auth", "fly_app_missing", "fly_billing"] as const)(
    "at the launch (%s) sends the task back to waiting",
    async (code) => {
      let isRefusing = true;
      const { pipe, person, as } = await aWorld(undefined, {
        before(call) {
          if (isRefusing && call === "launch")
            throw new MachineError({ kind: "rejected", failureCode: code, message: "no" });
        },
      });
      const id = await ask(pipe, person);
      await sweepDueRows(pipe.context);
      expect(await taskOf(pipe, id)).toMatchObject({ status: "queued", blockedReason: "missing_fly_token" });
      isRefusing = false;
      await saveFly(as, { flyToken: "fm2_fake-good-token-canary" });
      await reconcile(pipe.context, { kind: "task", id });
      await sweepDueRows(pipe.context);
      expect(await taskOf(pipe, id)).toMatchObject({ status: "running", infraRetries: 0 });
    },
  );

  it("of another issuer is refused before anybody is asked", async () => {
    const { as } = await aWorld();
    const { keyChecks, flyApps, asked } = createFakeChecks();
    const context = { ...as, keyChecks, flyApps };
    const github = `ghp_${"canary".repeat(6)}`;
    await expect(saveAndCheckKeys(context, { anthropic: { ANTHROPIC_API_KEY: github } })).rejects.toThrow(
      "a GitHub token",
    );
    await expect(validateKey(context, { provider: "anthropic", key: github })).rejects.toThrow("a GitHub token");
    await expect(saveFly(context, { flyToken: github })).rejects.toThrow("a GitHub token");
    expect(asked).toEqual([]);
  });
});
