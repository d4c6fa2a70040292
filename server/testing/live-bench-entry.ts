import { env } from "cloudflare:workers";
import { withActor } from "@/server/context";
import { openStores } from "@/server/db/open-stores";
import { actorOfSession } from "@/server/identity/sign-in";
import { createLive, noopLive } from "@/server/live/live";
import { createLogger } from "@/server/log";
import { handleTrpc } from "@/server/trpc/handle-trpc";
import { aSession } from "./live-streams";
import { anAttempt, aTask, NOW } from "./rows";
import { testContext } from "./test-context";

export { LiveHub } from "@/server/live/live-hub";

const counts = { reads: 0, writes: 0 };
/** D1 that counts the statements which are made over it. */
const counted = {
  prepare(sql: string) {
    counts[/^\s*select/i.test(sql) ? "reads" : "writes"] += 1;
    return env.DB.prepare(sql);
  },
  batch: env.DB.batch.bind(env.DB),
} as object as D1Database;

const taskIdOf = (user: number) => `task_${String(user).padStart(20, "0")}`;
const sequences = new Map<number, number>();

/** Main module of bench/live-streams.ts: the real streams, stores and hubs, with people and facts on demand. */
export default {
  async fetch(request: Request, _env: unknown, ctx: ExecutionContext): Promise<Response> {
    const url = new URL(request.url);
    const number = (name: string) => Number(url.searchParams.get(name));
    const log = createLogger(() => {});
    const hubs = createLive({ hubs: env.LIVE_HUB, after: (work) => ctx.waitUntil(work), log });
    const live = url.searchParams.get("hub") === "off" ? noopLive : hubs;
    const context = testContext({ live, log, db: openStores(counted, hubs.changed) });
    switch (url.pathname) {
      case "/people": {
        const users = Array.from({ length: number("count") }, (_, index) => number("from") + index);
        return Response.json(await Promise.all(users.map((user) => aPersonWithTask(context, user))));
      }
      case "/fact":
        return Response.json(await aFact(context, number("user"), url.searchParams.get("step") ?? ""));
      case "/counts": {
        const now = { ...counts };
        Object.assign(counts, { reads: 0, writes: 0 });
        return Response.json(now);
      }
      default: {
        const [id = "", userId = ""] = (request.headers.get("x-session") ?? "").split("|");
        return handleTrpc(request, withActor(context, await actorOfSession(context, { id, userId: Number(userId) })));
      }
    }
  },
};

async function aPersonWithTask(context: ReturnType<typeof testContext>, userId: number): Promise<string> {
  const actor = await aSession(context, userId);
  const id = taskIdOf(userId);
  const event = { kind: "task.created", data: {} };
  await context.db.tasks.create({ task: aTask({ id, userId }), event, now: NOW, moveId: context.ids.uuid() });
  const attempt = anAttempt(id, 1, { userId });
  await context.db.tasks.claimSlot({ id, attempt, moveId: context.ids.uuid(), now: NOW, event });
  return actor.kind === "user" ? `${actor.sessionId}|${userId}` : "";
}

/** What a machine's report writes. */
async function aFact(context: ReturnType<typeof testContext>, userId: number, lastStep: string): Promise<boolean> {
  const seq = (sequences.get(userId) ?? 0) + 1;
  sequences.set(userId, seq);
  return context.db.attempts.progress({
    taskId: taskIdOf(userId),
    attempt: 1,
    seq,
    now: NOW,
    phase: "starting",
    phaseChanged: false,
    progress: 20,
    steps: seq,
    lastStep,
    phaseTimes: "{}",
    spent: null,
    chunk: null,
    moveId: context.ids.uuid(),
  });
}
