import { beforeAll, describe, expect, test } from "vitest";
import type { AppContext } from "@/server/context";
import { AppError } from "@/server/errors";
import { GitHubError } from "@/server/github/port";
import { handleRest } from "@/server/rest/handle-rest";
import { reconcile } from "@/server/reconcile/reconcile";
import { aStage, aWorkingRun, type DoorStage } from "@/server/testing/doors";
import { userActor } from "@/server/testing/test-context";
import { createCaller } from "@/server/trpc/router";
import { mayRead } from "./may-read";
import { pollTask } from "../verbs/poll-tasks";

const HOUR_MS = 3600_000;
/** A run that has ended with work, an hour ago. */
async function anOldRun() {
  const stage = await aStage();
  const { id, runner, token } = await aWorkingRun(stage);
  const call = { host: "secret.example.com", port: 443, phase: "working", command: "npm run secret", count: 1 };
  const network = { seal: "sealed", reason: null, blocked: [call], unlisted: 1 };
  const records = [{ n: 1, t: 1, k: "o", s: "secret of the repository" }];
  await runner.progress(token, 2, "working", { records, network });
  await runner.finish(token, { title: "Greet in French", summary: "Secret words." });
  await reconcile(stage.pipe.context, { kind: "task", id });
  await stage.as.db.attempts.update(id, 1, { costUsd: 0.5 });
  stage.pipe.clock.advance(HOUR_MS);
  const endedAt = stage.pipe.clock.now().toISOString();
  const merge = {
    state: "closed",
    merged: true,
    mergedBy: "a-secret-person",
    title: "A secret title",
    endedAt,
  } as const;
  for (const pull of stage.pipe.github.state.pulls) Object.assign(pull, merge);
  await reconcile(stage.pipe.context, { kind: "task", id });
  return { stage, id };
}
const taskOf = async ({ as }: DoorStage, id: string) => {
  const task = await as.db.tasks.get(id);
  if (task === null) throw new Error("there is none");
  return task;
};

/** Every way in which something of the repository is read. */
const READS: Record<string, (app: AppContext, id: string) => Promise<unknown>> = {
  prompt: (app, id) => createCaller({ app, requestId: "r" }).tasks.prompt({ id }),
  log: (app, id) => createCaller({ app, requestId: "r" }).tasks.log({ id }),
  changes: (app, id) => createCaller({ app, requestId: "r" }).tasks.changes({ id }),
  diff: (app, id) => createCaller({ app, requestId: "r" }).tasks.diff({ id }),
  pull: (app, id) => createCaller({ app, requestId: "r" }).tasks.pull({ id }),
  ...Object.fromEntries(
    ["log.txt", "log/blocks/0", "changes.patch", "changes.bundle"].map((file) => [
      file,
      async (app: AppContext, id: string) => {
        const answer = await handleRest(new Request(`https://porter.test/api/tasks/${id}/${file}`), app);
        if (answer.status === 403) throw new AppError("forbidden", "");
        await answer.body?.cancel();
      },
    ]),
  ),
};
const toldOf = (reading: Promise<unknown>): Promise<string> =>
  reading.then(
    () => "all of it",
    (error: { code?: string }) => String(error.code).toLowerCase(),
  );
const WAYS_TO_LOSE: Record<string, (stage: DoorStage) => void> = {
  "GitHub says that they cannot": ({ pipe, login }) => void pipe.github.state.permissions.delete(login),
  "their login is somebody else's by now": ({ pipe, login }) => void pipe.github.state.userIds.set(login, 1),
  "the repository is out of Porter's reach": ({ fault }) =>
    void (fault.of = () => new GitHubError({ kind: "lost", reason: "not_found", message: "404" })),
  "GitHub has never said it and does not answer": ({ fault }) =>
    void (fault.of = () => new GitHubError({ kind: "unavailable", message: "502" })),
};

describe.each(Object.entries(WAYS_TO_LOSE))("a requester who lost the repository: %s", (how, lose) => {
  let at: Awaited<ReturnType<typeof anOldRun>>;
  beforeAll(async () => {
    at = await anOldRun();
    lose(at.stage);
  });

  test.each(Object.entries(READS))("does not read its %s", async (_what, read) => {
    expect(await toldOf(read(at.stage.as, at.id))).toBe("forbidden");
  });

  test("sees the outcome, the time and the cost, and no words of it", async () => {
    const { stage, id } = at;
    const api = createCaller({ app: stage.as, requestId: "r" });
    const views = [await api.tasks.get({ id }), ...(await api.tasks.list({})).tasks];
    for (const view of views) {
      expect(view).toMatchObject({
        id,
        status: "success",
        costUsd: 0.5,
        prState: "merged",
        isOutcomeOnly: true,
        issueBody: "",
        instructions: "",
      });
      expect(view.completedAt).toBeDefined();
    }
    const start = { seq: 0, event: 0, attempt: 1, record: 0 };
    const { message } = await pollTask(stage.as, id, start);
    expect(message?.log?.records ?? []).toEqual([]);
    expect(message?.task).toMatchObject({ status: "success", isOutcomeOnly: true });
    const [row] = (await api.tasks.search({})).tasks;
    // A list asks nothing: it knows what GitHub has said.
    if (/says|somebody/.test(how)) expect(row).toMatchObject({ id, isOutcomeOnly: true });
    const attempts = await api.tasks.attempts({ id });
    expect(JSON.stringify([views, message, attempts])).not.toMatch(/secret/i);
    expect(attempts).toMatchObject([{ network: { seal: "sealed", blocked: [] } }]);
  });
});

describe("whoever can read it", () => {
  test.each(["read", "write"] as const)("with %s sees all of it", async (permission) => {
    const { stage, id } = await anOldRun();
    stage.pipe.github.state.permissions.set(stage.login, permission);
    for (const [what, read] of Object.entries(READS)) {
      expect([what, await toldOf(read(stage.as, id))]).not.toEqual([what, "forbidden"]);
    }
    const api = createCaller({ app: stage.as, requestId: "r" });
    expect((await api.tasks.get({ id })).isOutcomeOnly).toBeUndefined();
    expect((await api.tasks.attempts({ id }))[0]?.network?.blocked).toHaveLength(1);
  });

  test("is asked about once in ten minutes, and a day's yes counts while GitHub is away", async () => {
    const { stage, id } = await anOldRun();
    const asked = () => stage.pipe.github.calls.filter((call) => call === "permissionOf").length;
    const before = asked();
    const may = async () => mayRead(stage.as, { userId: stage.issue }, await taskOf(stage, id));
    expect([await may(), await may(), asked() - before]).toEqual(["all", "all", 1]);
    stage.fault.of = () => new GitHubError({ kind: "unavailable", message: "502" });
    stage.pipe.clock.advance(HOUR_MS);
    expect(await may()).toBe("all");
    stage.pipe.clock.advance(24 * HOUR_MS);
    expect(await may()).toBe("outcome");
  });

  test("while the run goes on GitHub is not asked for it, and nobody else reads anything", async () => {
    const stage = await aStage();
    const { id } = await aWorkingRun(stage);
    const before = stage.pipe.github.calls.length;
    const task = await taskOf(stage, id);
    expect(await mayRead(stage.as, { userId: stage.issue }, task)).toBe("all");
    expect(await mayRead(stage.as, { userId: stage.issue + 1 }, task)).toBe("nothing");
    expect(stage.pipe.github.calls.length).toBe(before);
    const other: AppContext = { ...stage.as, actor: userActor(stage.issue + 1) };
    for (const read of Object.values(READS).slice(0, 5)) expect(await toldOf(read(other, id))).toBe("not_found");
  });
});
