import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { FAILURES } from "@/lib/failures";
import { admitMention } from "./admit";
import { aPerson, createPipe, recordMention, type Pipe } from "@/server/testing/pipe";
import { aMention } from "@/server/testing/rows";
import { testEnv } from "@/server/testing/test-context";
import { reconcile } from "@/server/reconcile/reconcile";
import { withinBudget } from "@/server/repositories/content-budget";
import { countStart } from "@/server/tasks/verbs/start-limits";
import { RETRY_COMMAND } from "@/server/testing/retry-command";

let numbers = 71_000;
const next = () => (numbers += 1);

function aWorld(caps: { person?: number; repository?: number }) {
  const pipe = createPipe();
  pipe.context.env = testEnv({
    DAILY_RUNS_PER_PERSON: String(caps.person ?? 1000),
    DAILY_RUNS_PER_REPOSITORY: String(caps.repository ?? 1000),
  });
  return pipe;
}

async function someone(pipe: Pipe) {
  const person = { id: next(), login: `person-${numbers}` };
  await aPerson(pipe, person);
  return person;
}
type Person = { id: number; login: string };

async function write(pipe: Pipe, person: Person, place: { repository: number; issue?: number; command?: string }) {
  pipe.github.state.locations.set(place.repository, { owner: "acme", name: "widgets" });
  const id = await recordMention(pipe, {
    actorId: person.id,
    actorLogin: person.login,
    repositoryId: place.repository,
    installationId: place.repository,
    issueNumber: place.issue ?? next(),
    ...(place.command === undefined ? {} : { command: place.command }),
  });
  return pipe.context.db.mentions.get(id);
}
const outcomesOf = (rows: ({ outcome: string | null } | null)[]) => rows.map((row) => row?.outcome);

describe("a day's cap", () => {
  it("of a person holds in every repository, tells them, and leaves others alone", async () => {
    const pipe = aWorld({ person: 2 });
    const [ada, bob] = [await someone(pipe), await someone(pipe)];
    const rows: Awaited<ReturnType<typeof write>>[] = [];
    for (let round = 0; round < 4; round++) rows.push(await write(pipe, ada, { repository: next() }));
    expect(outcomesOf(rows)).toEqual(["task", "task", "daily_cap_person", "daily_cap_person"]);
    const told = pipe.github.state.comments.filter(({ issueNumber }) => issueNumber === rows[2]?.issueNumber);
    expect(told.map(({ body }) => body.includes(FAILURES.daily_cap_person.sentence))).toEqual([true]);
    expect(told[0]?.body).toContain("2 runs a day");
    expect((await write(pipe, bob, { repository: next() }))?.outcome).toBe("task");
  });

  it("of a repository holds for everybody together, and other repositories go on", async () => {
    const pipe = aWorld({ repository: 2 });
    const [ada, bob] = [await someone(pipe), await someone(pipe)];
    const repository = next();
    const rows: Awaited<ReturnType<typeof write>>[] = [];
    for (const person of [ada, bob, ada, bob]) rows.push(await write(pipe, person, { repository }));
    expect(outcomesOf(rows)).toEqual(["task", "task", "daily_cap_repository", "daily_cap_repository"]);
    expect(rows[3]?.reply).toContain("2 runs a day");
    expect((await write(pipe, bob, { repository: next() }))?.outcome).toBe("task");
  });

  it("counts retries, is over after 24 hours, and keeps nothing longer", async () => {
    const pipe = aWorld({ person: 2 });
    const ada = await someone(pipe);
    const place = { repository: next(), issue: next() };
    await write(pipe, ada, place);
    const again = { ...place, command: retry };
    const stop = { ...place, command: JSON.stringify({ ...RETRY_COMMAND, kind: "stop" }) };
    await write(pipe, ada, stop);
    expect((await write(pipe, ada, again))?.outcome).toBe("retried");
    await write(pipe, ada, stop);
    expect((await write(pipe, ada, again))?.outcome).toBe("daily_cap_person");
    pipe.clock.advance(24 * 3600_000 + 1000);
    expect((await write(pipe, ada, again))?.outcome).toBe("retried");
    const kept = await env.DB.prepare("SELECT count(*) AS n FROM starts WHERE user_id = ?").bind(ada.id).first("n");
    expect(kept).toBe(1);
  });

  it("lets no two at once past it, and counts a wish that is looked at twice once", async () => {
    const pipe = aWorld({ person: 3 });
    const [userId, repositoryId] = [next(), next()];
    const take = (id: string) => countStart(pipe.context, { id: `${userId}:${id}`, userId, repositoryId });
    const all = await Promise.all(Array.from({ length: 12 }, (_, at) => take(`wish-${at % 6}`)));
    expect(all.filter((reached) => reached === null)).toHaveLength(6);
    expect(all.slice(0, 6)).toEqual(all.slice(6));
  });

  it("does not turn a command away that it has let in before", async () => {
    const pipe = aWorld({ person: 1 });
    const ada = await someone(pipe);
    const row = aMention({ actorId: ada.id, actorLogin: ada.login, repositoryId: next(), issueNumber: next() });
    await pipe.context.db.deliveries.claim(
      { id: row.deliveryId, event: "issue_comment", outcome: "mentions", receivedAt: row.createdAt },
      [row],
    );
    // Killed between the count and the task.
    await countStart(pipe.context, { id: `mention:${row.id}`, userId: ada.id, repositoryId: row.repositoryId });
    const pending = await pipe.context.db.mentions.get(row.id);
    if (pending === null) throw new Error("no mention");
    expect(await admitMention(pipe.context, pending)).toMatch(/^task_/);
  });
});

const retry = JSON.stringify(RETRY_COMMAND);

it("a person's share of the writes holds at the door: replies beyond it come later, another person's at once", async () => {
  const pipe = aWorld({});
  const [ada, bob] = [await someone(pipe), await someone(pipe)];
  const installationId = next();
  const ask = async (person: Person) => {
    const id = await recordMention(pipe, {
      actorId: person.id,
      actorLogin: person.login,
      installationId,
      issueNumber: next(),
      command: JSON.stringify({ ...RETRY_COMMAND, kind: "help" }),
    });
    return pipe.context.db.mentions.get(id);
  };
  let last = await ask(ada);
  for (let comment = 0; comment < 40 && last?.replyCommentId != null; comment++) last = await ask(ada);
  expect(last).toMatchObject({ reply: expect.any(String), replyCommentId: null });
  expect(await ask(bob)).toMatchObject({ replyCommentId: expect.any(Number) });
  // And the first person's own are not lost.
  pipe.clock.advance(2 * 60_000);
  await reconcile(pipe.context, { kind: "mention", id: last?.id ?? "" });
  expect(await pipe.context.db.mentions.get(last?.id ?? "")).toMatchObject({
    replyCommentId: expect.any(Number),
  });
});

it("a start waits neither for its reaction nor for its comment while the writes are used up", async () => {
  const pipe = aWorld({});
  const ada = await someone(pipe);
  const [installationId, issueNumber] = [next(), next()];
  const plain = pipe.github.github.repository({ id: 10, owner: "acme", name: "widgets" }, "fake-token");
  const others = withinBudget(pipe.context, { installationId, userId: null, commentEdits: "needed" }, plain);
  const write = () => others.createComment(1, "x").then(...([() => true, () => false] as const));
  while (await write());
  const id = await recordMention(pipe, { actorId: ada.id, actorLogin: ada.login, installationId, issueNumber });
  const row = await pipe.context.db.mentions.get(id);
  expect(row).toMatchObject({ outcome: "task", reaction: "none" });
  expect(pipe.machines.machines.map(({ taskId }) => taskId)).toContain(row?.taskId);
  const told = () => pipe.github.state.comments.filter((one) => one.issueNumber === issueNumber).length;
  expect(told()).toBe(0);
  pipe.clock.advance(60_000);
  await reconcile(pipe.context, { kind: "task", id: row?.taskId ?? "" });
  expect(told()).toBe(1);
});
