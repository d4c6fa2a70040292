import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { openDatabase } from "@/server/db/database";
import { logChunks } from "@/server/db/schema";
import { aClaimedAttempt, type ClaimedAttempt } from "@/server/testing/hand-over";

const progress = (run: ClaimedAttempt, seq: number, records: Record<string, unknown>[] = []) =>
  run.door.send(
    "progress",
    "progress",
    JSON.stringify({ taskId: run.taskId, attempt: 1, seq, phase: "working", steps: 1, lastStep: null, records }),
  );
const objects = async (run: ClaimedAttempt) =>
  (await env.LOGS.list()).objects.filter(({ key }) => key.includes(run.taskId));
const MIB = 1024 ** 2;

/** An attempt whose log has come so far. */
async function withLog(seq: number, bytes: number): Promise<ClaimedAttempt> {
  const run = await aClaimedAttempt();
  const row = { taskId: run.taskId, attempt: 1, seq, firstRecord: 1, lastRecord: 9, bytes, r2Key: "x", createdAt: "x" };
  await openDatabase(env.DB).insert(logChunks).values(row);
  await run.context.db.attempts.update(run.taskId, 1, { logSeq: seq });
  return run;
}

test("a played machine fills no bucket: a log far over a run's limit takes nothing more, and its last word still counts", async () => {
  const run = await withLog(63, 65 * MIB);
  const record = { n: 10, t: 0, k: "o", s: "x" };
  expect((await progress(run, 64, [record])).status).toBe(410);
  expect((await progress(run, 65, [record])).status).toBe(409);
  expect(await objects(run)).toEqual([]);
  const last = { taskId: run.taskId, attempt: 1, status: "failed", outcome: "failed" };
  expect((await run.door.send("complete", "complete", JSON.stringify(last))).status).toBe(200);
});

test("a run's own log is taken to its limit", async () => {
  const run = await withLog(63, 25 * MIB);
  expect((await progress(run, 64, [{ n: 10, t: 0, k: "o", s: "x" }])).status).toBe(200);
});

test("a batch larger than any of a runner's is not kept", async () => {
  const run = await aClaimedAttempt();
  const records = Array.from({ length: 40 }, (_, at) => ({ n: at + 1, t: 0, k: "o", s: "x".repeat(8192) }));
  expect((await progress(run, 1, records)).status).toBe(413);
  expect(await objects(run)).toEqual([]);
  expect((await progress(run, 1, records.slice(0, 8))).status).toBe(200);
});
