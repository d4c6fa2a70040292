import fc from "fast-check";
import { expect, test } from "vitest";
import type { TaskView } from "@/lib/task-view";
import { type ActionPorts, createTaskActions } from "./task-actions";

const task = (id: string, change: Partial<TaskView> = {}): TaskView =>
  ({ id, issueTitle: `Title ${id}`, status: "failed", attempt: 1, ...change }) as TaskView;
const STOPPED = { status: "failed", failureCode: "stopped_by_user" } as const;

/** A server whose answers come when the test says so. */
function world() {
  const calls: { name: string; answer: (change?: Partial<TaskView>) => Promise<void>; fail: () => Promise<void> }[] =
    [];
  const said: {
    words: string;
    detail?: string | undefined;
    undo?: { label: string; onClick: () => void } | undefined;
  }[] = [];
  const taken: string[] = [];
  const say: ActionPorts["say"] = (words, options) =>
    void said.push({ words, detail: options?.detail, undo: options?.undo });
  const actions = createTaskActions({
    call: (action, { id }) =>
      new Promise((resolve, reject) => {
        const settled = () => new Promise<void>((done) => setTimeout(done));
        calls.push({
          name: `${action} ${id}`,
          answer: (change) => {
            resolve({ task: task(id, change) });
            return settled();
          },
          fail: () => {
            reject(new Error("no line"));
            return settled();
          },
        });
      }),
    take: (views) => void taken.push(...views.map(({ id }) => id)),
    say,
  });
  const call = (name: string) => {
    const found = calls.findLast((one) => one.name === name);
    if (found === undefined) throw new Error(`${name} was not called`);
    return found;
  };
  return { actions, calls, call, said, taken, words: () => said.map(({ words }) => words) };
}

test("a task whose action is on its way is not asked for it again, and is shown as pending until the answer", async () => {
  const { actions, calls, call } = world();
  actions.retry([task("a")]);
  actions.retry([task("a")]);
  actions.retry([task("a"), task("b")]);
  expect(calls.map(({ name }) => name)).toEqual(["retry a", "retry b"]);
  expect([...actions.pending.get()].toSorted()).toEqual(["a", "b"]);
  await call("retry a").answer();
  expect([...actions.pending.get()]).toEqual(["b"]);
  actions.retry([task("a")]);
  expect(calls).toHaveLength(3);
});

test("a stop is not held up by a retry that is on its way", () => {
  const { actions, calls } = world();
  actions.retry([task("a")]);
  actions.stop([task("a", { status: "queued" })]);
  expect(calls.map(({ name }) => name)).toEqual(["retry a", "stop a"]);
});

test("a selection that names a task twice acts on it once", () => {
  const { actions, calls } = world();
  actions.stop([task("a"), task("a")]);
  expect(calls).toHaveLength(1);
});

test("a failed call says so, frees the task, and loses none of the answers beside it", async () => {
  const { actions, call, taken, words } = world();
  actions.stop([task("a", { status: "running" }), task("b", { status: "running" })]);
  await call("stop a").fail();
  await call("stop b").answer(STOPPED);
  expect(words()).toEqual(["That did not work for 1 of 2 tasks", "Stopped “Title b”"]);
  expect(taken).toEqual(["b"]);
  expect(actions.pending.get().size).toBe(0);
});

test.each([
  ["queued", "Undo", undefined],
  ["running", "Start again", "Saving what there is…"],
] as const)("a stopped task that was %s offers %s, once", async (status, label, detail) => {
  const { actions, calls, call, said } = world();
  actions.stop([task("a", { status })]);
  await call("stop a").answer(STOPPED);
  expect(said[0]).toMatchObject({ words: "Stopped “Title a”", undo: { label } });
  expect(said[0]?.detail).toBe(detail);
  said[0]?.undo?.onClick();
  said[0]?.undo?.onClick();
  expect(calls.map(({ name }) => name)).toEqual(["stop a", "retry a"]);
});

test("what had ended before it could be stopped is not said to be stopped", async () => {
  const { actions, call, words } = world();
  actions.stop([task("a", { status: "running" })]);
  await call("stop a").answer({ status: "success" });
  expect(words()).toEqual(["Before it could be stopped, “Title a” had ended"]);
});

test("a retry can be taken back; where it had started already, the person is told that it was stopped", async () => {
  const { actions, call, said, words } = world();
  actions.retry([task("a"), task("b")]);
  await call("retry a").answer({ status: "queued" });
  await call("retry b").answer({ status: "queued" });
  said[0]?.undo?.onClick();
  await call("undoRetry a").answer({ attempt: 2 });
  await call("undoRetry b").answer({ attempt: 1 });
  expect(words()).toEqual(["Queued 2 tasks again", "Stopped “Title a”, which had started"]);
});

test("what only waited for credit goes on, and has no end that an undo could bring back", async () => {
  const { actions, call, said } = world();
  actions.retry([task("a", { status: "queued" })]);
  await call("retry a").answer({ status: "queued" });
  expect(said).toEqual([{ words: "Trying “Title a” again", detail: undefined, undo: undefined }]);
});

test("in any order of clicks and answers: no call twice at once, pending is what has no answer yet, every answer is taken", async () => {
  const act = fc.record({
    is: fc.constantFrom("stop" as const, "retry" as const, "answer" as const, "fail" as const),
    ids: fc.subarray(["a", "b", "c"], { minLength: 1 }),
    which: fc.nat(5),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 15 }), async (story) => {
      const { actions, calls, taken } = world();
      const open = new Set<(typeof calls)[number]>();
      let [known, answered] = [0, 0];
      const look = () => {
        for (; known < calls.length; known++) {
          const call = calls[known];
          if (call === undefined) continue;
          expect([...open].map(({ name }) => name)).not.toContain(call.name);
          open.add(call);
        }
      };
      const settle = async (call: (typeof calls)[number], is: "answer" | "fail") => {
        open.delete(call);
        answered += is === "answer" ? 1 : 0;
        await call[is]();
      };
      for (const { is, ids, which } of story) {
        const call = [...open][which % (open.size || 1)];
        if (is === "stop" || is === "retry") actions[is](ids.map((id) => task(id)));
        else if (call !== undefined) await settle(call, is);
        look();
      }
      for (const call of open) await settle(call, "answer");
      expect(actions.pending.get().size).toBe(0);
      expect(taken).toHaveLength(answered);
    }),
    { numRuns: 40 },
  );
});
