import { describe, expect, test } from "vitest";
import type { Installation } from "@/server/github/port";
import { isReconnect } from "@/server/identity/user-token";
import { asSignedIn, wholeContext } from "@/server/testing/signed-in";
import {
  githubInstallations,
  githubIssue,
  githubOrgs,
  githubProfile,
  githubSummary,
  searchIssues,
} from "./github-data";
import { githubRepositories, selectRepositories } from "./list";

let lastUser = 7000;
const installation = (id: number, account: string, more: Partial<Installation> = {}): Installation => ({
  id,
  account,
  accountId: id + 1000,
  accountType: "Organization",
  repositorySelection: "all",
  permissions: {},
  suspendedAt: null,
  ...more,
});

/** Ada sees `acme/*` and `ada/*`, both with the App; `acme/hidden` is not hers to see. */
async function aWorld() {
  const { context: shared, fake } = wholeContext();
  const [ada, eve] = [(lastUser += 1), (lastUser += 1)];
  const repository = (id: number, fullName: string, installationId: number | null, readers = [ada]) => ({
    id,
    fullName,
    installationId,
    readers,
    issues: [
      { number: 1, title: "Add French", body: "Bonjour" },
      { number: 2, title: "Fix tests", body: "flaky", state: "closed" as const },
      { number: 3, title: "A pull", body: "", pull: true },
    ],
  });
  fake.web.repositories = [
    repository(1, "acme/widgets", 51),
    repository(2, "acme/gadgets", 51),
    repository(3, "ada/notes", 52),
    repository(4, "acme/hidden", 51, []),
  ];
  fake.people.state.installations?.set(ada, [installation(51, "acme"), installation(52, "ada")]);
  fake.web.orgs.set(ada, [{ id: 9, login: "acme" }]);
  const context = await asSignedIn(shared, fake, { id: ada, login: "ada" });
  return { context, fake, ada, eve, asEve: () => asSignedIn(shared, fake, { id: eve, login: "eve" }) };
}
const names = (list: { fullName: string }[]) => list.map(({ fullName }) => fullName);

describe("repositories", () => {
  test("are what the person and the App both reach, over every installation, each once", async () => {
    const { context, fake } = await aWorld();
    fake.web.perPage = 1;
    const seen: string[] = [];
    let cursor: string | undefined;
    let pages = 0;
    do {
      const page = await githubRepositories(context, { cursor });
      seen.push(...names(page.repositories));
      cursor = page.nextCursor ?? undefined;
      pages += 1;
    } while (cursor !== undefined && pages < 9);
    expect(seen).toEqual(["acme/widgets", "acme/gadgets", "ada/notes"]);
  });

  test("are all selected until some are; the choice is what admission reads, in any case", async () => {
    const { context } = await aWorld();
    expect((await githubRepositories(context, {})).selection).toBe("all");
    const saved = await selectRepositories(context, ["Acme/Widgets", "acme/widgets"]);
    expect(saved).toEqual({ selection: "some", repositories: ["acme/widgets"] });
    const { repositories, selection } = await githubRepositories(context, {});
    expect(selection).toBe("some");
    expect(repositories.map(({ fullName, selected }) => [fullName, selected])).toEqual([
      ["acme/widgets", true],
      ["acme/gadgets", false],
    ]);
    expect((await githubSummary(context)).selectedRepositories).toEqual(["acme/widgets"]);
  });

  test("of a suspended installation are not there", async () => {
    const { context, fake, ada } = await aWorld();
    fake.people.state.installations?.set(ada, [
      installation(51, "acme", { suspendedAt: "2026-01-01T00:00:00Z" }),
      installation(52, "ada"),
    ]);
    expect(names((await githubRepositories(context, {})).repositories)).toEqual(["ada/notes"]);
  });

  test("with a classic OAuth app are the person's own, asked for as the App", async () => {
    const { context, fake } = await aWorld();
    fake.people.state.installations = null;
    fake.state.appInstallations = [installation(51, "acme")];
    const { repositories } = await githubRepositories(context, {});
    expect(repositories.map(({ fullName, installationId, selected }) => [fullName, installationId, selected])).toEqual([
      ["acme/widgets", 51, true],
      ["acme/gadgets", 51, true],
      ["ada/notes", null, false],
    ]);
    const { installations } = await githubInstallations(context, {});
    expect(installations.map(({ account }) => account)).toEqual(["acme"]);
  });

  test("refuse a cursor that is none of Porter's", async () => {
    const { context } = await aWorld();
    for (const cursor of ["x", btoa("[0,null]"), btoa('["a",1]')])
      await expect(githubRepositories(context, { cursor })).rejects.toMatchObject({ field: "cursor" });
  });
});

describe("an answer that is known", () => {
  test("is only confirmed, which GitHub does not count", async () => {
    const { context, fake } = await aWorld();
    const first = await githubRepositories(context, {});
    const second = await githubRepositories(context, {});
    expect(second.repositories).toEqual(first.repositories);
    expect(fake.web.asked.map((line) => line.split(" ").at(-1))).toEqual(["200", "200", "304", "304"]);
    expect(second.rateLimit).toEqual(first.rateLimit);
    expect(first.rateLimit).toMatchObject({ resource: "core", limit: 5000, remaining: 4998, used: 2 });
  });

  test("is asked for anew when it changed", async () => {
    const { context, fake, ada } = await aWorld();
    await githubRepositories(context, {});
    fake.web.repositories.push({ id: 5, fullName: "acme/new", installationId: 51, readers: [ada], issues: [] });
    expect(names((await githubRepositories(context, {})).repositories)).toContain("acme/new");
  });

  test("stands in while GitHub is away or makes the person wait, and says so", async () => {
    const { context, fake } = await aWorld();
    const before = await githubSummary(context);
    for (const mode of ["down", "limited"] as const) {
      fake.web.mode = mode;
      const during = await githubSummary(context);
      expect(during).toEqual({ ...before, stale: true, rateLimit: null });
      await expect(githubIssue(context, { owner: "acme", repo: "widgets", number: 1 })).rejects.toMatchObject({
        code: mode === "down" ? "unavailable" : "rate_limited",
      });
    }
  });

  test("is nobody else's: another person gets what GitHub shows them", async () => {
    const { context, asEve } = await aWorld();
    const eve = await asEve();
    await githubIssue(context, { owner: "acme", repo: "widgets", number: 1 });
    await githubRepositories(context, {});
    expect((await githubRepositories(eve, {})).repositories).toEqual([]);
    await expect(githubIssue(eve, { owner: "acme", repo: "widgets", number: 1 })).rejects.toMatchObject({
      code: "not_found",
    });
  });

  test("is not shown once GitHub no longer shows it", async () => {
    const { context, fake } = await aWorld();
    await githubIssue(context, { owner: "acme", repo: "widgets", number: 1 });
    fake.web.repositories = [];
    await expect(githubIssue(context, { owner: "acme", repo: "widgets", number: 1 })).rejects.toMatchObject({
      code: "not_found",
    });
  });
});

describe("issues", () => {
  test("are found by words, by number, or all open ones; pull requests are none", async () => {
    const { context } = await aWorld();
    const find = async (query?: string) =>
      (await searchIssues(context, { repository: "acme/widgets", query })).issues.map(({ number }) => number);
    expect(await find()).toEqual([1]);
    expect(await find("french")).toEqual([1]);
    expect(await find("#2")).toEqual([2]);
    expect(await find("3")).toEqual([]);
    expect(await find("99")).toEqual([]);
  });

  test("are searched in the named repository and no other, whatever is typed", async () => {
    const { context, fake } = await aWorld();
    await searchIssues(context, { repository: "acme/widgets", query: 'x repo:acme/hidden "org:acme"' });
    const query = decodeURIComponent(fake.web.asked.at(-1)?.replaceAll("+", " ") ?? "");
    expect(query).toContain("repo:acme/widgets is:issue is:open");
    expect(query.match(/repo:/g)).toHaveLength(1);
    expect(query).not.toContain("org:");
  });
});

test("a revoked token is the way to reconnect, on every question", async () => {
  const { context, fake } = await aWorld();
  fake.people.state.access.clear();
  for (const ask of [
    githubProfile,
    githubSummary,
    (c: typeof context) => githubOrgs(c, {}),
    (c: typeof context) => githubRepositories(c, {}),
  ]) {
    const error = await ask(context).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(isReconnect(error)).toBe(true);
  }
});
