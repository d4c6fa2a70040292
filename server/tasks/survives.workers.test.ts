import { expect, it } from "vitest";
import { sweep } from "@/server/reconcile";
import { applySecretChanges, FLY_TOKEN } from "@/server/secrets/user-secrets";
import { aPerson, createPipe, machineOf, mention, type Pipe } from "@/server/testing/pipe";
import { aTask } from "@/server/testing/rows";
import { userActor } from "@/server/testing/test-context";
import { report } from "./report";

// What the fault run (server/testing/faults) found, each told as the plain story of its smallest run.

let people = 8000;
async function aTaskOfSomebody(pipe: Pipe) {
  const person = { id: (people += 1), login: `person-${people}` };
  await aPerson(pipe, person);
  const mentionId = await mention(pipe, { actorId: person.id, actorLogin: person.login, issueNumber: people });
  const taskId = (await pipe.context.db.mentions.get(mentionId))?.taskId ?? "";
  return { person, taskId, as: { ...pipe.context, actor: userActor(person.id, person.login) } };
}

it("writes one tracking comment although nothing was kept of the one before", async () => {
  const pipe = createPipe({
    github: {
      after(call) {
        // Whatever comes after this never happens, as when an isolate ends.
        if (call === "createComment" && pipe.github.state.comments.length === 1) throw new Error("the isolate ends");
      },
    },
  });
  const { context } = pipe;
  const task = aTask({ issueNumber: (people += 1), mentionId: `mention-${people}` });
  await context.db.tasks.create({
    task,
    now: task.createdAt,
    moveId: context.ids.uuid(),
    event: { kind: "task.created", data: {} },
  });
  const tell = async () => {
    const row = await context.db.tasks.get(task.id);
    if (row !== null) await report(context, { task: row, attempts: [] });
  };
  await expect(tell()).rejects.toThrow("the isolate ends");
  await tell();
  expect(pipe.github.state.comments).toHaveLength(1);
});

it("keeps a machine owed while nobody may look at it, and destroys it once there is a token again", async () => {
  const pipe = createPipe();
  const { taskId, as } = await aTaskOfSomebody(pipe);
  const [machine] = pipe.machines.machines;
  if (machine === undefined) throw new Error("no machine");
  const claim = await machineOf(pipe, machine).claim();
  await machineOf(pipe, machine).progress(String(claim.body.callbackToken), 1, "working");
  await applySecretChanges(as, [{ ...FLY_TOKEN, value: null }]);
  pipe.clock.advance(200_000);
  await sweep(pipe.context);
  pipe.clock.advance(60_000);
  await sweep(pipe.context);
  expect(await pipe.context.db.attempts.get(taskId, 1)).toMatchObject({ machineDestroyedAt: null });
  await applySecretChanges(as, [{ ...FLY_TOKEN, value: "fake-fly-token-canary" }]);
  await sweep(pipe.context);
  expect(machine.state).toBe("destroyed");
  expect((await pipe.context.db.attempts.get(taskId, 1))?.machineDestroyedAt).not.toBeNull();
});
