import { callTRPCProcedure, TRPCError } from "@trpc/server";
import { describe, expect, test } from "vitest";
import type { Actor } from "@/server/context";
import { API_EXPECTATIONS } from "@/server/testing/api-expectations";
import { apiContext } from "@/server/testing/api-world";
import { aTask, NOW } from "@/server/testing/rows";
import { testContext, userActor } from "@/server/testing/test-context";
import { handleTrpc } from "./handle-trpc";
import { appRouter, PROCEDURES } from "./router";

const actors: Record<"nobody" | "other" | "owner", Actor> = {
  nobody: { kind: "anonymous" },
  other: userActor(2, "mallory"),
  owner: userActor(1, "octocat"),
};

async function failedTask(): Promise<string> {
  const task = aTask({ status: "failed", phase: "done", failureCode: "agent_failed", completedAt: NOW });
  await testContext().db.tasks.create({
    now: NOW,
    moveId: crypto.randomUUID(),
    event: { kind: "task.created", data: {} },
    task,
  });
  return task.id;
}

const STATUS: Record<string, number> = {
  BAD_REQUEST: 400,
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
};

describe("every procedure", () => {
  test("has one line among the expectations, and every line its procedure", () => {
    expect(Object.keys(API_EXPECTATIONS).toSorted()).toEqual(PROCEDURES.map(({ name }) => name).toSorted());
  });

  test.each(PROCEDURES)(
    "$name answers nobody, another user and the owner as listed",
    async ({ name: path, type, meta }) => {
      const expected = API_EXPECTATIONS[path];
      if (expected === undefined) throw new Error("no expectation");
      for (const who of ["nobody", "other", "owner"] as const) {
        const input = expected.input(await failedTask());
        const call = callTRPCProcedure({
          router: appRouter,
          path,
          type,
          ctx: { app: await apiContext(actors[who]), requestId: "r" },
          getRawInput: () => Promise.resolve(input),
          signal: undefined,
          batchIndex: 0,
        });
        const status = await call.then(
          () => meta.status ?? 200,
          (error: unknown) => (error instanceof TRPCError ? STATUS[error.code] : 500),
        );
        expect(status, `${path} as ${who}`).toBe(expected[who]);
      }
    },
  );
});

describe("over HTTP", () => {
  const ask = (path: string, init: RequestInit = {}, actor: Actor = actors.owner) =>
    handleTrpc(new Request(`https://porter.test/api/trpc/${path}`, init), testContext({ actor }));

  test("a query answers its data, never to be cached", async () => {
    const answer = await ask("config.get");
    expect(answer.headers.get("cache-control")).toBe("private, no-store");
    expect(await answer.json()).toMatchObject({ result: { data: { flyToken: "" } } });
  });

  test("an error carries the one problem shape and no stack", async () => {
    const answer = await ask("config.get", {}, actors.nobody);
    const body = await answer.json<{ error: { data: { problem: object } } }>();
    expect(answer.status).toBe(401);
    expect(body.error.data.problem).toMatchObject({ code: "unauthenticated", requestId: expect.any(String) });
    expect(JSON.stringify(body)).not.toContain("stack");
  });

  test("a wrong input names its field", async () => {
    const answer = await ask("config.update", {
      method: "POST",
      headers: { origin: "https://porter.test", "content-type": "application/json" },
      body: JSON.stringify({ settings: { taskTimeout: 91 } }),
    });
    expect(await answer.json()).toMatchObject({
      error: { data: { problem: { code: "bad_request", field: "settings.taskTimeout" } } },
    });
  });

  test("a mutation is no GET, and another site's POST is refused before it runs", async () => {
    expect((await ask("config.update?input=%7B%7D")).status).toBe(405);
    const foreign = await ask("config.update", {
      method: "POST",
      body: "{}",
      headers: { origin: "https://evil.example", "content-type": "application/json" },
    });
    expect(foreign.status).toBe(403);
    expect(await foreign.json()).toHaveProperty("error.code", "forbidden");
  });

  test("more questions than a page asks at once are refused together, as question and as mutation", async () => {
    const many = Array.from({ length: 1000 }, () => "config.get").join(",");
    expect((await ask(`${many}?batch=1`)).status).toBe(400);
    const page = Array.from({ length: 12 }, () => "config.providers").join(",");
    expect((await ask(`${page}?batch=1`)).status).toBe(200);
    const writes = await ask(`${Array.from({ length: 100 }, () => "config.update").join(",")}?batch=1`, {
      method: "POST",
      headers: { origin: "https://porter.test", "content-type": "application/json" },
      body: "{}",
    });
    expect(writes.status).toBe(400);
  });

  test("an unknown procedure is not found", async () => {
    const answer = await ask("config.everything");
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ error: { data: { problem: { code: "not_found" } } } });
  });
});
