import { reconnectFix } from "@/lib/fix";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { GitHubError } from "@/server/github/port";
import { createFakeGitHub } from "@/server/testing/fake-github";
import { createClock } from "@/server/testing/clock";
import { testContext } from "@/server/testing/test-context";
import { signIn } from "./sign-in";
import { checkRequirements } from "@/server/tasks/attempt/requirements";
import { isReconnect, userToken, withUserToken } from "./user-token";

const ada = { id: 101, login: "ada" };

/** A person signed in with an App's expiring tokens, or with a classic OAuth app's. */
async function signedIn(input: { classic?: boolean; before?: (call: string) => void } = {}) {
  const clock = createClock();
  const fake = createFakeGitHub(input.before === undefined ? {} : { before: input.before });
  const context = testContext({ github: fake.github, clock });
  const first = fake.people.issue(ada);
  const connect = async (tokens = first) =>
    signIn(context, {
      user: { id: ada.id, login: ada.login },
      tokens: input.classic
        ? { access_token: tokens.accessToken }
        : {
            access_token: tokens.accessToken,
            expires_in: 28_800,
            refresh_token: tokens.refreshToken,
            refresh_token_expires_in: 15_897_600,
          },
      userAgent: null,
    });
  await connect();
  return { clock, context, people: fake.people, first, connect };
}
const HOUR = 3_600_000;
const refusalOf = (call: Promise<unknown>) =>
  call.then(
    () => null,
    (error: unknown) => error,
  );

test("a classic OAuth app's token is used for ever and never refreshed", async () => {
  const { context, clock, people, first } = await signedIn({ classic: true });
  clock.advance(400 * 24 * HOUR);
  expect(await userToken(context, ada.id)).toBe(first.accessToken);
  expect(people.state.refreshes).toBe(0);
});

test("a token with time left is used as it is; one near its end is renewed before it ends", async () => {
  const { context, clock, people, first } = await signedIn();
  clock.advance(7.9 * HOUR);
  expect(await userToken(context, ada.id)).toBe(first.accessToken);
  clock.advance(0.09 * HOUR);
  const renewed = await userToken(context, ada.id);
  expect(people.state.access.has(renewed)).toBe(true);
  expect(renewed).not.toBe(first.accessToken);
  expect(await userToken(context, ada.id)).toBe(renewed);
  expect(people.state.refreshes).toBe(1);
});

test("ten tabs at once make one refresh, and all get the same live token", async () => {
  const { context, clock, people } = await signedIn();
  clock.advance(9 * HOUR);
  // Each tab is a request of its own: another context over the same rows.
  const tabs = Array.from({ length: 10 }, () => userToken({ ...context }, ada.id));
  const tokens = new Set(await Promise.all(tabs));
  expect(people.state.refreshes).toBe(1);
  expect(tokens.size).toBe(1);
  expect(people.state.access.has([...tokens][0] ?? "")).toBe(true);
  const row = await context.db.accounts.getOauthToken(ada.id, "refresh");
  expect(row).toMatchObject({ refreshOwner: null, refreshUntil: null, revokedAt: null });
});

test("renewing works again and again: each new refresh token is the one that is used next", async () => {
  const { context, clock, people } = await signedIn();
  for (let day = 1; day <= 3; day++) {
    clock.advance(24 * HOUR);
    expect(people.state.access.has(await userToken(context, ada.id))).toBe(true);
    expect(people.state.refreshes).toBe(day);
  }
});

test("a refused refresh marks the tokens revoked and says how to reconnect; GitHub is not asked again", async () => {
  const { context, clock, people } = await signedIn();
  people.state.refresh.clear();
  clock.advance(9 * HOUR);
  for (let tries = 0; tries < 3; tries++) {
    const error = await refusalOf(userToken(context, ada.id));
    expect(isReconnect(error)).toBe(true);
    expect(error).toMatchObject({ code: "forbidden", fix: reconnectFix() });
  }
  expect(people.state.refreshes).toBe(1);
  expect((await context.db.accounts.getOauthToken(ada.id, "access"))?.revokedAt).not.toBeNull();
});

test("a refresh token past its six months is not even sent", async () => {
  const { context, clock, people } = await signedIn();
  clock.advance(200 * 24 * HOUR);
  expect(isReconnect(await refusalOf(userToken(context, ada.id)))).toBe(true);
  expect(people.state.refreshes).toBe(0);
});

test("GitHub's silence is no revocation: the claim is given back and the next call renews", async () => {
  let isDown = true;
  const before = (call: string) => {
    if (call === "refresh" && isDown) throw new GitHubError({ kind: "unavailable", message: "no answer" });
  };
  const { context, clock, people } = await signedIn({ before });
  clock.advance(9 * HOUR);
  expect(await refusalOf(userToken(context, ada.id))).toMatchObject({ code: "unavailable" });
  isDown = false;
  expect(people.state.access.has(await userToken(context, ada.id))).toBe(true);
});

test("a caller that died with its claim stops nobody for longer than the claim", async () => {
  const { context, clock, people } = await signedIn();
  clock.advance(9 * HOUR);
  const now = clock.now();
  await context.db.accounts.claimRefresh({
    userId: ada.id,
    owner: "dead",
    now: now.toISOString(),
    until: new Date(now.getTime() + 25_000).toISOString(),
  });
  const waiting = userToken(context, ada.id);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(people.state.refreshes).toBe(0);
  clock.advance(25_001);
  expect(people.state.access.has(await waiting)).toBe(true);
});

test("signing in while a refresh is under way wins: the refresh saves nothing over it", async () => {
  const { context, clock, people, connect } = await signedIn();
  clock.advance(9 * HOUR);
  const renewing = userToken(
    {
      ...context,
      github: {
        ...context.github,
        oauth: {
          ...context.github.oauth,
          refresh: async (token) => {
            const answer = await context.github.oauth.refresh(token);
            await connect(people.issue(ada));
            return answer;
          },
        },
      },
    },
    ada.id,
  );
  expect(people.state.access.has(await renewing)).toBe(true);
  expect(people.state.access.has(await userToken(context, ada.id))).toBe(true);
});

test("a 401 marks the token revoked, once: reconnecting brings it back", async () => {
  const { context, people, connect } = await signedIn();
  people.state.access.clear();
  const profile = () => withUserToken(context, ada.id, (token) => context.github.user(token).profile());
  expect(isReconnect(await refusalOf(profile()))).toBe(true);
  await connect(people.issue(ada));
  expect(await profile()).toMatchObject({ login: "ada" });
});

test("a 401 for a token that another tab has just replaced is tried again with the new one", async () => {
  const { context, clock, people } = await signedIn();
  let calls = 0;
  const login = await withUserToken(context, ada.id, async (token) => {
    calls += 1;
    if (calls === 1) {
      clock.advance(9 * HOUR);
      await userToken(context, ada.id);
    }
    return (await context.github.user(token).profile()).login;
  });
  expect([login, calls]).toEqual(["ada", 2]);
  expect(people.state.refreshes).toBe(1);
});

test("renewed tokens are sealed like the first: a dump shows none", async () => {
  const { context, clock } = await signedIn();
  clock.advance(9 * HOUR);
  const token = await userToken(context, ada.id);
  const dump = JSON.stringify(await env.DB.prepare("SELECT * FROM user_oauth_tokens").all());
  expect(dump).not.toContain(token);
  expect(dump).not.toContain("fake-refresh");
});

test("a task asks to reconnect when the tokens are revoked, or spent beyond renewal, and not before", async () => {
  const { context, clock, people, connect } = await signedIn();
  const blocked = async () => {
    const found = await checkRequirements(context, { userId: ada.id, agent: "opencode", model: null });
    return found.ok ? null : found.blockedReason;
  };
  clock.advance(100 * 24 * HOUR);
  expect(await blocked()).toBe("missing_credentials");
  clock.advance(100 * 24 * HOUR);
  expect(await blocked()).toBe("reconnect_github");
  await connect(people.issue(ada));
  expect(await blocked()).toBe("missing_credentials");
  people.state.access.clear();
  await refusalOf(withUserToken(context, ada.id, (token) => context.github.user(token).profile()));
  expect(await blocked()).toBe("reconnect_github");
});
