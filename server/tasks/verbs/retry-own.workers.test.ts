import { describe, expect, it } from "vitest";
import type { AppContext } from "@/server/context";
import { aPerson, createPipe, recordMention, type Pipe } from "@/server/testing/pipe";
import { userActor } from "@/server/testing/test-context";
import { eventsOf } from "@/server/testing/stored";
import { ownTask } from "../read/get";
import { retryOwnTask } from "./retry-own";
import { stopTask } from "../stop";

let people = 61_000;
async function aStoppedTask(pipe: Pipe) {
  const person = { id: (people += 1), login: `person-${people}` };
  await aPerson(pipe, person);
  const mentionId = await recordMention(pipe, { actorId: person.id, actorLogin: person.login, issueNumber: people });
  const id = (await pipe.context.db.mentions.get(mentionId))?.taskId ?? "";
  const as: AppContext = { ...pipe.context, actor: userActor(person.id, person.login) };
  await stop(as, id);
  return { id, as, person };
}
async function stop(as: AppContext, id: string) {
  await stopTask(as, await ownTask(as, id), { reason: "stopped_by_user", by: "somebody" });
}
const retry = async (as: AppContext, id: string, request: Partial<Parameters<typeof retryOwnTask>[2]> = {}) =>
  retryOwnTask(as, await ownTask(as, id), { agent: null, ...request });

describe("the owner's retry", () => {
  it("starts the same task once for a double click", async () => {
    const { id, as } = await aStoppedTask(createPipe());
    const task = await ownTask(as, id);
    const clicks = [1, 2, 3].map(() => retryOwnTask(as, task, { agent: null, version: task.version }));
    expect(await Promise.all(clicks)).toEqual([id, id, id]);
    const events = await eventsOf(id);
    expect(events.filter(({ kind }) => kind === "user.retried")).toHaveLength(1);
  });

  it("does nothing for a page that shows an earlier version", async () => {
    const { id, as } = await aStoppedTask(createPipe());
    const { version } = await ownTask(as, id);
    await retry(as, id, { version: version - 1 });
    expect((await ownTask(as, id)).status).toBe("failed");
  });

  it("makes one new task with another agent, linked to the old one, for a double click", async () => {
    const { id, as } = await aStoppedTask(createPipe());
    const wish = { agent: "claude" as const };
    const [first, second] = await Promise.all([retry(as, id, wish), retry(as, id, wish)]);
    expect(first).toBe(second);
    expect(first).not.toBe(id);
    const [old, fresh] = [await ownTask(as, id), await ownTask(as, first)];
    expect(fresh).toMatchObject({ parentTaskId: id, agent: "claude", prompt: old.prompt, mentionId: null });
    expect(old.status).toBe("failed");
    await stop(as, first);
    expect(await retry(as, id, wish)).not.toBe(first);
  });

  it("puts other instructions into a new prompt, and only while the person may write there", async () => {
    const pipe = createPipe();
    const { id, as, person } = await aStoppedTask(pipe);
    const fresh = await ownTask(as, await retry(as, id, { instructions: "Use the other library." }));
    expect(fresh).toMatchObject({ parentTaskId: id, instructions: "Use the other library." });
    expect(fresh.prompt).toContain("Use the other library.");
    pipe.github.state.permissions.set(person.login, "read");
    await expect(retry(as, id, { instructions: "Something else." })).rejects.toMatchObject({ code: "forbidden" });
  });

  it("takes the key for the same request, also after its task has ended", async () => {
    const { id, as } = await aStoppedTask(createPipe());
    const wish = { agent: "claude" as const, idempotencyKey: "click-1" };
    const first = await retry(as, id, wish);
    await stop(as, first);
    expect(await retry(as, id, wish)).toBe(first);
    expect(await retry(as, id, { ...wish, idempotencyKey: "click-2" })).not.toBe(first);
  });
});
