import { beforeAll, describe, expect, test } from "vitest";
import { handleAuth } from "@/server/auth/handle-auth";
import { currentActor } from "@/server/auth/session-cookie";
import { receiveCallback } from "@/server/callbacks/handle";
import { type AppContext, withActor } from "@/server/context";
import { handleRest } from "@/server/rest/handle-rest";
import { openApiDocument } from "@/server/rest/openapi";
import { startupCheck } from "./startup-check";
import { openWorld } from "@/server/testing/api-world";
import { BrowserCookies, fakeGitHubOauth } from "@/server/testing/fake-github-oauth";
import { aTask, NOW } from "@/server/testing/rows";
import { SPEC_ENDPOINTS, type SpecEndpoint } from "@/server/testing/spec-endpoints";
import { testEnv, VARIABLES } from "@/server/testing/test-context";
import { receiveWebhook } from "@/server/webhooks/handle";

const PEOPLE = { owner: { id: 8101, login: "grace" }, other: { id: 8102, login: "mallory" } };
const ORIGIN = "https://porter.test";

/** Porter behind its doors: each request finds its edge as in server/entry/worker.ts and app/api, its person by the cookie. */
async function aPorter() {
  const { context, fake } = openWorld(
    { env: testEnv({ GITHUB_WEBHOOK_SECRET: "fake-webhook-secret-of-the-tests" }) },
    PEOPLE.owner,
  );
  const github = fakeGitHubOauth({ client: { id: "fake-client-id", secret: "fake-client-secret" } });
  await context.db.operations.tick("sweep", NOW);

  async function door(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    const edge = (answer: { status: number; body: object }) => Response.json(answer.body, { status: answer.status });
    if (pathname === "/api/webhooks/github") return edge(await receiveWebhook(request, context));
    if (pathname === "/api/callbacks/complete") return edge(await receiveCallback("complete", request, context));
    if (pathname === "/api/startup/check") return startupCheck(request, VARIABLES, () => context);
    if (pathname.startsWith("/api/auth/") && pathname !== "/api/auth/diagnostics")
      return handleAuth(request, context, github);
    return handleRest(request, withActor(context, await currentActor(context, request.headers)));
  }

  async function ask(jar: BrowserCookies, line: string, body?: object): Promise<Response> {
    const [method = "", path = ""] = line.split(" ");
    const headers = new Headers({ origin: ORIGIN, cookie: jar.header });
    if (body !== undefined) headers.set("content-type", "application/json");
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await door(new Request(ORIGIN + path, { method, headers, redirect: "manual", ...sent }));
    jar.keep(response);
    return response;
  }

  async function signedIn(person: { id: number; login: string }): Promise<BrowserCookies> {
    const jar = new BrowserCookies();
    const start = await ask(jar, "GET /api/auth/github");
    const back = new URL(github.authorize(start.headers.get("location") ?? "", person));
    await ask(jar, `GET ${back.pathname}${back.search}`);
    for (const [token, holder] of github.tokens) fake.people.state.access.set(token, holder);
    return jar;
  }
  return {
    context,
    ask,
    jars: { nobody: new BrowserCookies(), owner: await signedIn(PEOPLE.owner), other: await signedIn(PEOPLE.other) },
  };
}

async function failedTask(context: AppContext): Promise<string> {
  const task = aTask({
    userId: PEOPLE.owner.id,
    createdBy: PEOPLE.owner.login,
    completedAt: NOW,
    status: "failed",
    phase: "done",
    failureCode: "agent_failed",
  });
  await context.db.tasks.create({
    now: NOW,
    moveId: crypto.randomUUID(),
    event: { kind: "task.created", data: {} },
    task,
  });
  return task.id;
}

describe("every path of the spec", () => {
  let porter: Awaited<ReturnType<typeof aPorter>>;
  beforeAll(async () => {
    porter = await aPorter();
  });

  test.each(SPEC_ENDPOINTS)("$endpoint answers nobody, the owner and another user as listed", async (line) => {
    for (const who of ["nobody", "owner", "other"] as const) {
      const id = await failedTask(porter.context);
      const named = (text: string) => text.replaceAll("{id}", id);
      const body = line.body === undefined ? undefined : (JSON.parse(named(JSON.stringify(line.body))) as object);
      const response = await porter.ask(porter.jars[who], named(line.endpoint), body);
      const text = await response.text();
      expect(response.status, `${who}: ${text.slice(0, 300)}`).toBe(line[who]);
      if (response.status >= 400) expect(JSON.parse(text)).toEqual({ error: expect.objectContaining(problem) });
    }
  });

  test("is in the OpenAPI document under the same method", () => {
    const { paths } = openApiDocument(ORIGIN);
    for (const { endpoint } of SPEC_ENDPOINTS) {
      const { method, path } = documented(endpoint);
      expect(paths?.[path], endpoint).toHaveProperty(method);
    }
  });
});

const problem = { code: expect.any(String), message: expect.any(String), requestId: expect.any(String) };

/** `GET /api/github/issues/acme/widgets/7` → `/github/issues/{owner}/{repo}/{number}`. */
function documented(endpoint: SpecEndpoint["endpoint"]) {
  const [method = "", url = ""] = endpoint.split(" ");
  const path = url
    .replace(/^\/api/, "")
    .replace(/\?.*$/, "")
    .replace("acme/widgets/7", "{owner}/{repo}/{number}");
  return { method: method.toLowerCase(), path };
}
