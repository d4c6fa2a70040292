import { createGitHubClient } from "@/server/github/github-client";
import type { GitHubReader } from "@/server/github/port";
import { createGitHubReader } from "@/server/github/reader";
import { answerPage, type WebState } from "./fake-github-pages";
import type { PeopleState } from "./fake-github-people";

/** The pages of GitHub's REST API that people's tokens read, with ETags and counts, behind the real reader. */
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
    const { status, body, link } = { link: undefined, ...answerPage({ state, people, person, url }) };
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

  const client = createGitHubClient({ apiUrl: "https://api.github.test", fetch, now: () => new Date() });
  const reader = (token: string): GitHubReader => createGitHubReader(client, token);
  return { state, reader };
}

const json = (body: unknown, status: number, headers: Record<string, string> = {}) =>
  Response.json(body, { status, headers });

async function digest(text: string): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return Array.from(bytes.slice(0, 8), (byte) => byte.toString(16)).join("");
}
