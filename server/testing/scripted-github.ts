import { generateKeyPairSync } from "node:crypto";
import { createGitHub } from "@/server/github/github";
import { GitHubError } from "@/server/github/port";
import type { GitHubFailure } from "@/server/github/port";
import { startScriptedServer } from "@/server/testing/scripted-server";
import type { Reply, SeenRequest } from "@/server/testing/scripted-server";

/** As long as installation tokens are since 2026-04, with every character they may have. */
export const INSTALLATION_TOKEN = `ghs_777_fake-${"aZ9-_.".repeat(84)}fin`;
export const NOW = new Date("2026-11-22T09:00:00Z");

const privateKey = generateKeyPairSync("rsa", { modulusLength: 2048 })
  .privateKey.export({ type: "pkcs1", format: "pem" })
  .toString();

type Routes = Record<string, Reply | ((request: SeenRequest) => Reply)>;

/** GitHub for App 777 (`porter-dev`) before a server with these routes ("GET /path", without query); 404 otherwise. */
export async function startGitHub(routes: Routes) {
  const server = await startScriptedServer((request) => {
    const route = routes[`${request.method} ${request.url.split("?")[0]}`];
    if (typeof route === "function") return route(request);
    return route ?? { status: 404, body: { message: "Not Found" } };
  });
  const github = createGitHub({
    apiUrl: server.url,
    appId: 777,
    appSlug: "porter-dev",
    privateKey,
    oauth: { webUrl: server.url, clientId: "fake-client", clientSecret: "fake-client-secret" },
    fetch,
    now: () => NOW,
  });
  return { server, github, repository: github.repository({ id: 1, owner: "alice", name: "demo" }, INSTALLATION_TOKEN) };
}

/** "METHOD path?query" of every request, percent-encoding as it travelled. */
export const callsOf = (seen: SeenRequest[]): string[] => seen.map(({ method, url }) => `${method} ${url}`);

/** The failure that a call must end with. */
export async function githubFailureOf(call: Promise<unknown>): Promise<GitHubFailure> {
  const error: unknown = await call.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof GitHubError)) throw new Error(`not a GitHubError: ${String(error)}`);
  return error.failure;
}
