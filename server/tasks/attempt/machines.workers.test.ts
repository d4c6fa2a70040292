import { describe, expect, it } from "vitest";
import { MACHINES } from "@/lib/machine-size";
import { withActor } from "@/server/context";
import { sweepDueRows } from "@/server/reconcile/reconcile";
import { loadRunSettings } from "@/server/settings/run-settings";
import { retryOwnTask } from "@/server/tasks/verbs/retry-own";
import { aPerson, createPipe, type Pipe, writeComment } from "@/server/testing/pipe";
import { userActor } from "@/server/testing/test-context";

let numbers = 83_000;
const next = () => (numbers += 1);

/** A person with these settings, who writes commands on one issue. */
async function somebody(settings: Record<string, unknown>) {
  const pipe = createPipe();
  const person = { id: next(), login: `person-${numbers}` };
  await aPerson(pipe, person);
  const put = async (change: Record<string, unknown>) => {
    const { config } = await loadRunSettings(pipe.context, person.id);
    const row = await pipe.context.db.settings.get(person.id);
    await pipe.context.db.settings.put({
      userId: person.id,
      version: "1.0.0",
      config: JSON.stringify({ ...config, ...change }),
      expected: row?.revision ?? 0,
      updatedAt: pipe.clock.now().toISOString(),
    });
  };
  await put(settings);
  const issueNumber = next();
  const write = (body: string) => writeComment(pipe, { person, issueNumber, body });
  return { pipe, person, put, write };
}
const guestsOf = (pipe: Pipe) => pipe.machines.machines.map(({ spec }) => spec.guest);

describe("a machine is as large as", () => {
  it.each([
    ["the settings say", { machineSize: "medium" }, "@porter", "medium"],
    ["Porter's default", {}, "@porter", "small"],
    ["the command asks", {}, "@porter --machine=large", "large"],
    ["the command asks, also when it asks for less", { machineSize: "large" }, "@porter --machine=small", "small"],
  ] as const)("%s", async (_, settings, body, size) => {
    const { pipe, write } = await somebody(settings);
    await write(body);
    expect(guestsOf(pipe)).toEqual([MACHINES[size]]);
  });

  it("its owner allows: a larger one is refused with the way to the setting, and nothing starts", async () => {
    const { pipe, write } = await somebody({ largestMachine: "medium" });
    const row = await write("@porter --machine=large fix it");
    expect(row).toMatchObject({ status: "refused", outcome: "machine_too_large", taskId: null });
    expect(row?.reply).toContain("/settings/defaults#largestMachine");
    expect(guestsOf(pipe)).toEqual([]);
    await write("@porter --machine=medium fix it");
    expect(guestsOf(pipe)).toEqual([MACHINES.medium]);
  });
});

describe("a machine that is slow to start", () => {
  async function slow() {
    const { pipe, write } = await somebody({});
    const taskId = (await write("@porter"))?.taskId ?? "";
    const [machine] = pipe.machines.machines;
    if (machine === undefined) throw new Error("no machine");
    machine.state = "created";
    const after = async (seconds: number) => {
      pipe.clock.advance(seconds * 1000);
      await sweepDueRows(pipe.context);
      const task = await pipe.context.db.tasks.get(taskId);
      return { attempt: task?.attempt, isRunning: task?.status === "running" };
    };
    return { machine, after, now: () => pipe.clock.now().toISOString() };
  }
  const running = { attempt: 1, isRunning: true };

  it("has ten minutes for its image, and three from the moment at which Fly says that it has it", async () => {
    const { machine, after, now } = await slow();
    expect(await after(200)).toEqual(running);
    expect(await after(350)).toEqual(running);
    Object.assign(machine, { state: "started", imagePulledAt: now() });
    expect(await after(100)).toEqual(running);
    expect(await after(70)).toEqual(running);
    expect(await after(20)).toMatchObject({ isRunning: false });
  });

  it("is given up where its image does not come", async () => {
    const { after } = await slow();
    expect(await after(590)).toEqual(running);
    // It is looked at once more: the image may have come since the last time.
    expect(await after(80)).toEqual(running);
    expect(await after(30)).toMatchObject({ isRunning: false });
  });
});

describe("after the memory was not enough", () => {
  async function outOfMemory(settings: Record<string, unknown> = {}) {
    const world = await somebody(settings);
    const taskId = (await world.write("@porter"))?.taskId ?? "";
    const [machine] = world.pipe.machines.machines;
    if (machine === undefined) throw new Error("no machine");
    machine.state = "destroyed";
    machine.exit = { code: 137, signal: 9, outOfMemory: true, requestedStop: false };
    world.pipe.clock.advance(61_000);
    await sweepDueRows(world.pipe.context);
    return { ...world, taskId, task: await world.pipe.context.db.tasks.get(taskId) };
  }

  it("the comment leads to the setting, and a retry has what was chosen there", async () => {
    const { pipe, put, write, task } = await outOfMemory();
    expect(task).toMatchObject({ status: "failed", failureCode: "out_of_memory" });
    const told = pipe.github.state.comments.find(({ issueNumber }) => issueNumber === task?.issueNumber);
    expect(told?.body).toContain("/settings/defaults#machineSize");
    await put({ machineSize: "large" });
    await write("@porter retry");
    expect(guestsOf(pipe)).toEqual([MACHINES.small, MACHINES.large]);
  });

  it("a retry may ask for a larger machine, in a comment and on the page, within what is allowed", async () => {
    const { pipe, person, write, task } = await outOfMemory({ largestMachine: "medium" });
    if (task === null) throw new Error("no task");
    expect(await write("@porter retry --machine=large")).toMatchObject({ outcome: "machine_too_large" });
    const as = withActor(pipe.context, userActor(person.id, person.login));
    await expect(retryOwnTask(as, task, { agent: null, machine: "large" })).rejects.toMatchObject({ field: "machine" });
    expect(await write("@porter retry --machine=medium")).toMatchObject({ outcome: "retried_as_new_task" });
    expect(guestsOf(pipe)).toEqual([MACHINES.small, MACHINES.medium]);
  });
});
