import { GitHubError, type GitHubOauth, type GitHubUser, type Installation } from "@/server/github/port";
import type { FakeCall } from "./fake-git";

export type FakePerson = { id: number; login: string; scopes?: string[] };

/** What a GitHub remembers of people: live tokens, refresh tokens that work once, installations, gists. */
export type PeopleState = {
  access: Map<string, FakePerson>;
  refresh: Map<string, FakePerson>;
  refreshes: number;
  revokedGrants: FakePerson[];
  /** Null: a classic OAuth app, which is not told. */
  installations: Map<number, Installation[]> | null;
  gists: Map<string, { owner: number; content: string }>;
};

const refusal = (kind: "unauthenticated" | "not_found") =>
  new GitHubError(
    kind === "unauthenticated"
      ? { kind, message: "GitHub answered 401" }
      : { kind: "lost", reason: kind, message: "GitHub answered 404" },
  );

/** People's side of the fake GitHub. `call` counts each call and lets a test disturb it. */
export function createFakePeople(call: FakeCall) {
  const state: PeopleState = {
    access: new Map(),
    refresh: new Map(),
    refreshes: 0,
    revokedGrants: [],
    installations: new Map(),
    gists: new Map(),
  };
  let counter = 0;

  /** A fresh pair of tokens; the person's old ones end, as a refresh ends them. */
  function issue(person: FakePerson) {
    for (const tokens of [state.access, state.refresh])
      for (const [token, holder] of tokens) if (holder.id === person.id) tokens.delete(token);
    counter += 1;
    const [accessToken, refreshToken] = [`fake-access-${person.id}-${counter}`, `fake-refresh-${person.id}-${counter}`];
    state.access.set(accessToken, person);
    state.refresh.set(refreshToken, person);
    return { accessToken, refreshToken };
  }

  const oauth: GitHubOauth = {
    refresh: (token) =>
      call("refresh", () => {
        state.refreshes += 1;
        const person = state.refresh.get(token);
        if (person === undefined) return { outcome: "refused", reason: "bad_refresh_token" };
        const tokens = { ...issue(person), expiresInSeconds: 28_800, refreshExpiresInSeconds: 15_897_600, scope: "" };
        return { outcome: "refreshed", tokens };
      }),
    revokeGrant: (token) =>
      call("revokeGrant", () => {
        const person = state.access.get(token);
        if (person !== undefined) state.revokedGrants.push(person);
        state.access.delete(token);
      }),
  };

  const user = (token: string): GitHubUser => {
    const asPerson = <T>(name: string, run: (person: FakePerson) => T): Promise<T> =>
      call(name, () => {
        const person = state.access.get(token);
        if (person === undefined) throw refusal("unauthenticated");
        return run(person);
      });
    return {
      profile: () => asPerson("profile", ({ id, login }) => ({ id, login, name: null, avatarUrl: null })),
      inspect: () => asPerson("inspect", ({ id, login, scopes }) => ({ id, login, scopes: scopes ?? null })),
      installations: () =>
        asPerson("installations", ({ id }) => state.installations && (state.installations.get(id) ?? [])),
      rateLimit: () =>
        asPerson("rateLimit", () => ({ limit: 5000, remaining: 4990, used: 10, resetAt: "2026-11-22T13:00:00.000Z" })),
      putGist: ({ id, content }) =>
        asPerson("putGist", (person) => {
          if (id !== null && !state.gists.has(id)) return null;
          const gistId = id ?? `gist${(counter += 1)}`;
          state.gists.set(gistId, { owner: person.id, content });
          return { id: gistId, url: `https://gist.github.test/${gistId}` };
        }),
    };
  };
  return { state, oauth, user, issue };
}
