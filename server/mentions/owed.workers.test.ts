import { expect, it } from "vitest";
import { GitHubError, type GitHubFailure } from "@/server/github/port";
import { reconcile, sweepDueRows } from "@/server/reconcile/reconcile";
import { aPerson, createPipe, recordMention } from "@/server/testing/pipe";
import { aMention } from "@/server/testing/rows";

let people = 98_000;
const HELP = JSON.stringify({ ...JSON.parse(aMention().command), kind: "help" });

/** A person's `@porter help`, of a GitHub that answers these calls with a failure while it is broken. */
async function ask(failures: Partial<Record<string, GitHubFailure>>) {
  const state = { isBroken: true, calls: [] as string[] };
  const pipe = createPipe({
    github: {
      before(call) {
        state.calls.push(call);
        const failure = failures[call];
        if (state.isBroken && failure !== undefined) throw new GitHubError(failure);
      },
    },
  });
  const person = { id: (people += 1), login: `person-${people}` };
  await aPerson(pipe, person);
  const issueNumber = people;
  const id = await recordMention(pipe, { actorId: person.id, actorLogin: person.login, issueNumber, command: HELP });
  const asked = (call: string) => state.calls.filter((one) => one === call).length;
  const replies = () => pipe.github.state.comments.filter((comment) => comment.issueNumber === issueNumber).length;
  const owed = () => pipe.context.db.obligations.of(id);
  return { pipe, id, state, asked, replies, owed };
}

const away: GitHubFailure = { kind: "unavailable", message: "502" };
const locked: GitHubFailure = { kind: "lost", reason: "locked", message: "403 Issue is locked" };

it("what failed is tried again alone, ever later, and done once", async () => {
  const { pipe, id, state, asked, replies, owed } = await ask({ createComment: away });
  expect(await owed()).toMatchObject([{ kind: "reply", tries: 1 }]);
  await reconcile(pipe.context, { kind: "mention", id });
  expect(asked("createComment"), "not before it is due").toBe(1);
  for (let tries = 2; tries < 6; tries++) {
    pipe.clock.advance(60_000);
    await sweepDueRows(pipe.context);
    expect(await owed()).toMatchObject([{ kind: "reply", tries }]);
  }
  state.isBroken = false;
  pipe.clock.advance(60_000);
  await sweepDueRows(pipe.context);
  expect([await owed(), replies(), asked("reactToComment")]).toEqual([[], 1, 1]);
});

it("what GitHub refuses for good is given up with its reason, and nothing else with it", async () => {
  const { pipe, id, state, asked, replies, owed } = await ask({ reactToComment: locked });
  expect(replies()).toBe(1);
  expect(await owed()).toMatchObject([{ kind: "react", dueAt: null, gaveUpReason: expect.stringContaining("locked") }]);
  state.isBroken = false;
  pipe.clock.advance(24 * 3600_000);
  await sweepDueRows(pipe.context);
  await reconcile(pipe.context, { kind: "mention", id });
  expect([asked("reactToComment"), replies()]).toEqual([1, 1]);
});

it("a command that cannot be admitted for three days is ignored with that reason, and what was met is kept", async () => {
  const { pipe, id, owed } = await ask({ permissionOf: away });
  expect(await owed()).toMatchObject([{ kind: "admit", tries: 1 }]);
  pipe.clock.advance(3 * 24 * 3600_000 + 60_000);
  await sweepDueRows(pipe.context);
  expect(await pipe.context.db.mentions.get(id)).toMatchObject({ status: "ignored", outcome: "github_unreachable" });
  expect(await owed()).toMatchObject([{ kind: "admit", dueAt: null, gaveUpReason: expect.stringContaining("502") }]);
});
