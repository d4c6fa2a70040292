import { describe, expect, it } from "vitest";
import { aMention, anAttempt, aTask, NOW } from "@/server/testing/rows";
import { testContext } from "@/server/testing/test-context";
import { eventsOf } from "@/server/testing/stored";

const { db } = testContext();
const claim = (id: string, moveId = crypto.randomUUID()) =>
  db.tasks.claimSlot({ id, attempt: anAttempt(id), moveId, now: NOW, event: { kind: "slot.claimed", data: {} } });
const create = async (overrides: Parameters<typeof aTask>[0] = {}) => {
  const task = aTask(overrides);
  await db.tasks.create({ task, event: { kind: "task.created", data: {} }, now: NOW, moveId: crypto.randomUUID() });
  return task.id;
};

describe("the slot of five", () => {
  it("gives exactly five of fifty concurrent claims of one user", async () => {
    const ids = await Promise.all(Array.from({ length: 50 }, () => create({ userId: 501 })));
    const results = await Promise.all(ids.map((id) => claim(id)));
    expect(results.filter((result) => result.outcome === "moved")).toHaveLength(5);
    const attempts = await Promise.all(ids.map((id) => db.attempts.get(id, 1)));
    expect(attempts.filter((attempt) => attempt !== null)).toHaveLength(5);
  });

  it("lets a waiting task of higher priority go first", async () => {
    const running = await Promise.all(Array.from({ length: 4 }, () => create({ userId: 502 })));
    for (const id of running) await claim(id);
    const low = await create({ userId: 502, priority: 1, createdAt: "2026-11-22T11:00:00.000Z" });
    const high = await create({ userId: 502, priority: 3 });
    expect((await claim(low)).outcome).toBe("refused");
    expect((await claim(high)).outcome).toBe("moved");
    expect((await db.tasks.queuePosition({ id: low, userId: 502 })).position).toBe(1);
  });

  it("lets the repositories of a user take turns at equal priority", async () => {
    const at = (second: number) => `2026-11-22T11:00:0${second}.000Z`;
    const busy: string[] = [];
    for (let second = 0; second < 6; second++)
      busy.push(await create({ userId: 514, repositoryId: 70, createdAt: at(second) }));
    const quiet = await create({ userId: 514, repositoryId: 71, createdAt: at(8) });
    const line = async () => (await db.tasks.startable(514, NOW, 10)).map(({ id }) => id);
    expect((await line()).slice(0, 3)).toEqual([busy[0], quiet, busy[1]]);
    for (const id of busy.slice(0, 3)) await claim(id);
    // Three of the busy repository run: the quiet one is next although all the others are older.
    expect((await line())[0]).toBe(quiet);
    expect(await db.tasks.queuePosition({ id: busy[5] ?? "", userId: 514 })).toEqual({
      position: 4,
      waiting: 4,
      running: 3,
    });
    const places = await Promise.all(
      (await db.tasks.line(514, 10)).map(async (id) => (await db.tasks.queuePosition({ id, userId: 514 })).position),
    );
    expect(places).toEqual([1, 2, 3, 4]);
    const results = await Promise.all([...busy.slice(3), quiet].map((id) => claim(id)));
    expect(results.filter((result) => result.outcome === "moved")).toHaveLength(2);
    expect((await db.tasks.get(quiet))?.status).toBe("running");
  });

  it("tells what runs of a repository take once there are ten of them, and not before", async () => {
    const ran = (minutes: number) =>
      create({
        userId: 515,
        repositoryId: 72,
        status: "success",
        startedAt: "2026-11-22T11:00:00.000Z",
        completedAt: `2026-11-22T11:${String(minutes).padStart(2, "0")}:00.000Z`,
      });
    for (let minutes = 1; minutes <= 9; minutes++) await ran(minutes);
    expect(await db.tasks.typicalRunMs(72)).toBeNull();
    await ran(50);
    expect(await db.tasks.typicalRunMs(72)).toBe(6 * 60_000);
  });

  it("makes no attempt for a claim that did not move", async () => {
    const id = await create({ userId: 503, blockedReason: "missing_credentials" });
    expect((await claim(id)).outcome).toBe("refused");
    expect(await db.attempts.get(id, 1)).toBeNull();
  });
});

describe("transition", () => {
  const stop = (id: string, moveId: string) =>
    db.tasks.transition({
      id,
      attempt: null,
      from: ["queued", "running"],
      patch: { status: "failed", failureCode: "stopped_by_user" },
      event: { kind: "user.stopped", data: {} },
      moveId,
      now: NOW,
    });

  it("is the same move when it is sent again after an unknown outcome", async () => {
    const id = await create();
    const moveId = crypto.randomUUID();
    expect((await stop(id, moveId)).outcome).toBe("moved");
    expect((await stop(id, moveId)).outcome).toBe("already_there");
    expect(await eventsOf(id)).toHaveLength(2);
    expect((await db.tasks.get(id))?.version).toBe(2);
  });

  it("lets one of two concurrent ends win and writes one event", async () => {
    const id = await create();
    const results = await Promise.all([stop(id, crypto.randomUUID()), stop(id, crypto.randomUUID())]);
    expect(results.map((result) => result.outcome).toSorted()).toEqual(["already_there", "moved"]);
    expect(await eventsOf(id)).toHaveLength(2);
  });

  it("refuses a move of an earlier attempt", async () => {
    const id = await create({ userId: 504 });
    await claim(id);
    const late = await db.tasks.transition({
      id,
      attempt: 0,
      from: ["running"],
      patch: { status: "failed" },
      event: { kind: "system.failed", data: {} },
      moveId: crypto.randomUUID(),
      now: NOW,
    });
    expect(late.outcome).toBe("refused");
    expect((await db.tasks.get(id))?.status).toBe("running");
  });

  it("answers refused for a task that does not exist", async () => {
    expect(await stop("task_none", crypto.randomUUID())).toEqual({ outcome: "refused", task: null });
  });
});

describe("a mention's task", () => {
  it("is one task, however often admission runs", async () => {
    const mention = aMention();
    await db.deliveries.claim(
      { id: mention.deliveryId, event: "issue_comment", outcome: "mentions", receivedAt: NOW },
      [mention],
    );
    const make = () =>
      db.tasks.createFromMention({
        task: { ...aTask({ userId: 505 }), mentionId: mention.id },
        event: { kind: "task.created", data: {} },
        now: NOW,
        moveId: crypto.randomUUID(),
      });
    const made = await Promise.all(Array.from({ length: 5 }, make));
    expect(new Set(made.map((result) => result.taskId)).size).toBe(1);
    expect(made.filter((result) => result.created)).toHaveLength(1);
    expect((await db.mentions.get(mention.id))?.taskId).toBe(made[0]?.taskId);
  });

  it("is not made of a mention that was settled otherwise", async () => {
    const mention = aMention({ status: "ignored" });
    await db.deliveries.claim(
      { id: mention.deliveryId, event: "issue_comment", outcome: "mentions", receivedAt: NOW },
      [mention],
    );
    const made = await db.tasks.createFromMention({
      task: { ...aTask(), mentionId: mention.id },
      event: { kind: "task.created", data: {} },
      now: NOW,
      moveId: crypto.randomUUID(),
    });
    expect(made).toEqual({ taskId: null, created: false });
  });
});

describe("a delivery", () => {
  it("is claimed once of fifty, and the same comment under another delivery id adds no mention", async () => {
    const mention = aMention();
    const deliver = (id: string, mentionId: string) =>
      db.deliveries.claim({ id, event: "issue_comment", outcome: "mentions", receivedAt: NOW }, [
        { ...mention, id: mentionId, deliveryId: id },
      ]);
    const results = await Promise.all(
      Array.from({ length: 50 }, (_, index) => deliver("delivery-fifty", `fifty-${index}`)),
    );
    expect(results.filter((result) => result.claimed)).toHaveLength(1);
    expect(results.flatMap((result) => result.mentionIds)).toHaveLength(1);
    const other = await deliver("delivery-other", "other");
    expect(other).toEqual({ claimed: true, mentionIds: [] });
  });
});

describe("lease", () => {
  it("is held by one reconcile, and a fact that arrives meanwhile keeps it from going to sleep", async () => {
    const id = await create();
    const lease = (leaseOwner: string) =>
      db.tasks.lease({ id, leaseOwner, leaseUntil: "2026-11-22T12:01:00.000Z", now: NOW });
    const [first, second] = await Promise.all([lease("a"), lease("b")]);
    const held = first ?? second;
    expect([first, second].filter((row) => row === null)).toHaveLength(1);
    const leaseOwner = first === null ? "b" : "a";
    await db.tasks.wake(id, NOW);
    expect(await db.tasks.release({ id, leaseOwner, wakeSeq: held?.wakeSeq ?? -1, dueAt: null })).toBe(false);
    const fresh = await db.tasks.get(id);
    expect(await db.tasks.release({ id, leaseOwner, wakeSeq: fresh?.wakeSeq ?? -1, dueAt: null })).toBe(true);
    expect(await lease("c"), "a task that is not due is not taken").toBeNull();
  });
});
