import { expect, test } from "vitest";
import { readPorterFile } from "@/lib/set-up/porter-file";
import { GitHubError } from "@/server/github/port";
import { reconcile } from "@/server/reconcile/reconcile";
import { aPerson, createPipe, recordMention } from "@/server/testing/pipe";

let people = 47_000;
/** A repository in which somebody may command; `say` is their comment. */
async function aPlace(role: "write" | "read" = "write", hooks: Parameters<typeof createPipe>[0] = {}) {
  const pipe = createPipe(hooks);
  const person = { id: (people += 1), login: `person-${people}` };
  await aPerson(pipe, person);
  const { state } = pipe.github;
  state.permissions.set(person.login, role);
  state.top = new Set(["package-lock.json"]);
  state.branches.set("main", "a".repeat(40));
  const say = async () => {
    const id = await recordMention(pipe, {
      actorId: person.id,
      actorLogin: person.login,
      issueNumber: person.id,
      installationId: person.id,
      command: JSON.stringify({ kind: "setup" }),
    });
    await reconcile(pipe.context, { kind: "mention", id });
    return pipe.context.db.mentions.get(id);
  };
  return { pipe, state, say };
}

test("what Porter does without a file becomes a pull request with the file, without a machine and without a task", async () => {
  const { pipe, state, say } = await aPlace();
  expect(await say()).toMatchObject({ status: "answered", outcome: "setup_opened", taskId: null });
  expect(state.pulls).toMatchObject([{ headRef: "porter/set-up", baseRef: "main", title: "Add .porter.yml" }]);
  expect(state.shown.map(({ branch }) => branch)).toEqual(["porter/set-up"]);
  expect(pipe.machines.machines).toEqual([]);
  // The token that wrote was made for this one repository.
  const writing = state.minted.filter(({ permissions }) => permissions["contents"] === "write");
  expect(writing.map(({ repositoryIds }) => repositoryIds?.length)).toEqual([1]);
});

test("asked again, it is the same pull request, whatever became of it", async () => {
  const { state, say } = await aPlace();
  await say();
  const [pull] = state.pulls;
  expect(await say()).toMatchObject({
    outcome: "setup_known",
    reply: expect.stringContaining("already, which is open"),
  });
  if (pull !== undefined) Object.assign(pull, { state: "closed" });
  expect(await say()).toMatchObject({ outcome: "setup_known", reply: expect.stringContaining("was closed") });
  expect(state.pulls).toHaveLength(1);
});

test("killed after the branch, it opens the pull request of that branch", async () => {
  let isKilled = true;
  const { state, say } = await aPlace("write", {
    github: {
      before(call) {
        if (call !== "createPullRequest" || !isKilled) return;
        isKilled = false;
        throw new GitHubError({ kind: "invalid", message: "no", errors: ["no"] });
      },
    },
  });
  expect(await say()).toMatchObject({ outcome: "setup_refused" });
  expect(await say()).toMatchObject({ outcome: "setup_opened" });
  expect(state.shown).toHaveLength(1);
});

test("a file that is there is left as it is, and where nothing is found nothing is written", async () => {
  const { state, say } = await aPlace();
  state.setUpTexts.set(".porter.yml", "image: slim");
  expect(await say()).toMatchObject({ outcome: "setup_there" });
  state.setUpTexts.clear();
  state.top = new Set();
  expect(await say()).toMatchObject({ outcome: "setup_nothing" });
  expect([state.pulls, state.shown]).toEqual([[], []]);
});

test("who may not write there opens nothing, and hears nothing", async () => {
  const { state, say } = await aPlace("read");
  expect(await say()).toMatchObject({ status: "ignored", reply: null });
  expect([state.pulls, state.shown]).toEqual([[], []]);
});

test("the example in the answer is one that Porter reads", () => {
  expect(readPorterFile("setup: npm ci").problems).toEqual([]);
});
