import { env } from "cloudflare:workers";
import { Webhooks } from "@octokit/webhooks";
import { describe, expect, it } from "vitest";
import type { Bindings } from "@/server/composition/compose";
import { openStores } from "@/server/db/open-stores";
import { handleHotPath } from "./hot-paths";
import { consumeBatch } from "./queues";
import { VARIABLES } from "@/server/testing/test-context";

const SECRET = "fake-webhook-secret-of-the-tests";
const stores = openStores(env.DB);
let counter = 91_000;

/** Porter's bindings with a D1 that can be away, and queues that keep what they are sent. */
function bindings() {
  const state = { isAway: false, refusesInbox: false, inbox: [] as unknown[] };
  const DB = new Proxy(env.DB, {
    get(target, property) {
      if (state.isAway) throw new Error("D1_ERROR: Network connection lost.");
      const found: unknown = Reflect.get(target, property);
      return typeof found === "function" ? found.bind(target) : found;
    },
  });
  const inbox = {
    async send(body: unknown) {
      if (state.refusesInbox) throw new Error("Queue send failed");
      state.inbox.push(body);
    },
  } as object as Queue;
  const work = { sendBatch: async () => undefined } as object as Queue;
  const all: Bindings & Record<string, unknown> = {
    ...VARIABLES,
    GITHUB_WEBHOOK_SECRET: SECRET,
    DB,
    LOGS: env.LOGS,
    RECONCILE_QUEUE: work,
    INBOX_QUEUE: inbox,
  };
  return { state, all };
}

/** What became of each message: `ack`, or the seconds until it comes again. */
async function give(all: Bindings, queue: string, bodies: { body: unknown; attempts?: number }[]) {
  const fates: (string | number)[] = [];
  const messages = bodies.map(({ body, attempts = 1 }, index) => ({
    id: String(index),
    timestamp: new Date(),
    body,
    attempts,
    ack: () => void (fates[index] = "ack"),
    retry: (options?: QueueRetryOptions) => void (fates[index] = options?.delaySeconds ?? 0),
  }));
  const batch = { queue, messages } as object as MessageBatch;
  await consumeBatch(batch, all, () => undefined);
  return fates;
}

/** A comment that is no command: nothing asks GitHub for anything. */
async function deliver(all: Bindings, id: string) {
  const raw = JSON.stringify({
    action: "created",
    repository: { id: 1, name: "widgets", owner: { login: "acme" }, private: false, default_branch: "main" },
    sender: { id: 1, login: "somebody", type: "User" },
    issue: { number: 1, title: "T", body: "" },
    comment: { id: (counter += 1), body: "hello", created_at: "2026-11-22T12:00:00Z" },
  });
  const headers = {
    "x-github-event": "issue_comment",
    "x-github-delivery": id,
    "x-hub-signature-256": await new Webhooks({ secret: SECRET }).sign(raw),
  };
  const request = new Request("https://porter.test/api/webhooks/github", { method: "POST", body: raw, headers });
  const answer = await handleHotPath(request, all, () => undefined);
  return { status: answer.status, retryAfter: answer.headers.get("retry-after"), body: await answer.json() };
}

describe("while D1 is away", () => {
  it("a delivery waits in the inbox for hours, and is recorded when D1 is back", async () => {
    const { state, all } = bindings();
    const id = `inbox-${(counter += 1)}`;
    state.isAway = true;
    expect(await deliver(all, id)).toMatchObject({ status: 202, body: { outcome: "queued" } });
    const [body] = state.inbox;
    const waits = [];
    for (const attempts of [1, 2, 5, 6, 99]) waits.push(...(await give(all, "porter-inbox", [{ body, attempts }])));
    expect(waits).toEqual([10, 20, 160, 300, 300]);
    state.isAway = false;
    expect(await give(all, "porter-inbox", [{ body }])).toEqual(["ack"]);
    expect(await stores.deliveries.get(id)).toMatchObject({ outcome: "no_command" });
    expect((await deliver(all, id)).body).toEqual({ duplicate: true });
  });

  it("and the inbox is too, it is not taken: GitHub has it and is asked for it again", async () => {
    const { state, all } = bindings();
    state.isAway = true;
    state.refusesInbox = true;
    expect(await deliver(all, "refused")).toMatchObject({ status: 503, retryAfter: "5" });
    expect(await stores.deliveries.get("refused")).toBeNull();
  });

  it("a machine is told to say it again", async () => {
    const { state, all } = bindings();
    state.isAway = true;
    const ofPart = new URLSearchParams({
      task: `task_${"0".repeat(20)}`,
      attempt: "1",
      set: "1",
      kind: "content",
      number: "1",
      sha256: "0".repeat(64),
    });
    for (const kind of ["claim", "progress", "heartbeat", "complete", "changes", `part?${ofPart}`]) {
      const answer = await handleHotPath(
        new Request(`https://porter.test/api/callbacks/${kind}`, {
          method: "POST",
          headers: { authorization: `Bearer ${"fake".repeat(10)}` },
          body: JSON.stringify({
            protocol: 1,
            taskId: `task_${"0".repeat(20)}`,
            task_id: `task_${"0".repeat(20)}`,
            attempt: 1,
            nonce: "n".repeat(43),
            status: "success",
            seq: 1,
            phase: "working",
            steps: 0,
            lastStep: null,
            records: [],
            set: 1,
            manifest: null,
            tooLarge: { bytes: 1, paths: 1 },
            bundle: [],
            patch: [],
          }),
        }),
        all,
        () => undefined,
      );
      expect([kind, answer.status, answer.headers.get("retry-after")]).toEqual([kind, 503, "5"]);
    }
  });
});

describe("what a queue gave up on", () => {
  it("is written down for operators; a delivery gets a last chance first", async () => {
    const { state, all } = bindings();
    const id = `buried-${(counter += 1)}`;
    state.isAway = true;
    await deliver(all, id);
    const [body] = state.inbox;
    const lost = { kind: "task", id: `lost-${(counter += 1)}` };
    expect(await give(all, "porter-dead", [{ body }, { body: lost, attempts: 3 }])).toEqual([10, 40]);
    state.isAway = false;
    expect(await give(all, "porter-dead", [{ body }, { body: lost }, { body: "no json" }])).toEqual([
      "ack",
      "ack",
      "ack",
    ]);
    expect(await stores.deliveries.get(id)).toMatchObject({ outcome: "no_command" });
    const bodies = (await stores.operations.deadLetters(10)).map((letter) => letter.body);
    expect(bodies).toEqual(['"no json"', JSON.stringify(lost)]);
  });
});

describe("the work queue", () => {
  it("drops what is no work, and has a row come again that nobody could look at", async () => {
    const { state, all } = bindings();
    const ids = ["task", "mention", "delivery"].map((kind) => ({ body: { kind, id: "nothing" } }));
    expect(await give(all, "porter-reconcile", [...ids, { body: { kind: "odd" } }, { body: null }])).toEqual([
      "ack",
      "ack",
      "ack",
      "ack",
      "ack",
    ]);
    state.isAway = true;
    expect(
      await give(all, "porter-reconcile", [...ids.slice(0, 2), { ...ids[2], body: ids[2]?.body, attempts: 4 }]),
    ).toEqual([10, 10, 20]);
  });
});
