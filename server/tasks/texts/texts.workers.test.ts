import { expect, test } from "vitest";
import { withActor } from "@/server/context";
import { sweepDueRows } from "@/server/reconcile/reconcile";
import { aPerson, createPipe, machineOf, recordMention } from "@/server/testing/pipe";
import { userActor } from "@/server/testing/test-context";
import { promptOf } from "../read/insight";
import { retryOwnTask } from "../verbs/retry-own";

const DAY_MS = 24 * 3600_000;

test("a retry after the texts have gone to the bucket gives its machine the same prompt, and the page shows it", async () => {
  const pipe = createPipe();
  const person = { id: 94_001, login: "retrier" };
  await aPerson(pipe, person);
  await recordMention(pipe, { actorId: person.id, actorLogin: person.login, issueNumber: 94, installationId: 94_001 });
  const sweep = async (times: number) => {
    for (let step = 0; step < times; step += 1) {
      pipe.clock.advance(60_000);
      await sweepDueRows(pipe.context);
    }
  };
  const claimOf = async (nth: number) => {
    await sweep(2);
    const machine = pipe.machines.machines[nth];
    if (machine === undefined) throw new Error("no machine");
    const runner = machineOf(pipe, machine);
    return { runner, body: (await runner.claim()).body };
  };
  const { runner, body } = await claimOf(0);
  const { taskId } = runner.ref;
  const token = String(body.callbackToken);
  await runner.progress(token, 1, "working", { records: [] });
  await runner.complete(token, { outcome: "failed", failureCode: "agent_failed" });
  await sweep(3);
  pipe.clock.advance(2 * DAY_MS);
  await sweep(1);
  const packed = await pipe.context.db.tasks.get(taskId);
  expect(packed).toMatchObject({ status: "failed", prompt: "" });
  if (packed === null) throw new Error("no task");
  const as = withActor(pipe.context, userActor(person.id, person.login));
  expect((await promptOf(as, taskId)).prompt).toBe(body.prompt);
  await retryOwnTask(as, packed, { agent: null });
  const again = await claimOf(1);
  expect(again.runner.ref.taskId).toBe(taskId);
  expect(again.body.prompt).toBe(body.prompt);
});
