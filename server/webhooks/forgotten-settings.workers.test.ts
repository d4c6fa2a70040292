import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { openDatabase } from "@/server/db/database";
import { tasks } from "@/server/db/schema";
import { sendDelivery, payloadEnvelope, sender } from "@/server/testing/deliveries";
import { createPipe, type Pipe } from "@/server/testing/pipe";
import { aTask } from "@/server/testing/rows";

let counter = 88_000;
const next = (): number => (counter += 1);
type Place = { repository: number; installation: number };
const aPlace = (): Place => ({ repository: next(), installation: next() });
const aTaskIn = ({ repository, installation }: Place) =>
  openDatabase(env.DB)
    .insert(tasks)
    .values(aTask({ status: "failed", repositoryId: repository, installationId: installation }));

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
    await sendDelivery(pipe, "installation", envelopeOf("suspend"));
    expect(await areThere(pipe, [place.repository, named])).toEqual([true, true]);
    appInstallations.length = 0;
    await sendDelivery(pipe, "installation", envelopeOf("deleted"));
    expect(await areThere(pipe, [place.repository, named, since, other])).toEqual([false, false, true, true]);
  });

  it("goes with the repository, and stays while that is only archived or out of reach", async () => {
    const pipe = createPipe();
    const place = aPlace();
    await set(pipe, place.repository);
    await sendDelivery(pipe, "repository", payloadEnvelope(place, "archived"));
    await sendDelivery(pipe, "installation_repositories", {
      action: "removed",
      installation: { id: place.installation },
      repositories_removed: [{ id: place.repository, name: "widgets" }],
      sender,
    });
    expect(await areThere(pipe, [place.repository])).toEqual([true]);
    await sendDelivery(pipe, "repository", payloadEnvelope(place, "deleted"));
    expect(await areThere(pipe, [place.repository])).toEqual([false]);
  });
});
