import type { Installation } from "@/server/github/port";
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

type Asked = { state: WebState; people: PeopleState; person: FakePerson; url: URL };
type Answer = { status: number; body: unknown; link?: string };
const ok = (body: unknown): Answer => ({ status: 200, body });

/** A page of a list, with a link to the next one. */
function paged({ state, url }: Asked, all: unknown[], wrap: (part: unknown[]) => unknown): Answer {
  const page = Number(url.searchParams.get("page") ?? 1);
  const part = all.slice((page - 1) * state.perPage, page * state.perPage);
  const next = new URL(url);
  next.searchParams.set("page", String(page + 1));
  return { ...ok(wrap(part)), ...(all.length > page * state.perPage ? { link: `<${next}>; rel="next"` } : {}) };
}

/** What GitHub answers this person at this address. */
export function answerPage(asked: Asked): Answer {
  const { state, people, person, url } = asked;
  const seen = state.repositories.filter(({ readers }) => readers.includes(person.id));
  const held = people.installations === null ? null : (people.installations.get(person.id) ?? []);
  const { pathname } = url;
  if (pathname === "/user") return ok({ id: person.id, login: person.login, name: null, avatar_url: null });
  if (pathname === "/user/orgs") return paged(asked, state.orgs.get(person.id) ?? [], (part) => part);
  if (pathname === "/user/repos") return paged(asked, seen.map(repository), (part) => part);
  const inInstallation = /^\/user\/installations(?:\/(\d+)\/repositories)?$/.exec(pathname);
  if (inInstallation !== null) {
    if (held === null)
      return {
        status: 403,
        body: { message: "You must authenticate with an access token authorized to a GitHub App" },
      };
    if (inInstallation[1] === undefined)
      return paged(asked, held.map(installation), (part) => ({ installations: part }));
    const id = Number(inInstallation[1]);
    const listed = seen.filter((one) => one.installationId === id).map(repository);
    return held.some((one) => one.id === id) ? paged(asked, listed, (part) => ({ repositories: part })) : notFound;
  }
  return answerIssues(asked, seen);
}

function answerIssues(asked: Asked, seen: WebRepository[]): Answer {
  const { url } = asked;
  const named = (name: string | undefined) => seen.find((one) => one.fullName === name);
  const search = /repo:(\S+) is:issue is:open in:title,body (.*)$/.exec(url.searchParams.get("q") ?? "");
  if (url.pathname === "/search/issues" && search !== null) {
    const words = (search[2] ?? "").toLowerCase();
    const items = (named(search[1])?.issues ?? []).filter((one) =>
      `${one.title} ${one.body}`.toLowerCase().includes(words),
    );
    return ok({ items: items.map(issue) });
  }
  const [, name, number] = /^\/repos\/([^/]+\/[^/]+)\/issues(?:\/(\d+))?$/.exec(url.pathname) ?? [];
  const found = named(name);
  if (found === undefined) return notFound;
  if (number === undefined)
    return paged(asked, found.issues.filter(({ state: is }) => is !== "closed").map(issue), (part) => part);
  const one = found.issues.find((candidate) => candidate.number === Number(number));
  return one === undefined ? notFound : ok(issue(one));
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
