import { env } from "cloudflare:workers";
import { callTRPCProcedure, TRPCError } from "@trpc/server";
import { expect, test } from "vitest";
import { z } from "zod";
import type { AppContext } from "@/server/context";
import { API_EXPECTATIONS } from "@/server/testing/api-expectations";
import { apiContext } from "@/server/testing/api-world";
import { aTask, NOW } from "@/server/testing/rows";
import { testContext, userActor } from "@/server/testing/test-context";
import { appRouter, type ListedProcedure, PROCEDURES } from "./router";

const owner = userActor(1, "octocat");

/** What no form sends: other types, other alphabets, too much, words of the language, of databases and of shells. */
const PICKED: unknown[] = [
  "\0\ud800' OR 1=1 --",
  JSON.parse('{"__proto__":{"isAdmin":true},"constructor":{"prototype":{}},"toString":1}'),
];
const ALL: unknown[] = [
  ...PICKED,
  null,
  1e308,
  "",
  "\0",
  "\ud800",
  "\u202e",
  "x".repeat(150_000),
  "' OR 1=1 --",
  "../../../etc/passwd",
  "%00%2e%2e%2f",
  "$(id)",
  "__proto__",
  "constructor",
  -1,
  Number.MAX_SAFE_INTEGER,
  true,
  [],
  ["__proto__", { a: [] }],
  {},
];
/** All of them in the second ring. */
const HOSTILE = env.TEST_RING === "all" ? ALL : PICKED;

async function failedTask(): Promise<string> {
  const task = aTask({ status: "failed", phase: "done", failureCode: "agent_failed", completedAt: NOW });
  const event = { kind: "task.created", data: {} };
  await testContext().db.tasks.create({ now: NOW, moveId: crypto.randomUUID(), event, task });
  return task.id;
}

/** The code of a failure that is Porter's own fault, with what it says; null: there is none. */
async function faultOf(app: AppContext, { name: path, type }: ListedProcedure, input: unknown) {
  try {
    await callTRPCProcedure({
      router: appRouter,
      path,
      type,
      ctx: { app, requestId: "r" },
      getRawInput: () => Promise.resolve(input),
      signal: undefined,
      batchIndex: 0,
    });
    return null;
  } catch (error) {
    const isOwn = !(error instanceof TRPCError) || error.code === "INTERNAL_SERVER_ERROR";
    return isOwn ? String(error instanceof Error ? (error.cause ?? error) : error).slice(0, 300) : null;
  }
}

// Each of them would end the account that the others ask with.
const ONCE = new Set(["account.delete"]);

test.each(PROCEDURES.filter(({ type, name }) => type !== "subscription" && !ONCE.has(name)))(
  "whatever is put into $name, it is refused or done, and never Porter's own fault",
  async (procedure) => {
    const { name, input } = procedure;
    const app = await apiContext(owner);
    const id = await failedTask();
    const good = API_EXPECTATIONS[name]?.input(id) ?? {};
    const fields = input instanceof z.ZodObject ? Object.keys(input.shape) : [];
    const tried = [...HOSTILE, ...fields.flatMap((field) => HOSTILE.map((value) => ({ ...good, [field]: value })))];
    for (const one of tried) expect(await faultOf(app, procedure, one), JSON.stringify(one)?.slice(0, 200)).toBeNull();
    expect(Reflect.get({}, "isAdmin")).toBeUndefined();
  },
);
