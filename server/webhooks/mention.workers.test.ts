import { Webhooks } from "@octokit/webhooks";
import { expect, it } from "vitest";
import { withActor } from "@/server/context";
import { readEnv } from "@/server/env";
import { reconcile } from "@/server/reconcile/reconcile";
import { stopTask } from "@/server/tasks/stop";
import { getTask } from "@/server/tasks/read/get";
import { aPerson, createPipe } from "@/server/testing/pipe";
import { testEnv, userActor, VARIABLES } from "@/server/testing/test-context";
import { receiveWebhook } from "./handle";

const SECRET = "fake-webhook-secret-of-the-tests";
let numbers = 58_000;
const next = () => (numbers += 1);

/** A Porter of this name, one issue of a person in it, and what that person writes there. */
async function aPorter(variables: Record<string, string>) {
  const pipe = createPipe();
  pipe.context.env = testEnv({ GITHUB_WEBHOOK_SECRET: SECRET, ...variables });
  const person = { id: next(), login: `person-${numbers}` };
  await aPerson(pipe, person);
  const place = { repository: next(), issue: next() };
  pipe.github.state.locations.set(place.repository, { owner: "acme", name: "widgets" });
  const write = async (body: string) => {
    const raw = JSON.stringify({
      action: "created",
      installation: { id: place.repository },
      repository: {
        id: place.repository,
        name: "widgets",
        owner: { login: "acme" },
        private: false,
        default_branch: "main",
      },
      sender: { ...person, type: "User" },
      issue: { number: place.issue, title: "T", body: "" },
      comment: { id: next(), body, created_at: "2026-11-22T12:00:00Z" },
    });
    const headers = {
      "x-github-event": "issue_comment",
      "x-github-delivery": crypto.randomUUID(),
      "x-hub-signature-256": await new Webhooks({ secret: SECRET }).sign(raw),
    };
    const request = new Request("https://porter.test/api/webhooks/github", { method: "POST", body: raw, headers });
    const answer = await receiveWebhook(request, pipe.context);
    for (const work of answer.work) await reconcile(pipe.context, work);
    return answer.body.outcome;
  };
  const texts = () =>
    pipe.github.state.comments.filter(({ issueNumber }) => issueNumber === place.issue).map(({ bodies }) => bodies);
  const [task] = [() => pipe.context.db.tasks.ofIssue(place.repository, place.issue, ["queued", "running", "failed"])];
  return { pipe, person, write, texts, tasks: task };
}

it("answers to its own name and to the App's, and to no other", async () => {
  const { write, tasks } = await aPorter({ MENTION: "Porter-Staging", GITHUB_APP_SLUG: "acme-porter" });
  expect(await write("@porter claude go")).toBe("no_command");
  expect(await write("@porter-staging-2 claude go")).toBe("no_command");
  expect(await tasks()).toEqual([]);
  expect(await write("@porter-staging claude go")).toBe("mentions");
  expect(await write("@Acme-Porter claude -- go")).toBe("mentions");
  expect(await tasks()).toHaveLength(2);
});

it("shows commands with its own name wherever it shows one", async () => {
  const { pipe, person, write, texts, tasks } = await aPorter({ MENTION: "porter-staging" });
  await write("@porter-staging claude go");
  const [task] = await tasks();
  if (task === undefined) throw new Error("no task");
  for (const verb of ["help", "status", "gemini fix it", "--model", "retry"]) await write(`@porter-staging ${verb}`);
  await stopTask(pipe.context, task, { reason: "stopped_by_user", by: person.login });
  await reconcile(pipe.context, { kind: "task", id: task.id });
  const said = texts().flat();
  expect(said.length).toBeGreaterThan(6);
  expect(said.filter((text) => /@porter(?!-staging)\b/.test(text))).toEqual([]);
  expect(said.some((text) => text.includes("`@porter-staging retry`"))).toBe(true);
  const view = await getTask(withActor(pipe.context, userActor(person.id, person.login)), task.id);
  expect(view.explanation?.fix).toEqual({ kind: "command", command: "@porter-staging retry" });
});

it("is porter unless it is said, and must be a name that GitHub shows as a mention", () => {
  expect(testEnv().MENTION).toBe("porter");
  for (const MENTION of ["", "@porter", "por ter", "-porter", "porter-", "pörter", "a.b", "x".repeat(80)]) {
    const read = readEnv({ ...VARIABLES, MENTION });
    expect(read.ok ? null : read.problems.map(({ name }) => name)).toEqual(["MENTION"]);
  }
});
