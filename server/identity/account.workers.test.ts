import { linkTo, reconnectFix } from "@/lib/fix";
import { expect, test } from "vitest";
import { withActor } from "@/server/context";
import type { Installation } from "@/server/github/port";
import { createFakeGitHub } from "@/server/testing/fake-github";
import { createClock } from "@/server/testing/clock";
import { testContext } from "@/server/testing/test-context";
import { diagnoseConnection, rateLimit } from "./diagnostics";
import { confirmInstallation } from "@/server/repositories/confirm-installation";
import { endOtherSessions, endSession, listSessions } from "./sessions";
import { actorOfSession, signIn } from "./sign-in";

let people = 300;
const all = { contents: "write", issues: "write", pull_requests: "write", metadata: "read" };
const installation = (id: number, overrides: Partial<Installation> = {}): Installation => ({
  id,
  account: "ada",
  accountId: null,
  accountType: "User",
  repositorySelection: "all",
  permissions: all,
  suspendedAt: null,
  ...overrides,
});

/** One person of their own for each test, signed in as a GitHub App's or a classic OAuth app's user. */
async function world(input: { scopes?: string[]; browsers?: (string | null)[] } = {}) {
  const clock = createClock();
  const fake = createFakeGitHub();
  const context = testContext({ github: fake.github, clock });
  const person = { id: (people += 1), login: "ada", ...(input.scopes === undefined ? {} : { scopes: input.scopes }) };
  const tokens = fake.people.issue(person);
  const sessions: string[] = [];
  for (const userAgent of input.browsers ?? ["Firefox"]) {
    const { sessionId } = await signIn(context, {
      user: { id: person.id, login: person.login },
      tokens: { access_token: tokens.accessToken },
      userAgent,
    });
    sessions.push(sessionId);
    clock.advance(1000);
  }
  const as = (sessionId = sessions[0] ?? "") =>
    withActor(context, { kind: "user", userId: person.id, login: person.login, sessionId });
  return { clock, context, person, sessions, as, state: fake.people.state, github: fake.state };
}

test("sessions are listed with what is known of them, the present one marked; ended and expired ones are not", async () => {
  const { as, sessions, clock, context, person } = await world({ browsers: ["Firefox", null, "curl"] });
  const listed = await listSessions(as(sessions[1]));
  expect(listed.map(({ userAgent, current }) => [userAgent, current])).toEqual([
    ["curl", false],
    [null, true],
    ["Firefox", false],
  ]);
  expect(await endSession(as(sessions[1]), sessions[0] ?? "")).toBe(true);
  expect(await actorOfSession(context, { id: sessions[0] ?? "", userId: person.id })).toEqual({ kind: "anonymous" });
  expect(await listSessions(as(sessions[1]))).toHaveLength(2);
  clock.advance(31 * 24 * 3_600_000);
  expect(await listSessions(as(sessions[1]))).toEqual([]);
});

test("another's session, an unknown and an ended one cannot be ended, and are told apart by nothing", async () => {
  const mine = await world();
  const other = await world();
  expect(await endSession(mine.as(), other.sessions[0] ?? "")).toBe(false);
  expect(await endSession(mine.as(), "unknown")).toBe(false);
  expect(await endSession(mine.as(), mine.sessions[0] ?? "")).toBe(true);
  expect(await endSession(mine.as(), mine.sessions[0] ?? "")).toBe(false);
  expect(await listSessions(other.as())).toHaveLength(1);
});

test("ending all others leaves this one, and everybody else's", async () => {
  const { as, sessions } = await world({ browsers: ["a", "b", "c"] });
  const other = await world();
  expect(await endOtherSessions(as(sessions[2]))).toBe(2);
  expect((await listSessions(as(sessions[2]))).map(({ id }) => id)).toEqual([sessions[2]]);
  expect(await listSessions(other.as())).toHaveLength(1);
});

test("a session notes that it was seen at most once a minute", async () => {
  const { as, sessions, clock, context, person } = await world();
  const seen = async () => {
    await actorOfSession(context, { id: sessions[0] ?? "", userId: person.id });
    return (await listSessions(as()))[0]?.lastSeenAt;
  };
  const first = await seen();
  clock.advance(50_000);
  expect(await seen()).toBe(first);
  clock.advance(15_000);
  expect(await seen()).toBe(clock.now().toISOString());
});

test("diagnostics: all right for an App's user with a complete installation", async () => {
  const { as, state, person } = await world();
  state.installations?.set(person.id, [installation(7)]);
  const found = await diagnoseConnection(as());
  expect(found).toMatchObject({ ok: true, token: { state: "live", kind: "app", scopes: null } });
  expect(found.installations[0]).toMatchObject({
    id: 7,
    permissions: { missing: {} },
    manageUrl: "https://github.test/settings/installations/7",
  });
});

test("diagnostics name each missing permission, a suspended installation, and a missing one, each with its fix", async () => {
  const { as, state, person } = await world();
  const org = { account: "acme", accountType: "Organization" };
  state.installations?.set(person.id, [
    installation(7, { ...org, permissions: { metadata: "read", issues: "read", contents: "write" } }),
    installation(8, { suspendedAt: "2026-11-01T00:00:00Z" }),
  ]);
  const { ok, checks } = await diagnoseConnection(as());
  expect(ok).toBe(false);
  expect(checks.filter((check) => !check.ok)).toEqual([
    {
      name: "installation acme",
      ok: false,
      message: "acme has not granted issues: write, pull_requests: write.",
      fix: linkTo("put it right", "https://github.test/organizations/acme/settings/installations/7"),
    },
    {
      name: "installation ada",
      ok: false,
      message: "The App is suspended on ada.",
      fix: linkTo("put it right", "https://github.test/settings/installations/8"),
    },
  ]);
  state.installations?.clear();
  expect((await diagnoseConnection(as())).checks.find((check) => !check.ok)).toMatchObject({
    name: "installation",
    fix: linkTo("install the App", "https://github.test/apps/porter-test/installations/new"),
  });
});

test("diagnostics of a revoked token are an answer, not an error: reconnect", async () => {
  const { as, state } = await world();
  state.access.clear();
  const found = await diagnoseConnection(as());
  expect(found).toMatchObject({ ok: false, token: { state: "reconnect" } });
  expect(found.checks).toEqual([expect.objectContaining({ name: "token", fix: reconnectFix() })]);
  expect(await rateLimit(as())).toEqual({ user: null, fix: reconnectFix(), installations: [] });
});

test("a classic OAuth app's scopes are named, and its installation is looked up as the App", async () => {
  const { as, state, github } = await world({ scopes: ["repo"] });
  state.installations = null;
  github.appInstallations.push(installation(9));
  expect(await diagnoseConnection(as())).toMatchObject({
    ok: false,
    token: { kind: "classic", scopes: { granted: ["repo"], missing: ["read:user"] } },
    installations: [{ id: 9 }],
  });
});

test("the rate limit is the user's own, with the installations that were told to wait", async () => {
  const { as, state, person, context } = await world();
  state.installations?.set(person.id, [installation(person.id)]);
  const sealed = await context.sealer.seal("fake", {
    table: "installation_tokens",
    row: "1",
    user: "app",
    field: "token",
  });
  await context.db.installations.put({ installationId: person.id, ...sealed, expiresAt: "2026-11-22T13:00:00.000Z" });
  await context.db.installations.limit(person.id, "2026-11-22T12:30:00.000Z");
  expect(await rateLimit(as())).toEqual({
    user: { limit: 5000, remaining: 4990, used: 10, resetAt: "2026-11-22T13:00:00.000Z" },
    fix: null,
    installations: [{ id: person.id, account: "ada", limitedUntil: "2026-11-22T12:30:00.000Z" }],
  });
});

test("a post-install URL is believed only for an installation that the person reaches", async () => {
  const { as, state, person } = await world();
  state.installations?.set(person.id, [installation(7)]);
  expect(await confirmInstallation(as(), 7)).toBe("confirmed");
  expect(await confirmInstallation(as(), 8)).toBe("foreign");
  state.access.clear();
  expect(await confirmInstallation(as(), 7)).toBe("reconnect");
});

test("with a classic OAuth app the App is asked: one's own account, or one whose repositories one may write", async () => {
  const { as, state, person, github } = await world({ scopes: ["read:user"] });
  state.installations = null;
  github.appInstallations.push(
    installation(7, { accountId: person.id }),
    installation(8, { account: "acme", accountId: 1, accountType: "Organization" }),
  );
  expect(await confirmInstallation(as(), 7)).toBe("confirmed");
  expect(await confirmInstallation(as(), 8)).toBe("foreign");
  github.permissions.set("ada", "write");
  // Somebody else's numeric id under this login is not this person.
  github.userIds.set("ada", 1);
  expect(await confirmInstallation(as(), 8)).toBe("foreign");
  github.userIds.set("ada", person.id);
  expect(await confirmInstallation(as(), 8)).toBe("confirmed");
  expect(await confirmInstallation(as(), 999)).toBe("foreign");
});
