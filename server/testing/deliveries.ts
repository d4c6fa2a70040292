import { Webhooks } from "@octokit/webhooks";
import { reconcile } from "@/server/reconcile/reconcile";
import { receiveWebhook } from "@/server/webhooks/handle";
import type { Pipe } from "./pipe";

const SECRET = "fake-webhook-secret-of-the-tests";

/** A delivery signed as GitHub signs it, and what it left to do done. Answers its outcome. */
export async function sendDelivery(pipe: Pipe, event: string, payload: object, id: string = crypto.randomUUID()) {
  const raw = JSON.stringify(payload);
  const headers = {
    "x-github-event": event,
    "x-github-delivery": id,
    "x-hub-signature-256": await new Webhooks({ secret: SECRET }).sign(raw),
  };
  const request = new Request("https://porter.test/api/webhooks/github", { method: "POST", body: raw, headers });
  const context = { ...pipe.context, env: { ...pipe.context.env, GITHUB_WEBHOOK_SECRET: SECRET } };
  const answer = await receiveWebhook(request, context);
  for (const work of answer.work) await reconcile(pipe.context, work);
  return answer.body.outcome;
}

export const sender = { id: 1, login: "somebody", type: "User" };
/** What every payload about a repository has. */
export const payloadEnvelope = (
  place: { repository: number; installation: number },
  action: string,
  names = { owner: "acme", name: "widgets" },
) => ({
  action,
  installation: { id: place.installation },
  repository: {
    id: place.repository,
    name: names.name,
    owner: { login: names.owner },
    private: true,
    default_branch: "main",
  },
  sender,
});
