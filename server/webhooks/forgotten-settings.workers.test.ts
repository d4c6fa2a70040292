import { env } from "cloudflare:workers";
import { Webhooks } from "@octokit/webhooks";
import { describe, expect, it } from "vitest";
import { openDatabase } from "@/server/db/database";
import { tasks } from "@/server/db/schema";
import { reconcile } from "@/server/reconcile";
import { createPipe, type Pipe } from "@/server/testing/pipe";
import { aTask } from "@/server/testing/rows";
import { receiveWebhook } from "./handle";

const SECRET = "fake-webhook-secret";
let counter = 88_000;
const next = (): number => (counter += 1);
type Place = { repository: number; installation: number };
const aPlace = (): Place => ({ repository: next(), installation: next() });
const aTaskIn = ({ repository, installation }: Place) =>
  openDatabase(env.DB)
    .insert(tasks)
    .values(aTask({ status: "failed", repositoryId: repository, installationId: installation }));

async function deliver(pipe: Pipe, event: string, payload: object, id: string = crypto.randomUUID()) {
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

const sender = { id: 1, login: "somebody", type: "User" };
const envelope = (place: Place, action: string, names = { owner: "acme", name: "widgets" }) => ({
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
describe("what is set for a repository", () => {
  const set = (pipe: Pipe, repositoryId: number, updatedAt = "2026-11-01T00:00:00.000Z") =>
    pipe.context.db.repositorySettings.put({ repositoryId, settings: "{}", updatedBy: null, updatedAt });
  const areThere = async (pipe: Pipe, ids: number[]) =>
    Promise.all(ids.map(async (id) => (await pipe.context.db.repositorySettings.get(id)) !== null));

  it("goes with the App, named by GitHub or known by its tasks, but for what was set since", async () => {
    const pipe = createPipe();
    const place = aPlace();
    await aTaskIn(place);
    const [named, since, other] = [next(), next(), next()];
    for (const id of [place.repository, named, other]) await set(pipe, id);
    await set(pipe, since, "2099-01-01T00:00:00.000Z");
    const envelopeOf = (action: string) => ({
      action,
      installation: { id: place.installation, account: { login: "acme" } },
      repositories: [{ id: named }, { id: since }],
      sender,
    });
    const { appInstallations } = pipe.github.state;
    const suspended = { id: place.installation, suspendedAt: "2026-11-22T12:00:00Z" };
    const rest = { account: "acme", accountId: 1, accountType: "Organization", permissions: {} };
    appInstallations.push({ ...suspended, ...rest, repositorySelection: "all" });
    await deliver(pipe, "installation", envelopeOf("suspend"));
    expect(await areThere(pipe, [place.repository, named])).toEqual([true, true]);
    appInstallations.length = 0;
    await deliver(pipe, "installation", envelopeOf("deleted"));
    expect(await areThere(pipe, [place.repository, named, since, other])).toEqual([false, false, true, true]);
  });

  it("goes with the repository, and stays while that is only archived or out of reach", async () => {
    const pipe = createPipe();
    const place = aPlace();
    await set(pipe, place.repository);
    await deliver(pipe, "repository", envelope(place, "archived"));
    await deliver(pipe, "installation_repositories", {
      action: "removed",
      installation: { id: place.installation },
      repositories_removed: [{ id: place.repository, name: "widgets" }],
      sender,
    });
    expect(await areThere(pipe, [place.repository])).toEqual([true]);
    await deliver(pipe, "repository", envelope(place, "deleted"));
    expect(await areThere(pipe, [place.repository])).toEqual([false]);
  });
});
