import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { LogRecord } from "@/lib/agent-protocol";
import { logPageSchema } from "@/lib/live";
import type { AppContext } from "@/server/context";
import type { LogStore } from "@/server/logs/log-store";
import { handleRest } from "@/server/rest/handle-rest";
import { sweepDueRows } from "@/server/reconcile/reconcile";
import { aPerson, createPipe, machineOf, recordMention } from "@/server/testing/pipe";
import { anAttempt, aTask, NOW } from "@/server/testing/rows";
import { testContext, userActor } from "@/server/testing/test-context";
import { chunksOf } from "@/server/testing/stored";
import { blocksOf } from "./read-log";
import { reportOf } from "../attempt/network";
import { expireLogs, sealLog } from "./seal-log";

const ESC = "\u001b";
const owner = () => testContext({ actor: userActor(1) });
const attemptOf = async (context: AppContext, taskId: string) => {
  const row = await context.db.attempts.get(taskId, 1);
  if (row === null) throw new Error("no attempt");
  return row;
};

/** An attempt of user 1 with `chunks` chunks of `size` records that has ended and is cleaned up. */
async function anEndedAttempt(context: AppContext, chunks: number, size: number): Promise<string> {
  const task = aTask();
  await context.db.tasks.create({ task, event: { kind: "c", data: {} }, now: NOW, moveId: crypto.randomUUID() });
  await context.db.tasks.claimSlot({
    id: task.id,
    attempt: anAttempt(task.id),
    moveId: crypto.randomUUID(),
    now: NOW,
    event: { kind: "slot.claimed", data: {} },
  });
  for (let seq = 1; seq <= chunks; seq++) {
    const first = (seq - 1) * size + 1;
    const records: LogRecord[] = Array.from({ length: size }, (_, index) => ({
      n: first + index,
      t: seq,
      k: "o",
      s: `${ESC}[32mline ${first + index}${ESC}[0m`,
    }));
    const r2Key = context.logs.key(task.id, 1, seq);
    const bytes = await context.logs.put(r2Key, records);
    await context.db.attempts.progress({
      taskId: task.id,
      attempt: 1,
      seq,
      now: NOW,
      phase: "working",
      phaseChanged: false,
      progress: 20,
      steps: seq,
      lastStep: null,
      phaseTimes: "{}",
      spent: null,
      chunk: { firstRecord: first, lastRecord: first + size - 1, bytes, r2Key },
      moveId: crypto.randomUUID(),
    });
  }
  await context.db.tasks.transition({
    id: task.id,
    attempt: 1,
    from: ["running"],
    patch: { status: "failed", phase: "done", completedAt: NOW },
    event: { kind: "system.failed", data: {} },
    moveId: crypto.randomUUID(),
    now: NOW,
    endAttempt: { reason: "agent_failed" },
  });
  await context.db.attempts.update(task.id, 1, { machineDestroyedAt: NOW, tokenRevokedAt: NOW });
  return task.id;
}

/** Every record number, page after page over REST. */
async function allNumbers(context: AppContext, taskId: string, limit = 1000): Promise<number[]> {
  const numbers: number[] = [];
  for (let after: number | null = 0; after !== null;) {
    const url = `https://porter.test/api/tasks/${taskId}/log?after=${after}&limit=${limit}`;
    const page = logPageSchema.parse(await (await handleRest(new Request(url), context)).json());
    numbers.push(...page.records.map(({ n }) => n));
    after = page.nextAfter;
  }
  return numbers;
}
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
const keysOf = async (taskId: string) =>
  (await env.LOGS.list({ prefix: `logs/${taskId}/` })).objects.map(({ key }) => key);

/** The store, until its `at`-th writing or deleting call: that one dies, before or after it is done. */
function dying(store: LogStore, at: number, when: "before" | "after"): LogStore {
  let calls = 0;
  const through = async <T>(run: () => Promise<T>): Promise<T> => {
    calls += 1;
    if (calls === at && when === "before") throw new Error("killed");
    const result = await run();
    if (calls === at) throw new Error("killed");
    return result;
  };
  return {
    ...store,
    putText: (key, text) => through(() => store.putText(key, text)),
    remove: (keys) => through(() => store.remove(keys)),
  };
}

type Killed = [step: number, when: "before" | "after"];
/** The first ring has each step from one side, and each side once at least. */
const KILLED: Killed[] = [
  [1, "before"],
  [2, "after"],
  [3, "before"],
  ...(env.TEST_RING === "all"
    ? ([
        [1, "after"],
        [2, "before"],
        [3, "after"],
      ] satisfies Killed[])
    : []),
];

describe("sealing", () => {
  it("keeps every record once, in blocks of at most 10,000, and leaves no chunk behind", async () => {
    const context = owner();
    const taskId = await anEndedAttempt(context, 13, 900);
    await sealLog(context, await attemptOf(context, taskId));
    const row = await attemptOf(context, taskId);
    expect(blocksOf(row).map(({ first, last }) => [first, last])).toEqual([
      [1, 9900],
      [9901, 11_700],
    ]);
    expect(row.logSealedAt).not.toBeNull();
    expect(await chunksOf(taskId, 1)).toEqual([]);
    expect(await keysOf(taskId)).toHaveLength(2);
    expect(await allNumbers(context, taskId)).toEqual(upTo(11_700));
  });

  it("changes nothing when it is done again", async () => {
    const context = owner();
    const taskId = await anEndedAttempt(context, 2, 5);
    const before = await attemptOf(context, taskId);
    await sealLog(context, before);
    const sealed = await attemptOf(context, taskId);
    await sealLog(context, before);
    await sealLog(context, sealed);
    expect((await attemptOf(context, taskId)).logBlocks).toBe(sealed.logBlocks);
    expect(await allNumbers(context, taskId)).toEqual(upTo(10));
  });

  it.each(KILLED)("killed at its step %i, %s it is done, loses nothing and ends the next time", async (at, when) => {
    const context = owner();
    const taskId = await anEndedAttempt(context, 24, 500);
    await sealLog({ ...context, logs: dying(context.logs, at, when) }, await attemptOf(context, taskId));
    expect(await allNumbers(context, taskId)).toEqual(upTo(12_000));
    expect(await context.db.obligations.of(`${taskId}/1`)).toMatchObject([{ kind: "seal_log", tries: 1 }]);
    await sealLog(context, await attemptOf(context, taskId));
    expect(await keysOf(taskId)).toHaveLength(2);
    expect(await allNumbers(context, taskId)).toEqual(upTo(12_000));
  });

  it("done twice at once makes the same blocks", async () => {
    const context = owner();
    const taskId = await anEndedAttempt(context, 6, 100);
    const row = await attemptOf(context, taskId);
    await Promise.all([sealLog(context, row), sealLog(context, row)]);
    await sealLog(context, await attemptOf(context, taskId));
    expect(await keysOf(taskId)).toHaveLength(1);
    expect(await allNumbers(context, taskId)).toEqual(upTo(600));
  });

  it("marks what the bucket has lost instead of failing for ever", async () => {
    const context = owner();
    const taskId = await anEndedAttempt(context, 3, 2);
    await context.logs.remove([context.logs.key(taskId, 1, 2)]);
    await sealLog(context, await attemptOf(context, taskId));
    const answer = await handleRest(new Request(`https://porter.test/api/tasks/${taskId}/log`), context);
    const { records } = logPageSchema.parse(await answer.json());
    expect(records.map(({ n, k }) => [n, k])).toEqual([
      [1, "o"],
      [2, "o"],
      [3, "x"],
      [5, "o"],
      [6, "o"],
    ]);
  });
});

describe("the log over REST", () => {
  it("is read by number while it grows and after it is sealed alike, in pages of any size", async () => {
    const context = owner();
    const taskId = await anEndedAttempt(context, 5, 7);
    const before = await allNumbers(context, taskId, 3);
    await sealLog(context, await attemptOf(context, taskId));
    expect(before).toEqual(upTo(35));
    expect(await allNumbers(context, taskId, 3)).toEqual(before);
  });

  it("goes on through a sealing that happens between two of its reads", async () => {
    const context = owner();
    const taskId = await anEndedAttempt(context, 4, 5);
    const row = await attemptOf(context, taskId);
    let isSealed = false;
    const logs: LogStore = {
      ...context.logs,
      async get(key) {
        if (!isSealed) {
          isSealed = true;
          await sealLog(context, row);
        }
        return context.logs.get(key);
      },
    };
    expect(await allNumbers({ ...context, logs }, taskId)).toEqual(upTo(20));
  });

  it("says when it will be deleted, and is deleted then and not before", async () => {
    const context = owner();
    const taskId = await anEndedAttempt(context, 1, 1);
    await sealLog(context, await attemptOf(context, taskId));
    const ask = async () =>
      (await handleRest(new Request(`https://porter.test/api/tasks/${taskId}/log`), context)).json();
    expect(await ask()).toMatchObject({ expiresAt: "2026-12-22T12:00:00.000Z", total: 1, attempt: 1 });
    const at = (iso: string): AppContext => ({ ...context, clock: { now: () => new Date(iso) } });
    const call = { host: "a.example", port: 443, phase: "working", command: "npm test", count: 1 };
    const network = { seal: "sealed", reason: null, blocked: [call], unlisted: 2 };
    await context.db.attempts.update(taskId, 1, { network: JSON.stringify(network) });
    await expireLogs(at("2026-12-22T11:59:59.000Z"), 100);
    expect(await keysOf(taskId)).toHaveLength(1);
    expect(reportOf(await attemptOf(context, taskId))).toEqual(network);
    expect(await expireLogs(at("2026-12-22T12:00:01.000Z"), 100)).toBeGreaterThan(0);
    expect(await expireLogs(at("2026-12-22T12:00:01.000Z"), 100)).toBe(0);
    expect(await keysOf(taskId)).toEqual([]);
    expect(reportOf(await attemptOf(context, taskId))).toEqual({ ...network, blocked: [], unlisted: 0 });
    expect(await ask()).toMatchObject({ records: [], nextAfter: null, total: 1, blocks: [] });
  });

  it("is kept as long as its owner's settings say", async () => {
    const context = owner();
    const taskId = await anEndedAttempt(context, 1, 1);
    const config = JSON.stringify({ settings: { logRetentionDays: 3 } });
    await context.db.settings.put({ userId: 1, version: "1.0.0", config, expected: 0, updatedAt: NOW });
    await sealLog(context, await attemptOf(context, taskId));
    expect((await attemptOf(context, taskId)).logExpiresAt).toBe("2026-11-25T12:00:00.000Z");
  });

  it("is saved as text with its colours", async () => {
    const context = owner();
    const taskId = await anEndedAttempt(context, 2, 2);
    const answer = await handleRest(new Request(`https://porter.test/api/tasks/${taskId}/log.txt`), context);
    expect(answer.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    expect(answer.headers.get("content-disposition")).toContain("attachment");
    const lines = (await answer.text()).split("\n");
    expect([lines.length, lines[3]]).toEqual([5, `${ESC}[32mline 4${ESC}[0m`]);
  });

  it("gives a sealed block as stored, for good", async () => {
    const context = owner();
    const taskId = await anEndedAttempt(context, 2, 3);
    await sealLog(context, await attemptOf(context, taskId));
    const url = `https://porter.test/api/tasks/${taskId}/log/blocks/0?attempt=1`;
    const answer = await handleRest(new Request(url), context);
    expect(answer.headers.get("content-encoding")).toBe("gzip");
    expect(answer.headers.get("cache-control")).toContain("immutable");
    expect(answer.headers.get("cache-control")).toContain("private");
    expect((await handleRest(new Request(url.replace("blocks/0", "blocks/1")), context)).status).toBe(404);
  });

  it.each(["log.txt", "log/blocks/0"])("%s of an attempt that is no number is the asker's mistake", async (path) => {
    const context = owner();
    const taskId = await anEndedAttempt(context, 1, 1);
    for (const attempt of ["x", "0", "1.5", "-1", "1e9x"]) {
      const url = `https://porter.test/api/tasks/${taskId}/${path}?attempt=${attempt}`;
      expect((await handleRest(new Request(url), context)).status, attempt).toBe(400);
    }
  });

  it.each(["log", "log.txt", "log/blocks/0"])("%s is the owner's alone", async (path) => {
    const taskId = await anEndedAttempt(owner(), 1, 1);
    const url = `https://porter.test/api/tasks/${taskId}/${path}`;
    const status = async (actor: AppContext["actor"]) =>
      (await handleRest(new Request(url), testContext({ actor }))).status;
    expect(await status({ kind: "anonymous" })).toBe(401);
    expect(await status(userActor(2))).toBe(404);
  });

  it("has no attempt that there was not, and an empty log before the first", async () => {
    const context = owner();
    const taskId = await anEndedAttempt(context, 1, 1);
    const ask = async (query: string) =>
      (await handleRest(new Request(`https://porter.test/api/tasks/${taskId}/log${query}`), context)).status;
    expect([await ask("?attempt=2"), await ask("?attempt=1"), await ask(".txt?attempt=9")]).toEqual([404, 200, 404]);
  });
});

it("happens by itself once an attempt has ended and its machine is gone", async () => {
  const pipe = createPipe();
  const person = { id: 6100, login: "person-6100" };
  await aPerson(pipe, person);
  const mentionId = await recordMention(pipe, { actorId: person.id, actorLogin: person.login, issueNumber: 6100 });
  const taskId = (await pipe.context.db.mentions.get(mentionId))?.taskId ?? "";
  const [launched] = pipe.machines.machines;
  if (launched === undefined) throw new Error("no machine");
  const machine = machineOf(pipe, launched);
  const token = String((await machine.claim()).body.callbackToken);
  await machine.progress(token, 1, "working", { records: [{ n: 1, t: 0, k: "o", s: "hello" }] });
  await machine.complete(token, { outcome: "no_changes" });
  expect((await attemptOf(pipe.context, taskId)).logSealedAt).toBeNull();
  pipe.clock.advance(40_000);
  await sweepDueRows(pipe.context);
  const row = await attemptOf(pipe.context, taskId);
  expect([row.tokenRevokedAt, blocksOf(row).length]).toEqual([expect.any(String), 1]);
  expect(row.logSealedAt).not.toBeNull();
  expect((await pipe.context.db.tasks.get(taskId))?.dueAt).toBeNull();
});
