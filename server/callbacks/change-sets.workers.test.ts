import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { keptJudgementSchema, whyBundleSchema } from "@/lib/change-set-judgement";
import { readJson } from "@/lib/json";
import { receiveCallback } from "@/server/callbacks/handle";
import type { AppContext } from "@/server/context";
import { GitHubError } from "@/server/github/port";
import { expireSets } from "@/server/tasks/change-set/expire-sets";
import { isHotPath } from "@/server/entry/hot-paths";
import { isPlainPath } from "@/lib/request-safety";
import { openChangeSet, openSetFile } from "@/server/tasks/change-set/open-change-set";
import {
  aClaimedAttempt,
  type ClaimedAttempt,
  cutFile,
  handingOver,
  packedSet,
  RUN_KEY,
  sha256,
} from "@/server/testing/hand-over";
import { type Files, smallSet } from "@/server/testing/small-set";

async function handedOver(base: Files, files: Files) {
  const run = await aClaimedAttempt();
  const set = smallSet(base, [files]);
  run.has(set);
  return { ...run, set, answer: await run.door.whole(packedSet(set)) };
}
const rowOf = async ({ context, taskId, attempt }: ClaimedAttempt, number = 1) => {
  const row = await context.db.changeSets.get({ taskId, attempt, number });
  if (row === null) throw new Error("no set");
  return row;
};
const objects = async (taskId: string) => (await env.LOGS.list({ prefix: `changes/${taskId}/` })).objects;
const bytes = (text: string) => new TextEncoder().encode(text);

test("a set is there as it was handed over, and what R2 holds of it tells nothing", async () => {
  const run = await handedOver({ "old.txt": "old" }, { "new.txt": "handed-over-canary", "old.txt": null });
  expect(run.answer).toMatchObject({ status: 200, body: { leaveOut: [] } });
  const row = await rowOf(run);
  expect(row).toMatchObject({ content: "files", commits: 1, files: 2, writtenHead: null });
  const open = await openChangeSet(run.context, row);
  const [blob] = open?.manifest.blobs ?? [];
  expect(new TextDecoder().decode(await open?.contentOf(blob?.sha ?? ""))).toBe("handed-over-canary");
  const stored = await Promise.all(
    (await objects(run.taskId)).map(async ({ key }) => (await env.LOGS.get(key))?.text()),
  );
  expect(stored).toHaveLength(2);
  expect(stored.join("")).not.toMatch(/canary|new\.txt/);
});

test("parts come by their numbers: a repeat is fine, a gap and another content are told what comes next", async () => {
  const run = await aClaimedAttempt();
  const one = bytes("one");
  expect((await run.door.part({ number: 2 }, one)).body).toMatchObject({ expected: 1 });
  expect((await run.door.part({ number: 1 }, one)).status).toBe(200);
  expect((await run.door.part({ number: 1 }, one)).status).toBe(200);
  expect(await run.door.part({ number: 1 }, bytes("other"))).toMatchObject({ status: 409, body: { expected: 2 } });
  expect(await run.door.part({ number: 3 }, one)).toMatchObject({ status: 409, body: { expected: 2 } });
  expect((await run.door.part({ number: 1, kind: "bundle" }, one)).status).toBe(200);
  expect(await rowOf(run)).toMatchObject({ bytes: 6, wholeAt: null });
});

test("a body that is not what the query says is not kept", async () => {
  const run = await aClaimedAttempt();
  expect((await run.door.part({ number: 1 }, bytes("x"), { sha256: "0".repeat(64) })).status).toBe(400);
  expect((await run.door.part({ number: 1 }, new Uint8Array())).status).toBe(400);
  expect((await run.door.part({ number: 1 }, new Uint8Array(8 * 1024 ** 2 + 1))).status).toBe(413);
  expect(await run.context.db.changeSets.ofTask(run.taskId)).toEqual([]);
});

test("a query that is none of a part is refused", async () => {
  const run = await aClaimedAttempt();
  const part = `task=${run.taskId}&attempt=1&set=1&kind=content&number=1&sha256=${sha256(bytes("x"))}`;
  const others = ["set=0", "set=6", "number=01", "number=-1", "number=1e3", "kind=manifest", "kind=../bundle"];
  for (const other of [...others, "sha256=xyz", "attempt=1.0", "task=", "task=task_x"]) {
    const [name = ""] = other.split("=");
    expect((await run.door.send("part", `part?${part.replace(new RegExp(`${name}=[^&]*`), other)}`, "x")).status).toBe(
      400,
    );
  }
  for (const more of ["unknown=1", "set=1", "set=2", "SET=1"])
    expect((await run.door.send("part", `part?${part}&${more}`, "x")).status, more).toBe(400);
  expect((await run.door.send("part", `part?${part}`, "x")).status).toBe(200);
});

test("only an attempt's own token opens its door, and it is asked before the body is read", async () => {
  const [run, other] = [await aClaimedAttempt(), await aClaimedAttempt()];
  const stranger = handingOver({ context: run.context, taskId: run.taskId, attempt: 1, token: other.token });
  expect((await stranger.part({ number: 1 }, bytes("x"))).status).toBe(401);
  expect((await stranger.changes({ tooLarge: { bytes: 1, paths: 1 } })).status).toBe(401);
  const unread = { pull: () => expect.unreachable("the body was read") };
  const query = `task=${run.taskId}&attempt=1&set=1&kind=content&number=1&sha256=${"0".repeat(64)}`;
  const request = new Request(`https://porter.test/api/callbacks/part?${query}`, {
    method: "POST",
    headers: { authorization: `Bearer ${other.token}` },
    body: new ReadableStream(unread, { highWaterMark: 0 }),
  });
  expect((await receiveCallback("part", request, run.context)).status).toBe(401);
  expect(await run.context.db.changeSets.ofTask(run.taskId)).toEqual([]);
});

test("an attempt that was stopped still saves its work; after its last word, and after its time, nothing more comes", async () => {
  const run = await aClaimedAttempt();
  await run.context.db.attempts.end({
    taskId: run.taskId,
    attempt: 1,
    reason: "stopped",
    now: "2026-11-22T12:01:00.000Z",
  });
  expect((await run.door.part({ number: 1 }, bytes("late"))).status).toBe(200);
  const done = await aClaimedAttempt();
  await done.door.part({ number: 1 }, bytes("x"));
  const last = { taskId: done.taskId, attempt: 1, status: "complete", outcome: "no_changes" };
  expect((await done.door.send("complete", "complete", JSON.stringify(last))).status).toBe(200);
  expect((await done.door.part({ number: 2 }, bytes("y"))).status).toBe(410);
  expect((await done.door.changes({ tooLarge: { bytes: 1, paths: 1 } })).status).toBe(410);
  run.clock.advance(20 * 60_000);
  expect((await run.door.part({ number: 2 }, bytes("z"))).status).toBe(410);
});

test("a set is whole once: the same words again get the same answer, others are refused", async () => {
  const run = await handedOver({}, { ".github/workflows/a.yml": "on: push\n", "b.txt": "b" });
  expect(run.answer.body).toEqual({ leaveOut: [".github/workflows/a.yml"] });
  const { manifest } = packedSet(run.set);
  expect((await run.door.changes({ manifest })).body).toEqual(run.answer.body);
  expect((await run.door.changes({ manifest: { ...manifest, notes: [{ kind: "files_only" }] } })).status).toBe(409);
  expect((await run.door.part({ number: 2 }, bytes("more"))).status).toBe(409);
  const second = packedSet(smallSet({}, [{ "b.txt": "b" }]));
  expect((await run.door.whole(second, 2)).body).toEqual({ leaveOut: [] });
  const newest = await run.context.db.changeSets.newestWhole(run.taskId, run.attempt);
  expect(newest).toMatchObject({ number: 2 });
  // What Porter does not write is not kept on.
  await expireSets(run.context, 10);
  expect((await objects(run.taskId)).filter(({ key }) => key.includes("/1/1/"))).toEqual([]);
  expect(newest === null ? null : await openChangeSet(run.context, newest)).not.toBeNull();
});

test("what is too large is kept for download, with bundle and patch as they came", async () => {
  const run = await aClaimedAttempt();
  const bundle = cutFile(crypto.getRandomValues(new Uint8Array(50_000)), 20_000);
  for (const [index, content] of bundle.contents.entries())
    await run.door.part({ kind: "bundle", number: index + 1 }, content);
  const answer = await run.door.changes({ tooLarge: { bytes: 60_000_000, paths: 2 }, bundle: bundle.parts });
  expect(answer).toMatchObject({ status: 200, body: { leaveOut: [] } });
  const row = await rowOf(run);
  expect(row).toMatchObject({ content: "bundle", judgement: null });
  expect(readJson(whyBundleSchema, row.whyBundle ?? "")).toEqual({ kind: "too_large", bytes: 60_000_000, paths: 2 });
  expect(await openChangeSet(run.context, row)).toBeNull();
  const file = await openSetFile(run.context, row, "bundle");
  expect(new Uint8Array(await new Response(file?.stream).arrayBuffer())).toEqual(
    new Uint8Array(bundle.contents.flatMap((content) => [...content])),
  );
  expect(await openSetFile(run.context, row, "patch")).toBeNull();
});

test("the run's own secrets are looked for by Porter, and no text of the set keeps one", async () => {
  const key = RUN_KEY;
  const run = await aClaimedAttempt();
  const set = smallSet({}, [{ "a.txt": `key ${key}`, "b.txt": btoa(key), "c.txt": "fine" }]);
  for (const commit of set.manifest.commits) Object.assign(commit, { message: `uses ${key}`, author: key });
  const answer = await run.door.whole(packedSet(set));
  expect(answer.body.leaveOut).toEqual(["a.txt", "b.txt"]);
  const row = await rowOf(run);
  expect(JSON.stringify(row)).not.toContain(key);
  const open = await openChangeSet(run.context, row);
  expect(JSON.stringify(open?.manifest)).not.toContain(key);
});

test("a foreign secret makes a draft, whatever comments stand beside it; one that was there before does not", async () => {
  const awsKey = `AKIA${"ABCDEFGH23456789"}`;
  const old = `// secretlint-disable\nconst a = "${awsKey}";\n`;
  const run = await handedOver({ "old.ts": old }, { "old.ts": `${old}const b = 1;\n`, "new.ts": `${old}// new\n` });
  const judgement = readJson(keptJudgementSchema, (await rowOf(run)).judgement ?? "");
  expect(judgement.draft).toEqual([{ kind: "foreign_secret", path: "new.ts", detail: "an AWS access key" }]);
  expect(judgement.isDraft).toBe(true);
});

test("a base that is not in the branch's history is written by nobody", async () => {
  const run = await aClaimedAttempt();
  const set = smallSet({}, [{ "a.txt": "a" }]);
  run.github.state.foreignCommits.add(set.manifest.base);
  expect((await run.door.whole(packedSet(set))).status).toBe(200);
  const row = await rowOf(run);
  expect([row.content, readJson(whyBundleSchema, row.whyBundle ?? "").kind]).toEqual(["bundle", "base_unknown"]);
});

test("a commit beside the base's history is not taken along", async () => {
  const run = await aClaimedAttempt();
  const set = smallSet({}, [{ "a.txt": "a" }]);
  const foreign = "f".repeat(40);
  set.manifest.commits[0]?.parents.push(foreign);
  run.github.state.foreignCommits.add(foreign);
  await run.door.whole(packedSet(set));
  expect(readJson(keptJudgementSchema, (await rowOf(run)).judgement ?? "").squash).toBe(true);
});

test("while GitHub is away the work is kept, and judged when the same words come again", async () => {
  let isAway = true;
  const away = () => {
    if (isAway) throw new GitHubError({ kind: "unavailable", message: "away" });
  };
  const run = await aClaimedAttempt({ before: (call) => void (call === "treeFiles" && away()) });
  const set = packedSet(smallSet({}, [{ ".github/workflows/a.yml": "on: push\n" }]));
  expect((await run.door.whole(set)).status).toBe(503);
  expect(await rowOf(run)).toMatchObject({ content: "files", judgement: null, wholeAt: expect.any(String) });
  isAway = false;
  expect((await run.door.changes({ manifest: set.manifest })).body.leaveOut).toHaveLength(1);
});

test("killed between any two steps, the same calls come to the same", async () => {
  const base = { "old.txt": "old" };
  const files = { "a.txt": "a".repeat(50), "b.txt": "b".repeat(50), ".github/workflows/a.yml": "on: push\n" };
  const set = packedSet(smallSet(base, [files]), 64);
  const judged = [".github/workflows/a.yml"];
  for (let kill = 1, isThrough = false; !isThrough; kill += 1) {
    const run = await aClaimedAttempt();
    run.has(smallSet(base, [files]));
    let steps = 0;
    const dying = run.through(countedSteps(run.context, () => (steps += 1) === kill));
    isThrough = (await dying.whole(set)).status === 200;
    expect(await run.door.whole(set), `killed at step ${kill}`).toMatchObject({ body: { leaveOut: judged } });
    const row = await rowOf(run);
    const open = await openChangeSet(run.context, row);
    for (const { sha } of set.manifest.blobs) await open?.contentOf(sha);
    expect(row.bytes).toBe(set.contents.reduce((sum, { length }) => sum + length, 0));
  }
});

/** A context whose process dies at a step at R2 or the rows of sets, once before it and once after it. */
function countedSteps(context: AppContext, isLast: () => boolean): AppContext {
  let isDead = false;
  const step = async <T>(run: () => Promise<T>): Promise<T> => {
    if (isDead || isLast()) {
      isDead = true;
      throw new Error("killed before");
    }
    const result = await run();
    if (isLast()) {
      isDead = true;
      throw new Error("killed after");
    }
    return result;
  };
  const { changeSets } = context.db;
  const { changeFiles } = context;
  return {
    ...context,
    db: {
      ...context.db,
      changeSets: {
        ...changeSets,
        open: (...input) => step(() => changeSets.open(...input)),
        addPart: (...input) => step(() => changeSets.addPart(...input)),
        makeWhole: (...input) => step(() => changeSets.makeWhole(...input)),
        judged: (...input) => step(() => changeSets.judged(...input)),
      },
    },
    changeFiles: {
      ...changeFiles,
      put: (...input) => step(() => changeFiles.put(...input)),
      get: (...input) => step(() => changeFiles.get(...input)),
    },
  };
}

test("both doors stand before the handlers of change sets", () => {
  for (const kind of ["part", "changes"]) expect(isHotPath(`/api/callbacks/${kind}`)).toBe(true);
  const query = `task=task_${"a".repeat(20)}&attempt=1&set=1&kind=content&number=1&sha256=${"0".repeat(64)}`;
  expect(isPlainPath(`https://porter.test/api/callbacks/part?${query}`)).toBe(true);
});
