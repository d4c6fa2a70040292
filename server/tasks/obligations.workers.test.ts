import { describe, expect, it } from "vitest";
import { GitHubError, type GitHubFailure } from "@/server/github/port";
import { sweep } from "@/server/reconcile";
import { aPerson, createPipe, machineOf, mention, type Pipe } from "@/server/testing/pipe";
import { permitFor } from "@/server/testing/permit";
import { retryTask } from "./retry";

let people = 97_000;

/** A person's task that has ended; from `break` on GitHub answers calls of `failing` with `failure`. */
async function anEndedTask(failing: string, failure: GitHubFailure) {
  let isBroken = false;
  const pipe = createPipe({
    github: {
      before(call) {
        if (isBroken && call === failing) throw new GitHubError(failure);
      },
    },
  });
  const person = { id: (people += 1), login: `person-${people}` };
  const issueNumber = people;
  await aPerson(pipe, person);
  const mentionId = await mention(pipe, { actorId: person.id, actorLogin: person.login, issueNumber });
  const taskId = (await pipe.context.db.mentions.get(mentionId))?.taskId ?? "";
  const launched = pipe.machines.machines.find((machine) => machine.taskId === taskId);
  if (launched === undefined) throw new Error("no machine");
  const machine = machineOf(pipe, launched);
  const token = String((await machine.claim()).body.callbackToken);
  isBroken = true;
  await machine.complete(token, { outcome: "no_changes" });
  const repair = () => void (isBroken = false);
  return { pipe, person, issueNumber, taskId, repair };
}

const commentOf = (pipe: Pipe, issueNumber: number) =>
  pipe.github.state.comments.filter((comment) => comment.issueNumber === issueNumber).map(({ body }) => body);

describe("an explicit retry", () => {
  const refused: GitHubFailure = { kind: "invalid", message: "422 Validation Failed", errors: [] };

  it("makes the report again that GitHub refused for good before it", async () => {
    const { pipe, person, issueNumber, taskId, repair } = await anEndedTask("updateComment", refused);
    expect(commentOf(pipe, issueNumber)).toEqual([expect.not.stringContaining("No changes needed")]);
    repair();
    pipe.clock.advance(3600_000);
    await sweep(pipe.context);
    const task = await pipe.context.db.tasks.get(taskId);
    if (task === null) throw new Error("no task");
    expect(commentOf(pipe, issueNumber), "given up until then").toEqual([
      expect.not.stringContaining("No changes needed"),
    ]);
    await retryTask(pipe.context, task, { by: person.login, permit: await permitFor(pipe.context, task) });
    await sweep(pipe.context);
    const fresh = await pipe.context.db.tasks.get(taskId);
    expect(fresh).toMatchObject({ status: "running", attempt: 2, reportedVersion: fresh?.version });
    expect(commentOf(pipe, issueNumber)).toEqual([expect.stringContaining("Starting")]);
  });
});
