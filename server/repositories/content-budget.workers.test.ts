import fc from "fast-check";
import { expect, it } from "vitest";
import { sweepDueRows } from "@/server/reconcile/reconcile";
import { createClock } from "@/server/testing/clock";
import { createPipe, recordMention } from "@/server/testing/pipe";
import { testContext } from "@/server/testing/test-context";
import { OverBudget, withinBudget } from "./content-budget";

let installations = 310_000;

function aRepository(clock: ReturnType<typeof createClock>, installationId: number, commentEdits: "needed" | "spare") {
  const pipe = createPipe();
  const plain = pipe.github.github.repository({ id: 10, owner: "acme", name: "widgets" }, "fake-token");
  return { pipe, counted: withinBudget(testContext({ clock }), { installationId, userId: null, commentEdits }, plain) };
}

it("property: lets at most 80 writes through in any minute and 500 in any hour", async () => {
  const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 25_000 }), fc.integer({ min: 1, max: 30 })), {
    minLength: 20,
    maxLength: 60,
  });
  await fc.assert(
    fc.asyncProperty(steps, async (plan) => {
      const clock = createClock();
      const { counted } = aRepository(clock, (installations += 1), "needed");
      const written: number[] = [];
      for (const [pause, calls] of plan) {
        clock.advance(pause);
        for (let call = 0; call < calls; call++) {
          const wasWritten = await counted.createComment(1, "x").then(
            () => true,
            () => false,
          );
          if (!wasWritten) break;
          written.push(clock.now().getTime());
        }
      }
      const most = (windowMs: number) =>
        Math.max(0, ...written.map((from) => written.filter((at) => at >= from && at < from + windowMs).length));
      expect(most(60_000)).toBeLessThanOrEqual(80);
      expect(most(3_600_000)).toBeLessThanOrEqual(500);
    }),
    { numRuns: 6 },
  );
});

it("whatever one person sets off, another's answer is written at once, for hours", async () => {
  const clock = createClock();
  const context = testContext({ clock });
  const installationId = (installations += 1);
  const plain = createPipe().github.github.repository({ id: 10, owner: "acme", name: "widgets" }, "fake-token");
  const writer = (userId: number) => withinBudget(context, { installationId, userId, commentEdits: "needed" }, plain);
  const [ada, bob] = [writer(1), writer(2)];
  let written = 0;
  for (let look = 0; look < 16; look++) {
    const isLeft = () => ada.createComment(1, "x").then(...([() => true, () => false] as const));
    while (await isLeft()) written += 1;
    await bob.createComment(2, "y");
    clock.advance(look < 8 ? 60_000 : 900_000);
  }
  // Not shut out either.
  expect(written).toBeGreaterThan(100);
});

it("puts labels, reactions and progress off first, and says for how long", async () => {
  const clock = createClock();
  const { counted, pipe } = aRepository(clock, (installations += 1), "spare");
  for (let call = 0; call < 25; call++) await counted.createComment(1, "x");
  await expect(counted.setPorterLabel(1, "porter:running")).rejects.toThrow(OverBudget);
  await expect(counted.reactToComment(1, "eyes")).rejects.toThrow(OverBudget);
  const refused = await counted.updateComment(1, "y").catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(OverBudget);
  await counted.createComment(1, "x");
  clock.advance(refused instanceof OverBudget ? refused.retryAfterMs + 3000 : 0);
  const [first] = pipe.github.state.comments;
  await counted.updateComment(first?.id ?? 0, "y");
});

it("lets every task be told in the end, with one comment each, however many there are", async () => {
  const pipe = createPipe();
  const installationId = (installations += 1);
  // Nobody has an account here: the tasks wait, and their comments say for what.
  pipe.github.state.permissions.set("newcomer", "write");
  pipe.github.state.userIds.set("newcomer", 1);
  for (let index = 0; index < 40; index++)
    await recordMention(pipe, { actorId: 1, actorLogin: "newcomer", installationId, issueNumber: 900 + index });
  expect(pipe.github.state.comments.length).toBeLessThan(40);
  for (let look = 0; look < 3; look++) {
    pipe.clock.advance(60_000);
    await sweepDueRows(pipe.context);
  }
  const issues = pipe.github.state.comments.map(({ issueNumber }) => issueNumber);
  expect(new Set(issues).size).toBe(40);
  expect(issues).toHaveLength(40);
});
