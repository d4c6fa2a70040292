import { parseJson } from "@/lib/json";
import { VARIABLES } from "../test-context";
import type { Counter } from "./counter";

export const PERSON = { id: 4711, login: "alice" };
export const PLACE = { repository: 10, owner: "acme", name: "widgets" };

const HERE = `/repos/${PLACE.owner}/${PLACE.name}`;
const NOW = "2026-11-22T12:00:00Z";
const ACCOUNT = { ...PERSON, type: "User" };

let made = 0;
const issueOf = (number: number) => ({
  number,
  title: "Add a French greeting",
  body: "Please.",
  state: "open",
  user: ACCOUNT,
  html_url: `https://github.test${HERE}/issues/${number}`,
  created_at: NOW,
  updated_at: NOW,
});
const thread = {
  isPrivate: false,
  nameWithOwner: `${PLACE.owner}/${PLACE.name}`,
  issue: { comments: { totalCount: 0, nodes: [] }, parent: null },
};

type Route = [method: string, path: RegExp, answer: (match: RegExpExecArray, text: string) => unknown];
const path = (pattern: string): RegExp => new RegExp(`^${pattern}$`);

/** What GitHub answers about one open issue of one quiet repository; 404 otherwise. */
const GITHUB: Route[] = [
  [
    "POST",
    path("/app/installations/\\d+/access_tokens"),
    () => ({ token: `ghs_fake-installation-token-${(made += 1)}`, expires_at: "2099-01-01T00:00:00Z" }),
  ],
  ["DELETE", path("/installation/token"), () => ({})],
  ["GET", path("/app"), () => ({ id: 1, slug: VARIABLES.GITHUB_APP_SLUG })],
  ["GET", path("/users/[^/]+"), ([whole]) => ({ id: 99, login: decodeURIComponent(whole.slice("/users/".length)) })],
  ["POST", path("/graphql"), (_, text) => ({ data: { repository: text.includes("comments(") ? thread : {} } })],
  [
    "GET",
    path(HERE),
    () => ({ id: 10, name: PLACE.name, owner: { login: PLACE.owner }, private: false, default_branch: "main" }),
  ],
  [
    "GET",
    path(`${HERE}/collaborators/[^/]+/permission`),
    () => ({ permission: "write", role_name: "write", user: ACCOUNT }),
  ],
  ["GET", path(`${HERE}/collaborators`), () => [{ id: PERSON.id, permissions: { push: true } }]],
  ["GET", path(`${HERE}/rules/branches/.+`), () => []],
  ["GET", path(`${HERE}/issues/(\\d+)`), (match) => issueOf(Number(match[1]))],
  ["GET", path(`${HERE}/issues/\\d+/comments`), () => []],
  ["POST", path(`${HERE}/issues/\\d+/comments`), () => ({ id: (made += 1), html_url: "https://github.test/c" })],
  [
    "GET",
    path(`${HERE}/issues/comments/(\\d+)`),
    (match) => ({ id: Number(match[1]), html_url: "https://github.test/c", body: "", user: ACCOUNT }),
  ],
  ["PATCH", path(`${HERE}/issues/comments/\\d+`), () => ({})],
  ["POST", path(`${HERE}/issues/comments/\\d+/reactions`), () => ({})],
  ["GET", path(`${HERE}/issues/\\d+/labels`), () => []],
  ["POST", path(`${HERE}/issues/\\d+/labels`), () => []],
  ["GET", path(`${HERE}/labels/.+`), () => ({})],
];

const FLY: Route[] = [
  [
    "POST",
    path("/v1/apps/[^/]+/machines"),
    (_, text) => ({ ...(parseJson(text) as object), id: `m${(made += 1)}`, state: "created", region: "ord" }),
  ],
  ["GET", path("/v1/apps/[^/]+/machines/([^/]+)"), (match) => ({ id: match[1], state: "started", region: "ord" })],
  ["GET", path("/v1/apps/[^/]+/machines"), () => []],
  ["POST", path("/v1/apps/[^/]+/machines/[^/]+/stop"), () => ({ ok: true })],
  ["DELETE", path("/v1/apps/[^/]+/machines/[^/]+"), () => ({ ok: true })],
];

/** `fetch` before GitHub and Fly, each call counted. `machines`: the bodies by which machines were asked for. */
export function createOutsideHttp(counter: Counter) {
  const machines: unknown[] = [];
  const unanswered: string[] = [];
  const isGitHub = (url: URL) => url.origin === VARIABLES.GITHUB_API_URL;
  const fetchOutside: typeof fetch = async (input, init) => {
    const request = new Request(input, init);
    const text = await request.text();
    const url = new URL(request.url);
    const isCreate = !isGitHub(url) && request.method === "POST" && url.pathname.endsWith("/machines");
    if (isCreate) machines.push(parseJson(text));
    const answer = async (): Promise<Response> => {
      const routes = isGitHub(url) ? GITHUB : FLY;
      for (const [method, pattern, say] of routes) {
        const match = pattern.exec(url.pathname);
        if (method === request.method && match !== null) return Response.json(say(match, text));
      }
      unanswered.push(`${request.method} ${url}`);
      return Response.json({ message: "Not Found" }, { status: 404 });
    };
    return counter.call(isGitHub(url) ? "github" : "fly", answer, isCreate);
  };
  return { fetchOutside, machines, unanswered };
}
