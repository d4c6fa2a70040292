import { describe, expect, it } from "vitest";
import { handleAuth } from "@/server/auth/handle-auth";
import { CALLBACK_KINDS, receiveCallback } from "@/server/callbacks/handle";
import type { AppContext } from "@/server/context";
import { answerOrProblem } from "@/server/http-errors";
import { createLogger } from "@/server/log";
import { handleRest } from "@/server/rest/handle-rest";
import { OTHER_ENDPOINTS } from "@/server/rest/other-endpoints";
import { REST_ROUTES } from "@/server/rest/routes";
import { notConfiguredResponse, startupCheck } from "./startup-check";
import { callbackTokenOf } from "@/server/tasks/attempt/attempt-plan";
import { API_EXPECTATIONS } from "@/server/testing/api-expectations";
import { apiContext } from "@/server/testing/api-world";
import { testEnv, userActor, VARIABLES } from "@/server/testing/test-context";
import { handleTrpc } from "@/server/trpc/handle-trpc";
import { PROCEDURES } from "@/server/trpc/router";
import { receiveWebhook } from "@/server/webhooks/handle";

// Whatever fails inside: the id that the answer tells is in the log with the reason, and the reason is in no answer.

const CANARY = "inner-failure-canary";
const TASK = "task_00000000000000000001";
const ORIGIN = "https://porter.test";
const headers = { origin: ORIGIN, "content-type": "application/json" };

/** Everything that is asked fails. */
const broken = <T extends object>(message: string): T => {
  const fail = () => Promise.reject(new Error(message));
  const store = new Proxy(fail, { get: () => store, apply: fail });
  return store as object as T;
};

async function aBrokenPorter(message = CANARY): Promise<{ context: AppContext; lines: string[] }> {
  const whole = await apiContext(userActor(1, "octocat"));
  const lines: string[] = [];
  const context: AppContext = {
    ...whole,
    log: createLogger((line) => lines.push(line)),
    env: testEnv({ GITHUB_WEBHOOK_SECRET: "fake-webhook-secret-of-the-tests", OPERATOR_TOKEN: "o".repeat(40) }),
    actor: userActor(1, "octocat"),
    db: broken(message),
    logs: broken(message),
    changeFiles: broken(message),
    github: broken(message),
    machines: broken(message),
    flyApps: broken(message),
    keyChecks: broken(message),
  };
  return { context, lines };
}

type Told = { status: number; text: string };
const told = async (answer: Response): Promise<Told> => ({ status: answer.status, text: await answer.text() });

/** Answers whether it failed at all. */
function expectTold({ status, text }: Told, lines: string[], what: string): boolean {
  expect(text, what).not.toContain(CANARY);
  if (status < 500) return false;
  const ids = [...text.matchAll(/"requestId":"([^"]+)"/g)].map(([, id]) => id ?? "");
  expect(ids, what).not.toEqual([]);
  for (const id of ids) {
    const line = lines.find((one) => one.includes(id));
    expect(line, `${what}: ${id} is in the log`).toContain(CANARY);
  }
  return true;
}

describe("a failure inside", () => {
  it.each(REST_ROUTES)(
    "of $method $path is in the log under the id that is told",
    async ({ method, path, procedure }) => {
      const { context, lines } = await aBrokenPorter();
      const input = API_EXPECTATIONS[procedure]?.input(TASK) ?? {};
      const url = `${ORIGIN}/api${path.replace(/\{(\w+)\}/g, (_, name: string) => (name === "provider" ? "anthropic" : TASK))}`;
      const body = method === "GET" ? {} : { body: JSON.stringify(input) };
      const answer = await told(await handleRest(new Request(url, { method, headers, ...body }), context));
      expectTold(answer, lines, path);
    },
  );

  it("of most of these is one, so that the row above says something", async () => {
    const reads = REST_ROUTES.filter(({ method, path }) => method === "GET" && !path.includes("{"));
    const failed = await Promise.all(
      reads.map(async ({ path }) => {
        const { context, lines } = await aBrokenPorter();
        return expectTold(
          await told(await handleRest(new Request(`${ORIGIN}/api${path}`, { headers }), context)),
          lines,
          path,
        );
      }),
    );
    expect(failed.filter(Boolean).length).toBeGreaterThan(reads.length / 2);
  });

  it.each(PROCEDURES.filter(({ type }) => type !== "subscription"))(
    "of tRPC's $name is in the log under the id that is told",
    async ({ name, type }) => {
      const { context, lines } = await aBrokenPorter();
      const input = JSON.stringify(API_EXPECTATIONS[name]?.input(TASK) ?? {});
      const request =
        type === "query"
          ? new Request(`${ORIGIN}/api/trpc/${name}?input=${encodeURIComponent(input)}`, { headers })
          : new Request(`${ORIGIN}/api/trpc/${name}`, { method: "POST", headers, body: input });
      expectTold(await told(await handleTrpc(request, context)), lines, name);
    },
  );

  const files = OTHER_ENDPOINTS.filter(({ tag, path }) => tag === "tasks" && path.includes("."));
  it.each([...files.map(({ path }) => path), "/tasks/{id}/log/blocks/0"])("of the file %s too", async (path) => {
    for (const query of ["", "?attempt=1"]) {
      const { context, lines } = await aBrokenPorter();
      const url = `${ORIGIN}/api${path.replace("{id}", TASK)}${query}`;
      expect(expectTold(await told(await handleRest(new Request(url, { headers }), context)), lines, path)).toBe(true);
    }
    const { context } = await aBrokenPorter();
    const wrong = `${ORIGIN}/api${path.replace("{id}", TASK)}?attempt=x`;
    expect((await handleRest(new Request(wrong, { headers }), context)).status).toBe(400);
  });

  it.each([
    "github",
    "github/callback?code=x&state=y",
    "github/installed?installation_id=1",
    "logout",
    "session",
    "csrf",
    "signout",
  ])("of /api/auth/%s too", async (path) => {
    const { context, lines } = await aBrokenPorter();
    const cookie = "__Host-porter.session=x";
    const method = path === "logout" ? "POST" : "GET";
    const request = new Request(`${ORIGIN}/api/auth/${path}`, { method, headers: { ...headers, cookie } });
    const outside = { fetch: () => Promise.reject(new Error(CANARY)) };
    expectTold(await told(await handleAuth(request, context, outside)), lines, path);
  });

  it.each(CALLBACK_KINDS)("of the callback %s too", async (kind) => {
    const { context, lines } = await aBrokenPorter();
    const token = callbackTokenOf("x".repeat(43), { taskId: TASK, attempt: 1 });
    const query = `?task=${TASK}&attempt=1&set=1&kind=content&number=1&sha256=${"0".repeat(64)}`;
    const body = { taskId: TASK, attempt: 1, protocol: 1, nonce: "n".repeat(43) };
    const request = new Request(`${ORIGIN}/api/callbacks/${kind}${kind === "part" ? query : ""}`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    });
    const { status, body: said } = await receiveCallback(kind, request, context);
    expect(expectTold({ status, text: JSON.stringify(said) }, lines, kind)).toBe(true);
  });

  it("of D1 that is away is a 503 with its id in the log, at every door", async () => {
    const { context, lines } = await aBrokenPorter(`Network connection lost (${CANARY})`);
    const rest = await handleRest(new Request(`${ORIGIN}/api/tasks`, { headers }), context);
    const trpc = await handleTrpc(new Request(`${ORIGIN}/api/trpc/config.get`, { headers }), context);
    for (const answer of [rest, trpc]) {
      expect(answer.status).toBe(503);
      expectTold(await told(answer), lines, answer.url);
    }
    expect(rest.headers.get("retry-after")).not.toBeNull();
  });

  it("of the webhook too, which asks for the delivery again", async () => {
    const { context, lines } = await aBrokenPorter();
    const { Webhooks } = await import("@octokit/webhooks");
    const signature = await new Webhooks({ secret: "fake-webhook-secret-of-the-tests" }).sign("{}");
    const request = new Request(`${ORIGIN}/api/webhooks/github`, {
      method: "POST",
      body: "{}",
      headers: { "x-hub-signature-256": signature, "x-github-event": "ping" },
    });
    const { status, body } = await receiveWebhook(request, context);
    expect(status).toBe(503);
    expect(expectTold({ status, text: JSON.stringify(body) }, lines, "webhook")).toBe(true);
  });

  it("of whatever stands in front of the doors too", async () => {
    const { context, lines } = await aBrokenPorter();
    const answer = await answerOrProblem({ log: context.log, where: { path: "/" } }, () =>
      Promise.reject(new Error(CANARY)),
    );
    expect(answer.status).toBe(500);
    expect(expectTold(await told(answer), lines, "answered")).toBe(true);
  });

  it("of the start-up check names its part, and a Porter without its variables says which", async () => {
    const { context, lines } = await aBrokenPorter();
    const check = await startupCheck(new Request(`${ORIGIN}/api/startup/check`), VARIABLES, () => context);
    expect([check.status, await check.text()]).toEqual([503, expect.not.stringContaining(CANARY)]);
    expect(lines.join("\n")).toContain("startup_check.failed");
    const answer = notConfiguredResponse([{ name: "AUTH_SECRET", message: "is missing" }]);
    expect(await answer.json()).toMatchObject({ error: { code: "unavailable", requestId: expect.any(String) } });
  });
});
