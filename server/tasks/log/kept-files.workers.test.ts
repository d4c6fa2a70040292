import { env } from "cloudflare:workers";
import { beforeEach, expect, test } from "vitest";
import { withActor } from "@/server/context";
import { deleteAccount } from "@/server/tasks/verbs/delete-account";
import { sweepDueRows } from "@/server/reconcile/reconcile";
import { cutFile, handingOver, packedSet } from "@/server/testing/hand-over";
import { aPerson, createPipe, machineOf, recordMention } from "@/server/testing/pipe";
import { smallSet } from "@/server/testing/small-set";
import { userActor } from "@/server/testing/test-context";
import { openChangeSet, openSetFile } from "../change-set/open-change-set";

/** Everything that Porter keeps in R2, by the first step of its name. Whatever comes to it has to be seen going, too. */
const KINDS = ["changes", "logs"];

beforeEach(async () => {
  const { objects } = await env.LOGS.list();
  if (objects.length > 0) await env.LOGS.delete(objects.map(({ key }) => key));
});
const kinds = async (): Promise<string[]> => {
  const { objects } = await env.LOGS.list();
  return [...new Set(objects.map(({ key }) => key.replace(/\/.*/, "")))].toSorted();
};

let people = 93_000;
/** A run that left everything that a run can leave: a log, a whole set, one that was too large, and a begun one. */
async function aRunWithEverything() {
  const pipe = createPipe();
  const person = { id: (people += 1), login: `keeper-${people}` };
  await aPerson(pipe, person);
  await recordMention(pipe, {
    actorId: person.id,
    actorLogin: person.login,
    issueNumber: people,
    installationId: people,
  });
  const machine = pipe.machines.machines[0];
  if (machine === undefined) throw new Error("no machine");
  const runner = machineOf(pipe, machine);
  const token = String((await runner.claim()).body.callbackToken);
  await runner.progress(token, 1, "working", { records: [{ n: 1, t: 1, k: "o", s: "hello" }] });
  const door = handingOver({ context: pipe.context, ...runner.ref, token });
  expect((await door.whole(packedSet(smallSet({}, [{ a: "a" }])))).status).toBe(200);
  const bundle = cutFile(new Uint8Array(10));
  for (const content of bundle.contents) await door.part({ set: 2, kind: "bundle", number: 1 }, content);
  await door.changes({ set: 2, tooLarge: { bytes: 1, paths: 1 }, bundle: bundle.parts });
  await door.part({ set: 3, kind: "patch", number: 1 }, new Uint8Array(1));
  return { pipe, person, runner, token, taskId: runner.ref.taskId };
}

test("what is kept goes when its time is over, and not before; the rows still say what there was", async () => {
  const { pipe, runner, token, taskId } = await aRunWithEverything();
  await runner.complete(token, { outcome: "no_changes" });
  for (let step = 0; step < 5; step += 1) {
    pipe.clock.advance(60_000);
    await sweepDueRows(pipe.context);
  }
  expect(await kinds()).toEqual(KINDS);
  pipe.clock.advance(29 * 24 * 3600_000);
  await sweepDueRows(pipe.context);
  expect(await kinds()).toEqual([...KINDS, "texts"]);
  pipe.clock.advance(2 * 24 * 3600_000);
  await sweepDueRows(pipe.context);
  // What was asked stays with the task.
  expect(await kinds()).toEqual(["texts"]);
  const rows = await pipe.context.db.changeSets.ofTask(taskId);
  expect(rows.map(({ number, files, dataKeyValue }) => [number, files, dataKeyValue])).toEqual([
    [1, 1, null],
    [2, null, null],
    [3, null, null],
  ]);
  for (const row of rows) {
    expect(await openChangeSet(pipe.context, row)).toBeNull();
    expect(await openSetFile(pipe.context, row, "bundle")).toBeNull();
  }
});

test("what is kept goes with its person, also what their machine sends at that moment", async () => {
  const { pipe, person, runner, token, taskId } = await aRunWithEverything();
  await pipe.context.logs.putText(pipe.context.logs.textsKey(taskId), "{}");
  expect(await kinds()).toEqual([...KINDS, "texts"]);
  const { changeFiles, db } = pipe.context;
  const late = handingOver({ context: pipe.context, ...runner.ref, token });
  const context = withActor(
    {
      ...pipe.context,
      db: {
        ...db,
        erasure: {
          ...db.erasure,
          erase: async (input) => {
            expect((await late.part({ set: 4, number: 1 }, new Uint8Array(9))).status).toBe(200);
            return db.erasure.erase(input);
          },
        },
      },
    },
    userActor(person.id, person.login),
  );
  const deleted = await deleteAccount(context, person.login);
  expect(deleted.removed.workFiles).toBe(5);
  expect(await kinds()).toEqual([]);
  expect(await changeFiles.removeTask(runner.ref.taskId)).toBe(0);
});
