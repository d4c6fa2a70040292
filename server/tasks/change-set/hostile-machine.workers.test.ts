import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { keptJudgementSchema, whyBundleSchema } from "@/lib/change-set-judgement";
import { heldBackSchema } from "@/lib/held-back";
import { readJson } from "@/lib/json";
import { aClaimedAttempt, type ClaimedAttempt, packedSet, type PackedSet, RUN_KEY } from "@/server/testing/hand-over";
import { type Files, smallSet } from "@/server/testing/small-set";
import { z } from "zod";
import { judgeSet } from "./judge-set";
import { openChangeSet } from "./open-change-set";

const rowOf = async ({ context, taskId }: ClaimedAttempt, number = 1) => {
  const row = await context.db.changeSets.get({ taskId, attempt: 1, number });
  if (row === null) throw new Error("no set");
  return row;
};
/** What stays out, and why, by Porter's own word. */
async function heldIn(run: ClaimedAttempt, number = 1): Promise<Record<string, string>> {
  const row = await rowOf(run, number);
  const all = readJson(z.array(heldBackSchema), row.heldBack ?? "[]");
  expect(readJson(keptJudgementSchema, row.judgement ?? "").leaveOut).toEqual(all.map(({ path }) => path));
  return Object.fromEntries(all.map(({ path, reason }) => [path, reason.kind]));
}
const aSet = (files: Files): PackedSet => packedSet(smallSet({}, [files]));

test("a path that leaves the repository or enters git's folder makes no set", async () => {
  const run = await aClaimedAttempt();
  const { manifest } = aSet({ a: "a" });
  for (const path of [".git/hooks/x", "a/.GIT/x", "../x", "a/../../x", "/etc/x", "a//b", "./a", "", "a/"]) {
    const commits = manifest.commits.map((commit) => ({ ...commit, paths: [{ path, entry: null }] }));
    expect((await run.door.changes({ manifest: { ...manifest, commits, parts: [], blobs: [] } })).status, path).toBe(
      400,
    );
  }
  const heldEntries = [{ path: ".git/config", entry: { mode: "100644", sha: "1".repeat(40) } }];
  expect((await run.door.changes({ manifest: { ...manifest, heldEntries } })).status).toBe(400);
  expect((await run.context.db.changeSets.newestWhole(run.taskId, 1))?.number).toBeUndefined();
});

test("names that some disk takes for git's folder, workflows and nobody's links stay out", async () => {
  const run = await aClaimedAttempt();
  const set = aSet({
    "git~1/config": "x",
    ".git\u200c/config": "x",
    ".GitHub/Workflows/a.yml": "on: push",
    sub: { mode: "160000", content: "" },
    fine: "x",
  });
  expect((await run.door.whole(set)).status).toBe(200);
  expect(await heldIn(run)).toEqual({
    "git~1/config": "refused_by_git",
    ".git\u200c/config": "refused_by_git",
    ".GitHub/Workflows/a.yml": "workflow",
    sub: "link_to_repository",
  });
});

test("parts that never came, or came otherwise, make no set", async () => {
  const run = await aClaimedAttempt();
  const { manifest, contents } = aSet({ a: "some content" });
  expect((await run.door.changes({ manifest })).body).toMatchObject({
    error: { code: "bad_request", field: "content" },
  });
  await run.door.part({ number: 1 }, new Uint8Array(contents[0]?.length ?? 0));
  expect((await run.door.changes({ manifest })).status).toBe(400);
  const bundle = [{ number: 1, size: 1, sha256: "0".repeat(64) }];
  expect((await run.door.changes({ tooLarge: { bytes: 1, paths: 1 }, bundle })).status).toBe(400);
  expect((await rowOf(run)).wholeAt).toBeNull();
});

test("content that is not what a path is named with stays out unseen", async () => {
  const run = await aClaimedAttempt();
  const set = packedSet(smallSet({ "base.txt": "base" }, [{ shown: "harmless!", "fine.txt": "fine" }]));
  const [shown] = set.manifest.blobs;
  const entry = { mode: "100644", sha: "e".repeat(40) } as const;
  // One whose content is another one's, one that is named without content, and one that says it is the base's.
  if (shown !== undefined) shown.sha = "d".repeat(40);
  const [commit] = set.manifest.commits;
  for (const change of commit?.paths ?? []) {
    if (change.path === "shown") change.entry = { mode: "100644", sha: "d".repeat(40) };
  }
  commit?.paths.push({ path: "nowhere", entry });
  expect((await run.door.whole(set)).status).toBe(200);
  expect(await heldIn(run)).toEqual({ shown: "unseen", nowhere: "unseen" });
  const open = await openChangeSet(run.context, await rowOf(run));
  await expect(open?.contentOf("d".repeat(40))).rejects.toMatchObject({ name: "BrokenSet", lacks: "blob" });
});

test("a history of its own is written by nobody, however it is tied to the base", async () => {
  const set = aSet({ a: "a" });
  const [commit] = set.manifest.commits;
  const foreign = "f".repeat(40);
  const ways = [[foreign], [foreign, set.manifest.base]];
  for (const parents of ways) {
    const run = await aClaimedAttempt();
    run.github.state.foreignCommits.add(foreign);
    const manifest = { ...set.manifest, commits: [{ ...commit, parents }] };
    for (const [at, content] of set.contents.entries()) await run.door.part({ number: at + 1 }, content);
    expect((await run.door.changes({ manifest })).body).toEqual({ leaveOut: [] });
    const row = await rowOf(run);
    expect([row.content, readJson(whyBundleSchema, row.whyBundle ?? "").kind]).toEqual(["bundle", "cannot_be_judged"]);
  }
});

test("what a body calls itself changes nothing: eight megabytes of zeros in a gzip stay that gzip", async () => {
  const run = await aClaimedAttempt();
  const zeros = new Blob([new Uint8Array(8 * 1024 ** 2)]).stream().pipeThrough(new CompressionStream("gzip"));
  const zip = new Uint8Array(await new Response(zeros).arrayBuffer());
  expect((await run.door.part({ number: 1 }, zip, {}, { "content-encoding": "gzip" })).status).toBe(200);
  expect((await rowOf(run)).bytes).toBe(zip.length);
});

test("a set is at most as large as it may be, part by part", async () => {
  const run = await aClaimedAttempt();
  await run.door.part({ number: 1 }, new Uint8Array([1]));
  const sizes = [8, 8, 8, 8, 8, 8, 2].map((megabytes) => megabytes * 1024 ** 2);
  const most = sizes.map((size, at) => ({ number: at + 1, size, sha256: "0".repeat(64) }));
  await env.DB.prepare("UPDATE change_sets SET content_parts = ? WHERE task_id = ?")
    .bind(JSON.stringify(most), run.taskId)
    .run();
  expect((await run.door.part({ number: 8 }, new Uint8Array([1]))).status).toBe(413);
  expect((await run.door.part({ number: 1, kind: "bundle" }, new Uint8Array([1]))).status).toBe(200);
  // Nor can many of them be more than two of the largest.
  await env.DB.prepare("UPDATE change_sets SET bytes = ? WHERE task_id = ?")
    .bind(400 * 1024 ** 2, run.taskId)
    .run();
  expect((await run.door.part({ set: 5, number: 1 }, new Uint8Array([1]))).status).toBe(413);
});

test("held-back files that are wanted all the same are judged before, and the run's secrets stay out", async () => {
  const run = await aClaimedAttempt();
  const set = smallSet({}, [{ "fine.txt": "fine", ".env": "A=1", "deep/.env": `KEY=${RUN_KEY}` }]);
  const [commit] = set.manifest.commits;
  const held = (commit?.paths ?? []).filter(({ path }) => path.endsWith(".env"));
  if (commit !== undefined) commit.paths = commit.paths.filter(({ path }) => !path.endsWith(".env"));
  set.manifest.heldEntries = held.flatMap(({ path, entry }) => (entry === null ? [] : [{ path, entry }]));
  await run.door.whole(packedSet(set));
  expect(await heldIn(run)).toEqual({});
  const [task, attempt, open] = await Promise.all([
    run.context.db.tasks.get(run.taskId),
    run.context.db.attempts.get(run.taskId, 1),
    openChangeSet(run.context, await rowOf(run)),
  ]);
  if (task === null || attempt === null || open === null) throw new Error("not there");
  const pushAnyway = new Set([".env", "deep/.env"]);
  const judged = await judgeSet(run.context, { task, attempt, set: open, pushAnyway });
  expect(judged).toMatchObject({
    kind: "judged",
    heldBack: [{ path: "deep/.env", reason: { kind: "own_secret" } }],
  });
});

test("workflows are written only where the repository's people allow it and the App may", async () => {
  const ways = [
    { workflows: "allowed", permission: "write", leftOut: [] },
    { workflows: "allowed", permission: "read", leftOut: [".github/workflows/a.yml"] },
    { workflows: "held_back", permission: "write", leftOut: [".github/workflows/a.yml"] },
  ];
  for (const { workflows, permission, leftOut } of ways) {
    const run = await aClaimedAttempt();
    const task = await run.context.db.tasks.get(run.taskId);
    if (task === null) throw new Error("no task");
    run.github.state.appInstallations.push({
      id: task.installationId,
      account: task.repoOwner,
      accountId: null,
      accountType: "User",
      repositorySelection: "all",
      permissions: { contents: "write", workflows: permission },
      suspendedAt: null,
    });
    const updatedAt = "2026-11-22T12:00:00.000Z";
    const settings = JSON.stringify({ workflows });
    await run.context.db.repositorySettings.put({ repositoryId: task.repositoryId, settings, updatedBy: 1, updatedAt });
    const answer = await run.door.whole(aSet({ ".github/workflows/a.yml": "on: push" }));
    await run.context.db.repositorySettings.put({
      repositoryId: task.repositoryId,
      settings: "{}",
      updatedBy: 1,
      updatedAt,
    });
    expect(answer.body, `${workflows}, ${permission}`).toEqual({ leaveOut: leftOut });
    expect(readJson(keptJudgementSchema, (await rowOf(run)).judgement ?? "").isDraft).toBe(true);
  }
});
