import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import type { Actor } from "@/server/context";
import type { NewTask } from "@/server/db/task-store";
import { API_EXPECTATIONS } from "@/server/testing/api-expectations";
import { apiContext } from "@/server/testing/api-world";
import { anAttempt, aTask, NOW, putAttempt } from "@/server/testing/rows";
import { testContext, userActor } from "@/server/testing/test-context";
import { handleRest } from "./handle-rest";
import { findRoute, REST_ROUTES } from "./routes";

const nobody: Actor = { kind: "anonymous" };
const owner = userActor(1, "octocat");
const other = userActor(2, "mallory");
const ORIGIN = { origin: "https://porter.test" };

async function given(overrides: Partial<NewTask> = {}): Promise<string> {
  const context = testContext();
  const task = aTask(overrides);
  await context.db.tasks.create({
    now: NOW,
    moveId: crypto.randomUUID(),
    event: { kind: "task.created", data: {} },
    task,
  });
  return task.id;
}
const failed = {
  status: "failed",
  phase: "done",
  progress: 100,
  failureCode: "agent_failed",
  completedAt: NOW,
} as const;

async function ask(
  actor: Actor,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = ORIGIN,
) {
  const sent =
    body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { "content-type": "application/json", ...headers } };
  const context = await apiContext(actor);
  const response = await handleRest(new Request(`https://porter.test${path}`, { method, headers, ...sent }), context);
  return { status: response.status, headers: response.headers, json: JSON.parse(await response.text()), context };
}
const PARAMETERS: Record<string, string> = {
  provider: "openai",
  owner: "acme",
  repo: "widgets",
  name: "widgets",
  number: "7",
};
const pathOf = (path: string, id: string) =>
  `/api${path.replaceAll(/\{(\w+)\}/g, (_, name: string) => (name === "id" ? id : (PARAMETERS[name] ?? "unknown")))}`;

describe("every REST path", () => {
  test("has its line among the expectations", () => {
    for (const route of REST_ROUTES) expect(API_EXPECTATIONS, route.procedure).toHaveProperty([route.procedure]);
  });

  test.each(REST_ROUTES)("$method $path answers nobody, another user and the owner as listed", async (route) => {
    const expected = API_EXPECTATIONS[route.procedure];
    if (expected === undefined) throw new Error("no expectation");
    for (const [actor, status] of [
      [nobody, expected.nobody],
      [other, expected.other],
      [owner, expected.owner],
    ] as const) {
      const id = await given(failed);
      const input = expected.input(id);
      const isRead = route.method === "GET";
      const query = isRead ? `?${new URLSearchParams(input as Record<string, string>)}` : "";
      const answer = await ask(actor, route.method, pathOf(route.path, id) + query, isRead ? undefined : input);
      expect(answer.status, JSON.stringify(answer.json)).toBe(status);
      expect(answer.headers.get("cache-control")).toContain("no-store");
      if (status >= 400)
        expect(Object.keys(answer.json.error)).toEqual(expect.arrayContaining(["code", "message", "requestId"]));
    }
  });

  test.each(REST_ROUTES.filter(({ path }) => path.includes("{id}")))(
    "$method $path tells another user's task from no task by nothing",
    async ({ method, path }) => {
      const hidden = await ask(other, method, pathOf(path, await given(failed)));
      const absent = await ask(other, method, pathOf(path, "task_aaaaaaaaaaaaaaaaaaaa"));
      const malformed = await ask(other, method, pathOf(path, "x' OR 1=1"));
      for (const answer of [hidden, absent, malformed]) {
        const { requestId: _random, ...rest } = answer.json.error;
        expect([answer.status, rest]).toEqual([404, { code: "not_found", message: "There is no such task." }]);
      }
    },
  );

  test.each(REST_ROUTES.filter(({ method }) => method !== "GET"))(
    "$method $path refuses another site",
    async ({ method, path }) => {
      for (const headers of [{ origin: "https://evil.example" }, { "sec-fetch-site": "cross-site" }, {}] as Record<
        string,
        string
      >[]) {
        expect((await ask(owner, method, pathOf(path, "task_x"), {}, headers)).status).toBe(403);
      }
    },
  );
});

test("the paths that clients were promised all have their route", () => {
  const spec = [
    "GET /api/tasks",
    "GET /api/tasks/history",
    "GET /api/tasks/task_1/status",
    "POST /api/tasks/task_1/retry",
    "POST /api/tasks/task_1/stop",
    "GET /api/config",
    "PUT /api/config",
    "GET /api/config/provider-credentials",
    "PUT /api/config/provider-credentials",
    "PUT /api/config/fly",
  ];
  for (const line of spec) {
    const [method = "", path = ""] = line.split(" ");
    expect(findRoute(method, path).kind, line).toBe("found");
  }
});

test("a path with another method says which it takes", async () => {
  const answer = await ask(owner, "DELETE", "/api/config");
  expect(answer.status).toBe(405);
  expect(answer.headers.get("allow")).toBe("GET, PUT");
});

test.each(["/api/nothing", "/api", "/api/tasks/", "/api/tasks/a/b/c", "/other"])("%s is nothing", async (path) => {
  expect((await ask(owner, "GET", path)).json.error.code).toBe("not_found");
});

test.each(["/api//tasks", "/api/%2e%2e/tasks", "/api/tasks/%2fstatus"])(
  "an ambiguous path is refused: %s",
  async (path) => {
    expect((await ask(owner, "GET", path)).status).toBeGreaterThanOrEqual(400);
  },
);

describe("a task", () => {
  test("carries every field that clients were promised, under its name", async () => {
    const id = await given({
      ...failed,
      attempt: 1,
      branch: "porter/x",
      prUrl: "https://github.test/acme/widgets/pull/8",
      startedAt: NOW,
      errorMessage: "exit 1",
    });
    const figures = { callbackAttempts: 1, callbackMaxAttempts: 5, callbackLastHttpCode: 200 };
    await putAttempt(env.DB, anAttempt(id, 1, figures));
    const { json } = await ask(owner, "GET", `/api/tasks/${id}/status`);
    const spec =
      "id status repoOwner repoName issueNumber issueTitle issueBody agent priority progress createdBy branch prUrl callbackAttempts callbackMaxAttempts callbackLastHttpCode createdAt startedAt completedAt errorMessage";
    for (const field of spec.split(" ")) expect(json, field).toHaveProperty(field);
    expect(json.explanation).toEqual({
      sentence: "The agent ended with an error.",
      fix: { kind: "command", command: "@porter retry" },
    });
    expect(json.issueUrl).toBe("https://github.test/acme/widgets/issues/7");
    expect(json).not.toHaveProperty("prompt");
    expect(json).not.toHaveProperty("leaseOwner");
  });

  test("shows after a retry nothing of the run before", async () => {
    const id = await given({ ...failed, attempt: 1, branch: "porter/x", startedAt: NOW });
    const figures = { callbackAttempts: 3, callbackMaxAttempts: 5, callbackLastHttpCode: 503 };
    const outcome = { ...figures, steps: 9, summary: "Half of it", costUsd: 1, additions: 3, logTail: "exit 1" };
    await putAttempt(env.DB, anAttempt(id, 1, { ...outcome, headSha: "c0ffee", savedBranch: "porter/x-wip" }));
    const before = await ask(owner, "GET", `/api/tasks/${id}/status`);
    expect(before.json).toMatchObject({ ...outcome, wipBranch: "porter/x-wip" });
    const { json } = await ask(owner, "POST", `/api/tasks/${id}/retry`);
    expect(json.task).toMatchObject({ status: "queued", steps: 0 });
    for (const field of [...Object.keys(outcome), "wipBranch", "branchUrl", "failureCode", "completedAt", "startedAt"])
      if (field !== "steps") expect(json.task, field).not.toHaveProperty(field);
  });

  test("stops and retries, each idempotent, and a success is never retried", async () => {
    const id = await given();
    const stopped = await ask(owner, "POST", `/api/tasks/${id}/stop`);
    expect(stopped.json.task).toMatchObject({ status: "failed", failureCode: "stopped_by_user", stoppedBy: "octocat" });
    const again = await ask(owner, "POST", `/api/tasks/${id}/stop`);
    expect(again.status).toBe(200);
    expect(again.json.task.version).toBe(stopped.json.task.version);
    const retried = await ask(owner, "POST", `/api/tasks/${id}/retry`);
    expect(retried.json.task.status).toBe("queued");
    expect((await ask(owner, "POST", `/api/tasks/${id}/retry`)).status).toBe(200);
    const success = await given({ status: "success", phase: "done", progress: 100 });
    expect(await ask(owner, "POST", `/api/tasks/${success}/retry`)).toMatchObject({
      status: 409,
      json: { error: { code: "conflict" } },
    });
  });
});

describe("a list", () => {
  const lister = userActor(77, "lister");
  const ids: string[] = [];
  beforeAll(async () => {
    // Two of them at the same instant: the cursor must not lose or repeat one.
    for (const minute of [1, 2, 2, 3, 4]) {
      const createdAt = `2026-11-22T10:0${minute}:00.000Z`;
      ids.unshift(await given({ userId: 77, createdAt, ...(minute === 4 ? {} : failed) }));
    }
  });

  test("pages through every task once, newest first", async () => {
    const seen: string[] = [];
    let cursor: string | null = "";
    for (let page = 0; cursor !== null && page < 9; page++) {
      const query: string = cursor === "" ? "?limit=2" : `?limit=2&cursor=${cursor}`;
      const { json } = await ask(lister, "GET", `/api/tasks${query}`);
      seen.push(...(json.tasks as { id: string }[]).map(({ id }) => id));
      cursor = json.nextCursor;
    }
    expect(seen.toSorted()).toEqual(ids.toSorted());
    expect([seen[0], seen[4]]).toEqual([ids[0], ids[4]]);
  });

  test("filters by status, comma separated or repeated; history is what has ended", async () => {
    const only = (path: string) => ask(lister, "GET", path).then(({ json }) => json.tasks.length);
    expect(await only("/api/tasks?status=queued")).toBe(1);
    expect(await only("/api/tasks?status=queued,failed")).toBe(5);
    expect(await only("/api/tasks?status=queued&status=failed")).toBe(5);
    expect(await only("/api/tasks/history")).toBe(4);
  });

  test.each(["limit=0", "limit=101", "limit=x", "status=odd", "cursor=%00", "cursor=e30"])(
    "refuses ?%s with its field",
    async (query) => {
      const { status, json } = await ask(lister, "GET", `/api/tasks?${query}`);
      expect(status).toBe(400);
      if (query !== "cursor=%00") expect(json.error.field).toContain(query.split("=")[0]);
    },
  );
});

describe("a body", () => {
  test("that is written is what is read, secrets as status", async () => {
    const actor = userActor(501);
    const body = { anthropic: { ANTHROPIC_API_KEY: "sk-ant-canary-fake-0001" } };
    const saved = await ask(actor, "PUT", "/api/config/provider-credentials", body);
    expect(saved.json.anthropic.ANTHROPIC_API_KEY).toMatchObject({
      configured: true,
      lastFour: "0001",
    });
    const fly = await ask(actor, "PUT", "/api/config/fly", {
      flyToken: "FlyV1 fm2_canary-fake-0002",
      flyAppName: "porter-prod",
    });
    expect(fly.json).toMatchObject({
      flyToken: "",
      flyAppName: "porter-prod",
      flyTokenStatus: { configured: true, lastFour: "0002" },
    });
    const read = await ask(actor, "GET", "/api/config");
    expect((await ask(actor, "PUT", "/api/config", read.json)).json).toEqual({
      ...read.json,
      revision: read.json.revision + 1,
    });
    expect(JSON.stringify([saved.json, fly.json, read.json])).not.toContain("canary");
  });

  test("is not coerced: null is no number, a string is no switch", async () => {
    const actor = userActor(502);
    // A list call before it: trpc-to-openapi's handler would turn coercion on by then.
    await ask(actor, "GET", "/api/tasks?limit=2");
    expect((await ask(actor, "PUT", "/api/config", { settings: { maxRetries: null } })).json.error.field).toBe(
      "settings.maxRetries",
    );
    expect((await ask(actor, "PUT", "/api/config", { agents: { amp: { enabled: "false" } } })).json.error.field).toBe(
      "agents.amp.enabled",
    );
  });

  test.each<[string, BodyInit, string, number]>([
    ["no JSON", "{", "application/json", 400],
    ["a list", "[]", "application/json", 400],
    ["a form", "flyToken=x", "application/x-www-form-urlencoded", 400],
    ["broken UTF-8", new Uint8Array([0x7b, 0xff, 0x7d]), "application/json", 400],
    ["201 KB", `{"x":"${"y".repeat(201_000)}"}`, "application/json", 413],
  ])("that is %s is refused in the one shape", async (_name, body, type, status) => {
    const context = testContext({ actor: owner });
    const request = new Request("https://porter.test/api/config", {
      method: "PUT",
      body,
      headers: { ...ORIGIN, "content-type": type },
    });
    const response = await handleRest(request, context);
    expect(response.status).toBe(status);
    expect(await response.json()).toHaveProperty("error.requestId");
  });

  test("cannot name another task than the path does", async () => {
    const [mine, theirs] = [await given(), await given({ userId: 2 })];
    const { json } = await ask(owner, "POST", `/api/tasks/${mine}/stop`, { id: theirs });
    expect(json.task.id).toBe(mine);
  });
});

test("an unexpected failure shows an id and nothing else; the log has the rest under it", async () => {
  const context = testContext({ actor: owner });
  const broken = {
    ...context,
    db: {
      ...context.db,
      settings: { ...context.db.settings, get: () => Promise.reject(new Error("D1 canary detail")) },
    },
  };
  const response = await handleRest(new Request("https://porter.test/api/config"), broken);
  const { error } = await response.json<{ error: { code: string; message: string; requestId: string } }>();
  expect(response.status).toBe(500);
  expect(JSON.stringify(error)).not.toContain("canary");
  expect(context.lines.join("\n")).toContain(error.requestId);
  expect(context.lines.join("\n")).toContain("D1 canary detail");
});
