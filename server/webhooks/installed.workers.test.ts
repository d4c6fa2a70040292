import { Webhooks } from "@octokit/webhooks";
import { describe, expect, it } from "vitest";
import { readPeople } from "@/lib/people";
import { reconcile } from "@/server/reconcile/reconcile";
import { createPipe } from "@/server/testing/pipe";
import { receiveWebhook } from "./handle";

const SECRET = "fake-webhook-secret-of-the-tests";
let installations = 47_000;

/** What becomes of an installation by one person, on the account of another, in a Porter for `people`. */
async function installed(people: string, facts: { by: number; on: number }) {
  const { context } = createPipe();
  Object.assign(context.env, { PORTER_PEOPLE: readPeople(people), GITHUB_WEBHOOK_SECRET: SECRET });
  const installation = { id: (installations += 1), account: { id: facts.on, login: "somebodys" } };
  const sender = { id: facts.by, login: "somebody", type: "User" };
  const raw = JSON.stringify({ action: "created", installation, sender });
  const id = crypto.randomUUID();
  const headers = {
    "x-github-event": "installation",
    "x-github-delivery": id,
    "x-hub-signature-256": await new Webhooks({ secret: SECRET }).sign(raw),
  };
  const request = new Request("https://porter.test/api/webhooks/github", { method: "POST", body: raw, headers });
  const answer = await receiveWebhook(request, context);
  for (const work of answer.work) await reconcile(context, work);
  const lines = await context.db.audit.all({ before: null, limit: 20 });
  return {
    outcome: (await context.db.deliveries.get(id))?.outcome,
    lines: lines.filter(({ object }) => object === `installation/${installation.id}`).map(({ action }) => action),
  };
}

describe("an installation", () => {
  const refused = { outcome: "not_listed", lines: ["installation.refuse", "installation.create"] };
  const taken = { outcome: "installed", lines: ["installation.create"] };

  it("by somebody who may not use this Porter is recorded as such", async () => {
    expect(await installed("user:5=ada", { by: 6, on: 6 })).toEqual(refused);
    expect(await installed("", { by: 6, on: 6 })).toEqual(refused);
  });

  it("by somebody on the list, or on an account on it, is one of Porter's own", async () => {
    expect(await installed("user:5=ada", { by: 5, on: 77 })).toEqual(taken);
    expect(await installed("organization:77=octo-org", { by: 6, on: 77 })).toEqual(taken);
    expect(await installed("everybody", { by: 6, on: 77 })).toEqual(taken);
  });
});
