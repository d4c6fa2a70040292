import { describe, expect, it } from "vitest";
import { FAILURES } from "@/lib/failures";
import { GitHubError, type LossReason } from "@/server/github/port";
import { aPerson, createPipe, machineOf, recordMention } from "@/server/testing/pipe";

let people = 61_000;
const OF_REASON = {
  ip_allow_list: "github_ip_allow_list",
  saml: "github_saml",
  permission: "github_permission",
  archived: "repository_archived",
  forbidden: "github_refused",
} as const satisfies Partial<Record<LossReason, string>>;
const REASONS = Object.entries(OF_REASON) as [keyof typeof OF_REASON, (typeof OF_REASON)[keyof typeof OF_REASON]][];

/** A person whose GitHub refuses one kind of call, while the repository itself is there unless said otherwise. */
async function aPlace(failing: string, reason: LossReason) {
  let asked = 0;
  const pipe = createPipe({
    github: {
      before(call) {
        if (call !== failing) return;
        asked += 1;
        throw new GitHubError({ kind: "lost", reason, message: `GitHub answered 403 to ${call}` });
      },
    },
  });
  const id = (people += 1);
  const person = { id, login: `person-${id}` };
  await aPerson(pipe, person);
  const write = async () => {
    const from = { actorId: id, actorLogin: person.login, issueNumber: id, installationId: id };
    return pipe.context.db.mentions.get(await recordMention(pipe, from));
  };
  const comments = () => pipe.github.state.comments.filter((each) => each.issueNumber === id);
  return { pipe, write, comments, asked: () => asked };
}

describe("one call that GitHub refuses is not the loss of the repository", () => {
  it.each(REASONS)(
    "%s, where only the permission cannot be asked: silence, and the reason is kept",
    async (reason, code) => {
      const { pipe, write, comments } = await aPlace("permissionOf", reason);
      expect(await write()).toMatchObject({ status: "ignored", outcome: code, taskId: null });
      expect([comments(), pipe.machines.machines]).toEqual([[], []]);
    },
  );

  it.each(REASONS)(
    "%s, where the person may command: one reply says what to do, and nothing starts",
    async (reason, code) => {
      const { pipe, write, comments } = await aPlace("runFiles", reason);
      expect(await write()).toMatchObject({ status: "refused", outcome: code, taskId: null });
      expect(comments().map(({ body }) => body.includes(FAILURES[code].sentence))).toEqual([true]);
      expect(pipe.machines.machines).toEqual([]);
    },
  );

  it.each(REASONS)(
    "%s of the pull request: the task ends with the reason and keeps its branch",
    async (reason, code) => {
      const { pipe, write, comments } = await aPlace("createPullRequest", reason);
      const taskId = (await write())?.taskId ?? "";
      const machine = pipe.machines.machines.find((each) => each.taskId === taskId);
      if (machine === undefined) throw new Error("no machine");
      const runner = machineOf(pipe, machine);
      const token = String((await runner.claim()).body.callbackToken);
      await runner.finish(token);
      expect(await pipe.context.db.tasks.get(taskId)).toMatchObject({
        status: "failed",
        failureCode: code === "github_refused" ? "pull_request_refused" : code,
        branch: `porter/${taskId}`,
        errorMessage: null,
      });
      // Porter's sentence stands in the open, GitHub's own words are folded, and the work is where it is.
      const body = comments().find((comment) => comment.body.includes(`task=${taskId}`))?.body ?? "";
      const [open = "", folded = ""] = body.split("<details>");
      expect(folded).toMatch(/\S/);
      expect(open).toContain(`/tree/porter/${taskId}`);
      expect(open).toContain("✗ pull request");
      expect(open).not.toMatch(/nothing was pushed|answered \d|\(request/i);
    },
  );
});

it("a refusal while the repository itself is out of reach is lost access", async () => {
  const { pipe, write } = await aPlace("permissionOf", "forbidden");
  pipe.github.state.locations.clear();
  expect(await write()).toMatchObject({ status: "ignored", outcome: "access_lost" });
});
