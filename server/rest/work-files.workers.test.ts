import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import type { ComparedFile } from "@/server/github/port";
import { diffOf } from "@/server/tasks/read/work";
import { apiContext, openWorld } from "@/server/testing/api-world";
import { type HandOver, handOver } from "@/server/testing/handed-over";
import { anAttempt, aTask, NOW, putAttempt } from "@/server/testing/rows";
import { asSignedIn } from "@/server/testing/signed-in";
import { userActor } from "@/server/testing/test-context";
import { handleRest } from "./handle-rest";

const OWNER = { id: 1, login: "octocat" };
const owner = userActor(OWNER.id, OWNER.login);
const other = userActor(2, "mallory");
const BRANCH = "porter/a#b";

async function aWork(given: HandOver, attempts = 1) {
  const context = await apiContext(owner);
  const task = aTask({
    status: "failed",
    phase: "done",
    failureCode: "push_rejected",
    completedAt: NOW,
    attempt: attempts,
  });
  const { id } = task;
  const event = { kind: "task.created", data: {} };
  await context.db.tasks.create({ now: NOW, moveId: crypto.randomUUID(), event, task });
  for (let attempt = 1; attempt <= attempts; attempt++) await putAttempt(env.DB, anAttempt(id, attempt, {}));
  const row = await handOver(context, { taskId: id, attempt: 1, number: 1, userId: 1 }, given);
  const ask = async (path: string, actor = owner, headers = {}) =>
    handleRest(new Request(`https://porter.test/api/tasks/${id}/${path}`, { headers }), await apiContext(actor));
  return { context, id, row, ask };
}

describe("the files of a task's work", () => {
  test("are what the machine handed over, part by part, to be saved", async () => {
    const bundle = [new Uint8Array([0, 255, 10]), new Uint8Array([13, 200])];
    const { id, ask } = await aWork({ steps: [{ "a.txt": "a\n" }], patch: ["diff --git ", "a/ä b/ä\n"], bundle });
    const patch = await ask("changes.patch");
    expect(patch.status).toBe(200);
    expect(await patch.text()).toBe("diff --git a/ä b/ä\n");
    expect(Object.fromEntries(patch.headers)).toMatchObject({
      "content-type": "text/x-patch; charset=utf-8",
      "content-disposition": `attachment; filename="${id}-1.patch"`,
      "cache-control": "private, no-store",
    });
    const answer = await ask("changes.bundle");
    expect(answer.headers.get("content-type")).toBe("application/octet-stream");
    expect([...new Uint8Array(await answer.arrayBuffer())]).toEqual([0, 255, 10, 13, 200]);
  });

  test("are the owner's alone, and are not there like a task that is not there", async () => {
    const { ask } = await aWork({ steps: [{ a: "a" }], patch: ["x"] });
    for (const path of ["changes.patch", "changes.bundle", "changes"]) {
      const answer = await ask(path, other);
      expect([answer.status, ((await answer.json()) as { error: { message: string } }).error.message], path).toEqual([
        404,
        "There is no such task.",
      ]);
    }
    expect((await ask("changes.bundle")).status).toBe(404);
    expect((await ask("changes.patch?attempt=2")).status).toBe(404);
    expect((await ask("changes.patch?attempt=x")).status).toBe(400);
  });

  test("are gone when their time is over, and the task says that they were deleted", async () => {
    const { context, row, ask } = await aWork({ steps: [{ a: "a" }], patch: ["x"] });
    await context.db.changeSets.forgetFiles(row, NOW);
    expect((await ask("changes.patch")).status).toBe(410);
    expect(await (await ask("changes")).json()).toMatchObject({
      facts: { set: { files: 1, isThere: false } },
      handedOver: null,
    });
  });
});

describe("what a task left", () => {
  test("is named with its files, what stayed out of it, and why it is not on GitHub", async () => {
    const { ask } = await aWork({
      base: { "gone.txt": "x", "back.txt": "same" },
      steps: [
        { "a.txt": "12345", "b.sh": { mode: "100755", content: "#!" } },
        { "gone.txt": null, "a.txt": "1234567" },
      ],
      heldBack: [
        { path: ".env", reason: { kind: "env_file" } },
        { path: "dist/", reason: { kind: "artefacts", files: 2 } },
        { path: "key", reason: { kind: "own_secret" } },
        { path: "node_modules/", reason: { kind: "artefacts", files: 9000 } },
      ],
      held: { ".env": "A=1", "dist/a.js": "1", "dist/b.js": "2", key: "x", distant: "y" },
      patch: ["12"],
      writing: { refusal: JSON.stringify({ kind: "rules", rules: ["No."] }) },
    });
    expect(await (await ask("changes")).json()).toMatchObject({
      facts: { pull: null, branch: null, set: { files: 3, heldBack: 4, isThere: true }, refusal: { rules: ["No."] } },
      handedOver: {
        attempt: 1,
        commits: 2,
        fileCount: 3,
        files: [
          { path: "a.txt", mode: "100644", bytes: 7 },
          { path: "b.sh", mode: "100755", bytes: 2 },
          { path: "gone.txt", mode: null, bytes: null },
        ],
        heldBack: [
          { path: ".env", entries: [".env"] },
          { path: "dist/", entries: ["dist/a.js", "dist/b.js"] },
          { path: "key", entries: [], isKept: true },
          { path: "node_modules/", entries: [], isKept: false },
        ],
        patchBytes: 2,
        bundleBytes: null,
      },
      earlier: [],
    });
  });

  test("is told as far as the row knows it, when R2 has lost its files", async () => {
    const { context, row, ask } = await aWork({
      steps: [{ a: "a" }],
      heldBack: [{ path: ".env", reason: { kind: "env_file" } }],
    });
    await context.changeFiles.removeSet(row);
    const answer = await ask("changes");
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      handedOver: { files: [], fileCount: 1, heldBack: [{ path: ".env" }] },
    });
  });

  test("stays the work of the attempt that had any, when a later one came to nothing", async () => {
    const { context, id, ask } = await aWork({ steps: [{ a: "a" }], patch: ["first"] }, 2);
    await handOver(context, { taskId: id, attempt: 2, number: 1, userId: 1 }, {});
    expect(await (await ask("changes")).json()).toMatchObject({ handedOver: { attempt: 1 } });
    expect(await (await ask("changes.patch")).text()).toBe("first");
  });

  test("shows as GitHub has it once it is written, and as nothing before", async () => {
    const files: ComparedFile[] = [
      { path: "a", from: null, kind: "added", additions: 1, deletions: 0, patch: "@@ -0,0 +1 @@\n+a" },
    ];
    const { context, id, row } = await aWork({ steps: [{ a: "a" }] });
    const diff = async () => {
      const world = openWorld({}, OWNER);
      world.fake.state.compared = files;
      return diffOf(await asSignedIn(world.context, world.fake, OWNER), id);
    };
    expect(await diff()).toBeNull();
    await context.db.changeSets.update(row, { writtenBranch: BRANCH, writtenHead: "c".repeat(40) });
    expect(await diff()).toEqual({ files, isWhole: true });
  });
});
