import { describe, expect, it } from "vitest";
import { GitHubError, type GitHubFailure } from "@/server/github/port";
import { sweepDueRows } from "@/server/reconcile/reconcile";
import { aPerson, createPipe, recordMention, type Pipe } from "@/server/testing/pipe";

// GitHub may make a comment long after it stopped answering, and its lists lag behind.

let people = 98_000;

/** A mention whose first comment GitHub does not make for `failure`. */
async function aCommentThatFails(failure: GitHubFailure, command?: string) {
  let asked = 0;
  const pipe = createPipe({
    github: {
      before(call) {
        if (call === "createComment" && asked++ === 0) throw new GitHubError(failure);
      },
    },
  });
  const person = { id: (people += 1), login: `person-${people}` };
  const issueNumber = people;
  await aPerson(pipe, person);
  const said = command === undefined ? {} : { command };
  const id = await recordMention(pipe, { actorId: person.id, actorLogin: person.login, issueNumber, ...said });
  const row = await pipe.context.db.mentions.get(id);
  if (row === null) throw new Error("no mention");
  const comments = () => pipe.github.state.comments.filter((comment) => comment.issueNumber === issueNumber);
  /** GitHub makes what it was asked for. */
  const make = (body: string) =>
    pipe.github.github.repository({ id: 10, owner: "acme", name: "widgets" }, "").createComment(issueNumber, body);
  return { pipe, row, taskId: row.taskId ?? "", comments, make };
}

async function pass(pipe: Pipe, seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second += 5) {
    pipe.clock.advance(5000);
    await sweepDueRows(pipe.context);
  }
}

const unanswered: GitHubFailure = { kind: "unavailable", message: "the answer did not come" };
const trackingText = (taskId: string) => `⏳ Queued\n\n<!-- porter:task=${taskId} rev=1 -->`;

describe("a tracking comment whose creation GitHub did not answer", () => {
  it("is waited for, adopted when it comes, and stays the only one", async () => {
    const { pipe, taskId, comments, make } = await aCommentThatFails(unanswered);
    await pass(pipe, 30);
    expect(comments()).toEqual([]);
    const { id } = await make(trackingText(taskId));
    await pass(pipe, 120);
    const task = await pipe.context.db.tasks.get(taskId);
    expect(comments().map((comment) => comment.id)).toEqual([id]);
    expect(task).toMatchObject({ trackingCommentId: id, commentIntentAt: null, reportedVersion: task?.version });
    expect(await pipe.context.db.obligations.get(taskId, "report")).toBeNull();
  });

  it("is asked for again when it has not come", async () => {
    const { pipe, taskId, comments } = await aCommentThatFails(unanswered);
    await pass(pipe, 70);
    expect(comments()).toHaveLength(1);
    await pass(pipe, 60);
    expect(await pipe.context.db.tasks.get(taskId)).toMatchObject({ commentIntentAt: null });
  });

  it("is deleted but for the oldest when it comes later than anybody waits", async () => {
    const { pipe, taskId, comments, make } = await aCommentThatFails(unanswered);
    await pass(pipe, 70);
    const [first] = comments();
    await make(trackingText(taskId));
    await pass(pipe, 70);
    expect(comments().map(({ id }) => id)).toEqual([first?.id]);
    expect(await pipe.context.db.tasks.get(taskId)).toMatchObject({ trackingCommentId: first?.id });
  });

  it("is asked for again at once where GitHub said no", async () => {
    const { pipe, taskId, comments } = await aCommentThatFails({
      kind: "limited",
      retryAfterMs: 4000,
      message: "secondary rate limit",
    });
    await pass(pipe, 10);
    expect(comments()).toHaveLength(1);
    expect(await pipe.context.db.tasks.get(taskId)).toMatchObject({ commentIntentAt: null });
  });
});

describe("a reply whose creation GitHub did not answer", () => {
  const help = JSON.stringify({ kind: "help" });

  it("is waited for, and stays the only one", async () => {
    const { pipe, row, comments, make } = await aCommentThatFails(unanswered, help);
    await pass(pipe, 30);
    expect(comments()).toEqual([]);
    const { id } = await make(`Help.\n\n<!-- porter:reply=${row.commentId}.${row.commandIndex} -->`);
    await pass(pipe, 60);
    expect(comments().map((comment) => comment.id)).toEqual([id]);
    expect(await pipe.context.db.mentions.get(row.id)).toMatchObject({ replyCommentId: id });
  });

  it("is asked for again when it has not come", async () => {
    const { pipe, comments } = await aCommentThatFails(unanswered, help);
    await pass(pipe, 70);
    expect(comments()).toHaveLength(1);
  });
});
