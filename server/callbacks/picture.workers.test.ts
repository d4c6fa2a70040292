import { describe, expect, it } from "vitest";
import type { ContextFiles } from "@/lib/context-files";
import { openDatabase } from "@/server/db/database";
import { tasks } from "@/server/db/schema";
import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { GitHubError, type GitHubFailure } from "@/server/github/port";
import { promptOf } from "@/server/tasks/read/insight";
import { aClaimedAttempt } from "@/server/testing/hand-over";
import { userActor } from "@/server/testing/test-context";

const ASSET = "0b9c1c1e-1111-4222-8333-444455556666";
const CONTENT = Uint8Array.from({ length: 60_000 }, (_, at) => (at * 7) % 256);

async function aRunWith(files: unknown, failure: GitHubFailure | null = null) {
  const run = await aClaimedAttempt({
    before(call) {
      if (call === "picture" && failure !== null) throw new GitHubError(failure);
    },
  });
  const { repoOwner: owner, repoName: name, repositoryId } = (await run.context.db.tasks.get(run.taskId)) ?? {};
  run.github.state.locations.set(repositoryId ?? 0, { owner: owner ?? "", name: name ?? "" });
  await openDatabase(env.DB)
    .update(tasks)
    .set({ contextFiles: JSON.stringify(files) })
    .where(eq(tasks.id, run.taskId));
  run.github.state.pictures.set(`${ASSET} in 7`, { kind: "png", content: CONTENT });
  const ask = (number: number, taskId = run.taskId) =>
    run.door.send("picture", "picture", JSON.stringify({ taskId, attempt: 1, number }));
  return { ...run, ask };
}
const shownIn = (...places: (number | null)[]): ContextFiles => ({
  discussion: null,
  pictures: [{ asset: ASSET, shownIn: places }],
});

describe("a machine gets the pictures that its prompt names", () => {
  it("whole, from the first place that shows it", async () => {
    const { ask, github } = await aRunWith(shownIn(3, null, 7, 8));
    const answer = await ask(1);
    expect([answer.status, answer.body["kind"]]).toEqual([200, "png"]);
    const content = Uint8Array.from(atob(String(answer.body["content"])), (char) => char.charCodeAt(0));
    expect(content).toEqual(CONTENT);
    expect(github.calls.filter((call) => call === "picture")).toHaveLength(3);
  });

  it.each<[string, unknown, number, GitHubFailure | null]>([
    ["no picture of that number", shownIn(7), 2, null],
    ["one that nothing shows any more", shownIn(3), 1, null],
    ["none of a row that cannot be read", { pictures: [{ asset: "../../../user", shownIn: [7] }] }, 1, null],
    ["none of a task of before", null, 1, null],
    ["none where GitHub refuses", shownIn(7), 1, { kind: "lost", reason: "permission", message: "403" }],
    ["none where GitHub is away", shownIn(7), 1, { kind: "unavailable", message: "503" }],
  ])("and %s", async (_, files, number, failure) => {
    const { ask } = await aRunWith(files, failure);
    expect((await ask(number)).status).toBe(404);
  });

  it("and what GitHub does not hand out is told of the run, as long as it does not", async () => {
    const { ask, github, context, taskId } = await aRunWith({
      discussion: "x",
      pictures: [...shownIn(3).pictures, ...shownIn(7).pictures],
    });
    const { userId = 0 } = (await context.db.tasks.get(taskId)) ?? {};
    const unheard = async () => (await promptOf({ ...context, actor: userActor(userId, "someone") }, taskId)).unheard;
    for (const number of [1, 2, 1]) await ask(number);
    expect(await unheard()).toEqual([{ where: "discussion", what: "picture that GitHub did not hand out", count: 1 }]);
    github.state.pictures.set(`${ASSET} in 3`, { kind: "png", content: CONTENT });
    expect((await ask(1)).status).toBe(200);
    expect(await unheard()).toEqual([]);
  });

  it.each([0, 9, 1.5])("and no number %s", async (number) => {
    expect((await (await aRunWith(shownIn(7))).ask(number)).status).toBe(400);
  });

  it("while it runs alone, and its own alone", async () => {
    const run = await aRunWith(shownIn(7));
    const other = await aRunWith(shownIn(7));
    expect((await run.ask(1, other.taskId)).status).toBe(401);
    await run.context.db.attempts.end({
      taskId: run.taskId,
      attempt: 1,
      reason: "stopped",
      now: "2026-11-22T12:01:00.000Z",
    });
    expect((await run.ask(1)).status).toBe(410);
    expect(run.github.calls).not.toContain("picture");
  });
});
