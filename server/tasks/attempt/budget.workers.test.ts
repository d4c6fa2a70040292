import { describe, expect, it } from "vitest";
import { claimAnswerSchema } from "@/lib/agent-protocol";
import { withActor } from "@/server/context";
import { sweepDueRows } from "@/server/reconcile/reconcile";
import { updateConfig } from "@/server/settings/config";
import { ownTask } from "@/server/tasks/read/get";
import { retryOwnTask } from "@/server/tasks/verbs/retry-own";
import { aPerson, createPipe, machineOf, writeComment } from "@/server/testing/pipe";
import { userActor } from "@/server/testing/test-context";

let numbers = 87_000;
const next = () => (numbers += 1);

/** A person with this budget in their settings, who writes commands on one issue. */
async function somebody(budget: number | null = null) {
  const pipe = createPipe();
  const person = { id: next(), login: `person-${numbers}` };
  await aPerson(pipe, person);
  const as = withActor(pipe.context, userActor(person.id, person.login));
  const set = (to: number | null) => updateConfig(as, { budget: to });
  if (budget !== null) await set(budget);
  const issueNumber = next();
  const write = (body: string) => writeComment(pipe, { person, issueNumber, body });
  const newest = () => {
    const machine = pipe.machines.machines.at(-1);
    if (machine === undefined) throw new Error("no machine");
    return { ...machineOf(pipe, machine), machine };
  };
  const claim = async () => {
    const machine = newest();
    const { callbackToken, limits } = claimAnswerSchema.parse((await machine.claim()).body);
    return { ...machine, token: callbackToken, limits };
  };
  const comment = () => pipe.github.state.comments.find((one) => one.issueNumber === issueNumber)?.body ?? "";
  return { pipe, as, set, write, claim, comment };
}
const spent = (costUsd: number) => ({ spent: { costUsd, inputTokens: 900, outputTokens: 80, requests: 3 } });

describe("the budget of a run", () => {
  it.each([
    ["nothing is set", null, "@porter fix it", null],
    ["the settings say so", 3, "@porter fix it", 3],
    ["the command says so", null, "@porter --budget=$2.50 fix it", 2.5],
    ["both do: the least", 3, "@porter --budget=2 fix it", 2],
    ["both do: the least, also when more is asked for", 3, "@porter --budget=20 fix it", 3],
  ] as const)("is handed to its machine: %s", async (_, settings, body, usd) => {
    const { write, claim } = await somebody(settings);
    await write(body);
    expect((await claim()).limits).toMatchObject({ maxCostUsd: usd, spentUsd: 0 });
  });

  it("is told in the comment from four fifths on, and not before", async () => {
    const { pipe, write, claim, comment } = await somebody();
    await write("@porter --budget=2 fix it");
    const machine = await claim();
    await machine.progress(machine.token, 1, "working", spent(1.59));
    await sweepDueRows(pipe.context);
    expect(comment()).not.toContain("$");
    pipe.clock.advance(60_000);
    await machine.progress(machine.token, 2, "working", spent(1.61));
    await sweepDueRows(pipe.context);
    expect(comment()).toContain("> Spent $1.61 of $2.00");
  });

  it("ends the run when it is spent, by Porter's own sum, and the work is kept", async () => {
    const { pipe, write, claim, comment } = await somebody();
    const taskId = (await write("@porter --budget=2 fix it"))?.taskId ?? "";
    const machine = await claim();
    await machine.progress(machine.token, 1, "working", spent(1));
    await machine.handOver(machine.token);
    const words = { message: "I am rich.", failureCode: "budget_spent", status: "failed", outcome: "partial" };
    await machine.complete(machine.token, { ...words, changeSet: 1, ...spent(2.003) });
    await sweepDueRows(pipe.context);
    const task = await pipe.context.db.tasks.get(taskId);
    expect(task).toMatchObject({ status: "failed", failureCode: "budget_spent", errorMessage: "Spent $2.00 of $2.00" });
    expect(task).toMatchObject({ costUsd: 2.003, budgetUsd: 2, savedBranch: expect.stringContaining("porter/") });
    expect(comment()).toContain("❌ Failed: Spent $2.00 of $2.00");
  });

  it("holds across attempts: a lost machine's spending counts, and nothing is started for nothing", async () => {
    const { pipe, write, claim, set } = await somebody();
    const taskId = (await write("@porter --budget=2 fix it"))?.taskId ?? "";
    const first = await claim();
    await first.progress(first.token, 1, "working", spent(1.5));
    first.machine.state = "destroyed";
    pipe.clock.advance(120_000);
    await sweepDueRows(pipe.context);
    pipe.clock.advance(120_000);
    await sweepDueRows(pipe.context);
    const second = await claim();
    expect(second.ref.attempt).toBe(2);
    expect(second.limits).toMatchObject({ maxCostUsd: 2, spentUsd: 1.5 });
    const end = { status: "failed", outcome: "failed", failureCode: "budget_spent", ...spent(0.5) };
    await second.complete(second.token, end);
    await sweepDueRows(pipe.context);
    expect(await pipe.context.db.tasks.get(taskId)).toMatchObject({ errorMessage: "Spent $2.00 of $2.00" });

    await write(`@porter retry ${taskId}`);
    await sweepDueRows(pipe.context);
    expect(pipe.machines.machines).toHaveLength(2);
    const task = await pipe.context.db.tasks.get(taskId);
    expect(task).toMatchObject({ status: "failed", failureCode: "budget_spent", errorMessage: "Spent $2.00 of $2.00" });
    await set(null);
    expect((await write(`@porter retry ${taskId} --budget=3`))?.outcome).toBe("retried_as_new_task");
    expect((await claim()).limits).toMatchObject({ maxCostUsd: 3, spentUsd: 0 });
  });

  it("goes on where its owner raises the one in the settings", async () => {
    const { pipe, write, claim, set, as } = await somebody(1);
    const taskId = (await write("@porter fix it"))?.taskId ?? "";
    const first = await claim();
    await first.complete(first.token, {
      status: "failed",
      outcome: "failed",
      failureCode: "budget_spent",
      ...spent(1),
    });
    await sweepDueRows(pipe.context);
    await set(5);
    expect(await retryOwnTask(as, await ownTask(as, taskId), { agent: null })).toBe(taskId);
    await sweepDueRows(pipe.context);
    expect((await claim()).limits).toMatchObject({ maxCostUsd: 5, spentUsd: 1 });
  });

  it("takes no agent's word for a cost", async () => {
    const { pipe, write, claim, comment } = await somebody();
    const taskId = (await write("@porter fix it"))?.taskId ?? "";
    const machine = await claim();
    const usage = { usage: { costUsd: 7.77, inputTokens: 1, outputTokens: 1 } };
    await machine.progress(machine.token, 1, "working", usage);
    await machine.complete(machine.token, { outcome: "no_changes", summary: "Nothing to do.", ...usage });
    await sweepDueRows(pipe.context);
    expect(await pipe.context.db.tasks.get(taskId)).toMatchObject({ costUsd: null, inputTokens: null });
    expect(comment()).not.toContain("7.77");
  });
});
