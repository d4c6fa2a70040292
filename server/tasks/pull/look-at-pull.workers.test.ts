import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { sectionOf } from "@/lib/task-state";
import type { SeenPull } from "@/server/db/pull-store";
import { GitHubError } from "@/server/github/port";
import { sweepDueRows } from "@/server/reconcile/reconcile";
import { taskView } from "@/server/tasks/read/view";
import { aRun } from "@/server/testing/a-run";
import { payloadEnvelope, sendDelivery } from "@/server/testing/deliveries";
import { createPipe } from "@/server/testing/pipe";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** A run that opened a pull request, and what people do to it. */
async function aPull(hooks: Parameters<typeof createPipe>[0] = {}) {
  const pipe = createPipe(hooks);
  const run = await aRun(pipe);
  await run.runner.finish(run.token, { title: "Add it", summary: "Done." });
  const [pull] = pipe.github.state.pulls;
  const { repositoryId: repository, installationId: installation, prHeadSha: head } = await run.task();
  if (pull === undefined) throw new Error("no pull request");
  const envelope = (action: string) => payloadEnvelope({ repository, installation }, action);
  return {
    pipe,
    pull,
    head: head ?? "",
    task: run.task,
    says: (action: string, event = "pull_request", number = pull.number) =>
      sendDelivery(pipe, event, { ...envelope(action), pull_request: { number } }),
    checked: (sha = head) =>
      sendDelivery(pipe, "check_suite", { ...envelope("completed"), check_suite: { head_sha: sha } }),
    comment: () => pipe.github.state.comments.at(-1)?.body ?? "",
    section: async () => sectionOf(taskView(await run.task(), pipe.context.env), pipe.clock.now().getTime()),
    /** Later, with nobody but the clock. */
    async later(ms: number) {
      pipe.clock.advance(ms);
      await sweepDueRows(pipe.context);
    },
  };
}
const merge = { state: "closed", merged: true, mergedBy: "octocat", endedAt: "2026-11-22T14:00:00.000Z" } as const;
const seenOf = ({ prState, prDraft, prHeadSha, prChecks, prReview, prMergedBy, prEndedAt }: SeenPull) => ({
  prState,
  prDraft,
  prHeadSha,
  prChecks,
  prReview,
  prMergedBy,
  prEndedAt,
});
const deliveries = async () =>
  (await env.DB.prepare("SELECT count(*) AS count FROM deliveries").first<{ count: number }>())?.count;

describe("a task's pull request", () => {
  it("is known as open from its first moment", async () => {
    const { task, pull, head } = await aPull();
    expect(await task()).toMatchObject({ prState: "open", prNumber: pull.number, prHeadSha: pull.headSha });
    expect(head).not.toBe("");
  });

  it("is merged for everybody once GitHub says so, whatever comes twice, late or in another order", async () => {
    const { pull, task, says, comment, later } = await aPull();
    await says("synchronize");
    Object.assign(pull, merge);
    await says("closed");
    const ended = { prState: "merged", prMergedBy: "octocat", prEndedAt: merge.endedAt, status: "success" };
    expect(await task()).toMatchObject(ended);
    expect(comment()).toMatch(/Merged by octocat after \d/);
    const { version, changeSeq } = await task();
    for (const action of ["closed", "reopened", "synchronize", "closed"]) await says(action);
    await later(48 * HOUR);
    expect(await task()).toMatchObject({ ...ended, version, changeSeq, prLookAt: null, dueAt: null });
  });

  it("is known as merged also where no delivery came", async () => {
    const { pull, task, later, comment } = await aPull();
    Object.assign(pull, merge);
    await later(6 * MINUTE);
    expect((await task()).prState).toBe("merged");
    expect(comment()).toContain("Merged by octocat");
  });

  it("may be closed, opened again and made a draft, and its comment says no end that is none", async () => {
    const { pull, task, says, comment } = await aPull();
    Object.assign(pull, { state: "closed", endedAt: merge.endedAt });
    await says("closed");
    expect((await task()).prState).toBe("closed");
    expect(comment()).toContain("Closed without a merge");
    Object.assign(pull, { state: "open", endedAt: null, draft: true });
    await says("reopened");
    expect(await task()).toMatchObject({ prState: "draft", prEndedAt: null });
    expect(comment()).not.toContain("Closed");
  });

  it("needs somebody while its checks fail or its reviewers want changes", async () => {
    const { pull, pipe, task, says, checked, section, later } = await aPull();
    expect(await section()).toBe("done");
    pull.checks = { passed: 1, failed: 1, running: 0 };
    await checked();
    await later(6000);
    expect([(await task()).prChecks, await section()]).toEqual(["failed", "attention"]);
    pull.checks = { passed: 2, failed: 0, running: 0 };
    await checked();
    await later(6000);
    expect([(await task()).prChecks, await section()]).toEqual(["passed", "done"]);
    pull.review = "changes_requested";
    await says("submitted", "pull_request_review");
    expect([(await task()).prReview, await section()]).toEqual(["changes_requested", "attention"]);
    Object.assign(pull, merge);
    await says("closed");
    expect([(await task()).prState, await section()]).toEqual(["merged", "done"]);
    expect(pipe.github.state.comments).toHaveLength(1);
  });

  it("is asked about once for a crowd of checks", async () => {
    const asked: string[] = [];
    const { checked, later, head } = await aPull({ github: { before: (call) => void asked.push(call) } });
    asked.length = 0;
    for (let suite = 0; suite < 5; suite += 1) await checked(head);
    await later(6000);
    expect(asked.filter((call) => call === "getPullRequest")).toHaveLength(1);
  });

  it("is looked at again where a delivery came while it was looked at", async () => {
    const { pipe, pull, task, says, later } = await aPull();
    const { db } = pipe.context;
    const before = await task();
    const now = pipe.clock.now().toISOString();
    const found = { ...before, prChecks: null, prReview: null };
    const [id] = await db.pulls.lookAt(
      { repositoryId: before.repositoryId, numbers: [pull.number], headSha: null },
      now,
    );
    expect(id).toBe(before.id);
    // What was asked before the delivery came says that it is open.
    await db.pulls.seen(before, seenOf(found), { next: null, isNews: false, isTold: false, now });
    expect((await task()).prLookAt).toBe(now);
    Object.assign(pull, merge);
    await later(0);
    expect((await task()).prState).toBe("merged");
    await says("edited");
    expect((await task()).prLookAt).toBeNull();
  });

  it("keeps what was known while GitHub does not answer, and asks again", async () => {
    let isAway = false;
    const { task, says, later, pull } = await aPull({
      github: {
        before(call) {
          if (isAway && call === "getPullRequest") throw new GitHubError({ kind: "unavailable", message: "502" });
        },
      },
    });
    isAway = true;
    Object.assign(pull, merge);
    await says("closed");
    expect((await task()).prState).toBe("open");
    isAway = false;
    await later(5 * MINUTE);
    expect((await task()).prState).toBe("merged");
  });
});

describe("a pull request of somebody else", () => {
  it("costs no row", async () => {
    const { says, checked, pull } = await aPull();
    const before = await deliveries();
    expect(await says("closed", "pull_request", pull.number + 1)).toBe("not_ours");
    expect(await checked("f".repeat(40))).toBe("not_ours");
    expect(await deliveries()).toBe(before);
    expect(await says("edited")).toBe("pull_changed");
    expect(await deliveries()).toBe((before ?? 0) + 1);
  });
});
