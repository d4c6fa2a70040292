import { createGitHubClient } from "@/server/github/github-client";
import type { GitHubReader, Installation } from "@/server/github/port";
import { createGitHubReader } from "@/server/github/reader";
import type { FakePerson, PeopleState } from "./fake-github-people";

type WebIssue = { number: number; title: string; body: string; state?: "open" | "closed"; pull?: boolean };
type WebRepository = {
  id: number;
  fullName: string;
  installationId: number | null;
  /** Ids of the people who see it. */
  readers: number[];
  issues: WebIssue[];
};

/** What a GitHub holds that people look at. `down` breaks every connection; `limited` answers 429. */
export type WebState = {
  repositories: WebRepository[];
  orgs: Map<number, { id: number; login: string }[]>;
  mode: "up" | "down" | "limited";
  perPage: number;
  /** "person path?query status", in order. */
  asked: string[];
};

const notFound = { status: 404, body: { message: "Not Found" } };
const STAMP = "2026-11-20T10:00:00Z";

/** The pages of GitHub's REST API that people's tokens read, with ETags, pages and counts, behind the real reader. */
export function createFakeGitHubWeb(people: PeopleState) {
  const state: WebState = { repositories: [], orgs: new Map(), mode: "up", perPage: 50, asked: [] };
  const used = new Map<number, number>();

  const fetch: typeof globalThis.fetch = async (input, init) => {
    if (state.mode === "down") throw new TypeError("connection reset");
    const url = new URL(input instanceof Request ? input.url : String(input));
    const headers = new Headers(init?.headers);
    const person = people.access.get((headers.get("authorization") ?? "").replace(/^Bearer /, ""));
    if (person === undefined) return json({ message: "Bad credentials" }, 401);
    if (state.mode === "limited") return json({ message: "slow down" }, 429, { "retry-after": "60" });
    const { status, body, link } = { link: undefined, ...answer(person, url) };
    const etag = `W/"${await digest(JSON.stringify(body))}"`;
    const isKnown = status === 200 && headers.get("if-none-match") === etag;
    if (!isKnown) used.set(person.id, (used.get(person.id) ?? 0) + 1);
    const count = used.get(person.id) ?? 0;
    state.asked.push(`${person.login} ${url.pathname}${url.search} ${isKnown ? 304 : status}`);
    const about = {
      "x-ratelimit-limit": "5000",
      "x-ratelimit-remaining": String(5000 - count),
      "x-ratelimit-used": String(count),
      "x-ratelimit-reset": "1795350000",
      "x-ratelimit-resource": url.pathname.startsWith("/search/") ? "search" : "core",
      ...(link === undefined ? {} : { link }),
      ...(status === 200 ? { etag } : {}),
    };
    return isKnown ? new Response(null, { status: 304, headers: about }) : json(body, status, about);
  };

  type Answer = { status: number; body: unknown; link?: string };
  const ok = (body: unknown): Answer => ({ status: 200, body });

  function paged(url: URL, all: unknown[], wrap: (part: unknown[]) => unknown): Answer {
    const page = Number(url.searchParams.get("page") ?? 1);
    const part = all.slice((page - 1) * state.perPage, page * state.perPage);
    const next = new URL(url);
    next.searchParams.set("page", String(page + 1));
    return { ...ok(wrap(part)), ...(all.length > page * state.perPage ? { link: `<${next}>; rel="next"` } : {}) };
  }

  function answer(person: FakePerson, url: URL): Answer {
    const seen = state.repositories.filter(({ readers }) => readers.includes(person.id));
    const held = people.installations === null ? null : (people.installations.get(person.id) ?? []);
    const { pathname } = url;
    if (pathname === "/user") return ok({ id: person.id, login: person.login, name: null, avatar_url: null });
    if (pathname === "/user/orgs") return paged(url, state.orgs.get(person.id) ?? [], (part) => part);
    if (pathname === "/user/repos") return paged(url, seen.map(repository), (part) => part);
    const inInstallation = /^\/user\/installations(?:\/(\d+)\/repositories)?$/.exec(pathname);
    if (inInstallation !== null) {
      if (held === null)
        return {
          status: 403,
          body: { message: "You must authenticate with an access token authorized to a GitHub App" },
        };
      if (inInstallation[1] === undefined)
        return paged(url, held.map(installation), (part) => ({ installations: part }));
      const id = Number(inInstallation[1]);
      const listed = seen.filter((one) => one.installationId === id).map(repository);
      return held.some((one) => one.id === id) ? paged(url, listed, (part) => ({ repositories: part })) : notFound;
    }
    return issueAnswer(seen, url);
  }

  function issueAnswer(seen: WebRepository[], url: URL): Answer {
    const named = (name: string | undefined) => seen.find((one) => one.fullName === name);
    const search = /repo:(\S+) is:issue is:open in:title,body (.*)$/.exec(url.searchParams.get("q") ?? "");
    if (url.pathname === "/search/issues" && search !== null) {
      const words = (search[2] ?? "").toLowerCase();
      const found = (named(search[1])?.issues ?? []).filter((one) =>
        `${one.title} ${one.body}`.toLowerCase().includes(words),
      );
      return ok({ items: found.map(issue) });
    }
    const [, name, number] = /^\/repos\/([^/]+\/[^/]+)\/issues(?:\/(\d+))?$/.exec(url.pathname) ?? [];
    const place = named(name);
    if (place === undefined) return notFound;
    if (number === undefined)
      return paged(url, place.issues.filter(({ state: is }) => is !== "closed").map(issue), (part) => part);
    const one = place.issues.find((candidate) => candidate.number === Number(number));
    return one === undefined ? notFound : ok(issue(one));
  }

  const client = createGitHubClient({ apiUrl: "https://api.github.test", fetch, now: () => new Date() });
  const reader = (token: string): GitHubReader => createGitHubReader(client, token);
  return { state, reader };
}

const repository = ({ id, fullName }: WebRepository) => {
  const [login = "", name = ""] = fullName.split("/");
  return {
    id,
    name,
    owner: { login },
    private: true,
    default_branch: "main",
    description: null,
    html_url: `https://github.test/${fullName}`,
    permissions: { admin: false, maintain: false, push: true },
  };
};
const issue = ({ number, title, body, state = "open", pull }: WebIssue) => ({
  number,
  title,
  body,
  state,
  user: { login: "octocat" },
  labels: [{ name: "bug" }],
  comments: 0,
  html_url: `https://github.test/i/${number}`,
  created_at: STAMP,
  updated_at: STAMP,
  ...(pull ? { pull_request: {} } : {}),
});
const installation = (one: Installation) => ({
  id: one.id,
  account: { login: one.account, id: one.accountId ?? undefined },
  target_type: one.accountType,
  repository_selection: one.repositorySelection,
  permissions: one.permissions,
  suspended_at: one.suspendedAt,
});

const json = (body: unknown, status: number, headers: Record<string, string> = {}) =>
  Response.json(body, { status, headers });

async function digest(text: string): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return Array.from(bytes.slice(0, 8), (byte) => byte.toString(16)).join("");
}
