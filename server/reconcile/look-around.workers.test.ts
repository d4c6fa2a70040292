import { expect, it } from "vitest";
import { createPipe } from "@/server/testing/pipe";
import { aTask } from "@/server/testing/rows";
import { createLookAround } from "./look-around";

const EVENT = { kind: "task.created", data: {} };

it("asks once in some seconds while nothing is due, and at every call while something is", async () => {
  const pipe = createPipe();
  const { context, clock } = pipe;
  const asked: string[] = [];
  const { operations } = context.db;
  const counted = {
    ...context,
    db: {
      ...context.db,
      operations: {
        ...operations,
        async lookAround(now: string, limit: number) {
          const found = await operations.lookAround(now, limit);
          asked.push(found.due.length === 0 ? "nothing" : "something");
          return found;
        },
      },
    },
  };
  const lookAround = createLookAround();
  const pass = async (ms: number) => {
    clock.advance(ms);
    await operations.tick("sweep", clock.now().toISOString());
    await lookAround(counted);
  };
  await Promise.all([lookAround({ ...counted }), lookAround({ ...counted })]);
  for (const ms of [0, 1000, 3999]) await pass(ms);
  expect(asked).toEqual(["nothing"]);
  await pass(1);
  expect(asked).toEqual(["nothing", "nothing"]);

  const now = clock.now().toISOString();
  const task = aTask({ dueAt: now, createdAt: now, updatedAt: now, blockedReason: "missing_account" });
  await context.db.tasks.create({ task, event: EVENT, now, moveId: context.ids.uuid() });
  await pass(5000);
  await pass(0);
  expect(asked).toEqual(["nothing", "nothing", "something", "nothing"]);
});
