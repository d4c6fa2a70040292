import { Webhooks } from "@octokit/webhooks";
import { expect, it } from "vitest";
import { withActor } from "@/server/context";
import { reconcile } from "@/server/reconcile/reconcile";
import { aPerson, createPipe, type Pipe } from "@/server/testing/pipe";
import { testEnv, userActor } from "@/server/testing/test-context";
import { receiveWebhook } from "@/server/webhooks/handle";
import { ignoredReport, ignoredComments } from "./ignored";

const SECRET = "fake-webhook-secret-of-the-tests";
let numbers = 66_000;
const next = () => (numbers += 1);

type Said = { body: string; action?: string; app?: number; type?: string };

async function deliver(pipe: Pipe, person: { id: number; login: string }, said: Said, raw?: string) {
  const text =
    raw ??
    JSON.stringify({
      action: said.action ?? "created",
      installation: { id: 100 },
      repository: { id: 10, name: "widgets", owner: { login: "acme" }, private: false, default_branch: "main" },
      sender: { ...person, type: said.type ?? "User" },
      issue: { number: 7, title: "T", body: "" },
      comment: {
        id: next(),
        body: said.body,
        created_at: "2026-11-22T12:00:00Z",
        performed_via_github_app: said.app === undefined ? null : { id: said.app },
      },
    });
  const headers = {
    "x-github-event": "issue_comment",
    "x-github-delivery": crypto.randomUUID(),
    "x-hub-signature-256": await new Webhooks({ secret: SECRET }).sign(text),
  };
  const request = new Request("https://porter.test/api/webhooks/github", { method: "POST", body: text, headers });
  const answer = await receiveWebhook(request, pipe.context);
  for (const work of answer.work) await reconcile(pipe.context, work);
}

function aWorld() {
  const pipe = createPipe();
  pipe.context.env = testEnv({ GITHUB_WEBHOOK_SECRET: SECRET });
  return pipe;
}

it("whoever wrote a comment that names Porter and starts nothing finds it with its reason, and only that", async () => {
  const pipe = aWorld();
  const ada = { id: next(), login: `ada-${numbers}` };
  const bob = { id: next(), login: `bob-${numbers}` };
  await aPerson(pipe, ada);
  await deliver(pipe, ada, { body: "thanks @porter for this" });
  await deliver(pipe, ada, { body: "@Porter claude", action: "edited" });
  await deliver(pipe, ada, { body: "@porter claude", app: 5 });
  await deliver(pipe, ada, { body: "no name in it" });
  await deliver(pipe, ada, { body: "@porter-bot or @porters" });
  await deliver(pipe, bob, { body: "@porter claude" });
  const listOf = async (person: typeof ada) =>
    (await ignoredComments(withActor(pipe.context, userActor(person.id, person.login)))).map(({ outcome }) => outcome);
  expect((await listOf(ada)).toSorted()).toEqual(["comment_edited", "ignored_app", "no_command"]);
  expect(await listOf(bob)).toEqual(["no_write_access"]);
  // The login passed to somebody else.
  expect(await listOf({ id: next(), login: ada.login })).toEqual([]);
  const [first] = await ignoredComments(withActor(pipe.context, userActor(bob.id, bob.login)));
  expect(first).toMatchObject({
    place: "acme/widgets#7",
    url: expect.stringMatching(/^https:\/\/github\.test\/acme\/widgets\/issues\/7#issuecomment-\d+$/),
    sentence: "Porter takes commands from people who can write to the repository.",
  });
});

it("operators see every outcome counted, and why a delivery could not be read, and nobody else does", async () => {
  const pipe = aWorld();
  const person = { id: next(), login: `person-${numbers}` };
  await deliver(pipe, person, { body: "hello" });
  await deliver(pipe, person, { body: "@porter", type: "Bot" });
  await deliver(pipe, person, { body: "" }, "no json: fake-secret-in-the-body");
  const gaveUp = { subject: "task_given", kind: "report", tries: 3, gaveUpReason: "invalid: 422" } as const;
  await pipe.context.db.obligations.put({ ...gaveUp, dueAt: null });
  await pipe.context.db.obligations.put({
    ...gaveUp,
    kind: "clean_up",
    dueAt: "2026-11-23T00:00:00.000Z",
    gaveUpReason: null,
  });
  const report = await ignoredReport(withActor(pipe.context, { kind: "operator" }));
  expect(report.givenUp).toEqual([gaveUp]);
  const counted = Object.fromEntries(report.outcomes.map(({ outcome, count }) => [outcome, count]));
  expect(counted).toMatchObject({ no_command: expect.any(Number), ignored_bot: 1, unreadable: 1 });
  expect(report.newest).toContainEqual(
    expect.objectContaining({ outcome: "unreadable", detail: '{"problem":"the body is no JSON"}' }),
  );
  expect(JSON.stringify(report)).not.toContain("fake-secret");
  const asPerson = withActor(pipe.context, userActor(person.id, person.login));
  await expect(ignoredReport(asPerson)).rejects.toMatchObject({ code: "forbidden" });
});
