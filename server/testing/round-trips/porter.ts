import { env } from "cloudflare:workers";
import { Webhooks } from "@octokit/webhooks";
import { machineFileSchema } from "@/lib/agent-protocol";
import { readJson } from "@/lib/json";
import type { CallbackKind } from "@/server/callbacks/handle";
import type { Bindings } from "@/server/composition/compose";
import { handleHotPath } from "@/server/entry/hot-paths";
import { consumeBatch } from "@/server/entry/queues";
import { z } from "zod";
import { aPerson, createPipe } from "../pipe";
import { VARIABLES } from "../test-context";
import { countedD1, countedQueue, countedR2 } from "./bindings";
import { createCounter } from "./counter";
import { createOutsideHttp, PERSON, PLACE } from "./outside";

const SECRET = "fake-webhook-secret-of-the-tests";
const ORIGIN = "https://porter.test";

/** A key that nobody else has. */
async function aPrivateKey(): Promise<string> {
  const algorithm = {
    name: "RSASSA-PKCS1-v1_5",
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
    hash: "SHA-256",
  };
  const pair = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  if (!("privateKey" in pair)) throw new Error("no pair of keys");
  const bytes = await crypto.subtle.exportKey("pkcs8", pair.privateKey);
  if (!(bytes instanceof ArrayBuffer)) throw new Error("no bytes");
  const text = btoa(String.fromCharCode(...new Uint8Array(bytes)));
  return `-----BEGIN PRIVATE KEY-----\n${text}\n-----END PRIVATE KEY-----`;
}

const createBodySchema = z.object({
  config: z.object({ files: z.array(z.object({ raw_value: z.string() })) }),
});

type Keeping = (more: Promise<unknown>) => void;

/** Does the work, and all that it leaves for afterwards. */
async function after<T>(work: (keep: Keeping) => Promise<T>): Promise<T> {
  const left: Promise<unknown>[] = [];
  const answer = await work((more) => void left.push(more));
  // What was left to do may leave more.
  while (left.length > 0) await Promise.all(left.splice(0));
  return answer;
}

async function withFetch<T>(fetch: typeof globalThis.fetch, work: () => Promise<T>): Promise<T> {
  const before = globalThis.fetch;
  globalThis.fetch = fetch;
  try {
    return await work();
  } finally {
    globalThis.fetch = before;
  }
}

type CommentedIssue = { issue: number; installation: number };

async function deliveredComment(
  body: string,
  { issue, installation, number, secret }: CommentedIssue & { number: number; secret: string },
): Promise<Request> {
  const raw = JSON.stringify({
    action: "created",
    installation: { id: installation },
    repository: {
      id: PLACE.repository,
      name: PLACE.name,
      owner: { login: PLACE.owner },
      private: false,
      default_branch: "main",
    },
    sender: { ...PERSON, type: "User" },
    issue: { number: issue, title: "Add a French greeting", body: "Please.", user: { ...PERSON, type: "User" } },
    comment: { id: number, body, created_at: new Date().toISOString() },
  });
  const headers = {
    "content-type": "application/json",
    "x-github-event": "issue_comment",
    "x-github-delivery": `delivery-${number}`,
    "x-hub-signature-256": await new Webhooks({ secret }).sign(raw),
  };
  return new Request(`${ORIGIN}/api/webhooks/github`, { method: "POST", body: raw, headers });
}

function batchOf(bodies: unknown[]): MessageBatch {
  const messages = bodies.map((body, at) => ({
    id: String(at),
    timestamp: new Date(),
    body,
    attempts: 1,
    ack: () => undefined,
    retry: () => undefined,
  }));
  return { queue: "porter-test-reconcile", messages } as object as MessageBatch;
}

/** Porter's own entry over real D1 and R2 that count, with one person, and GitHub and Fly behind `fetch`. */
export async function createCountedPorter() {
  const counter = createCounter();
  const outside = createOutsideHttp(counter);
  const queue = countedQueue(counter);
  const pipe = createPipe();
  await aPerson(pipe, PERSON);
  const all = {
    ...VARIABLES,
    GITHUB_APP_PRIVATE_KEY: await aPrivateKey(),
    GITHUB_WEBHOOK_SECRET: SECRET,
    DB: countedD1(env.DB, counter),
    LOGS: countedR2(env.LOGS, counter),
    RECONCILE_QUEUE: queue.queue,
    INBOX_QUEUE: queue.queue,
    REFUSED_LIMIT: env.REFUSED_LIMIT,
  };
  let bindings: Bindings & Record<string, unknown> = all;

  const ask = (request: Request): Promise<Response> => after((keep) => handleHotPath(request, bindings, keep));
  let ids = 0;

  return {
    counter,
    unanswered: outside.unanswered,

    /** Cron did what it does each minute. */
    sweepRan: () => pipe.context.db.operations.tick("sweep", new Date().toISOString()),

    /** As when an isolate has just begun. */
    beginAnew(): void {
      bindings = { ...all };
    },

    /** A comment on an issue, as GitHub delivers it. */
    comment: (body: string, at: CommentedIssue, secret = SECRET): Promise<Request> =>
      deliveredComment(body, { ...at, number: (ids += 1), secret }),
    ask,

    /** The machine that Fly was asked for last. */
    machine() {
      const { config } = createBodySchema.parse(outside.machines.at(-1));
      const file = readJson(machineFileSchema, atob(config.files[0]?.raw_value ?? ""));
      const ref = { taskId: file.taskId, attempt: file.attempt };
      return {
        file,
        call: (kind: CallbackKind, token: string, said: Record<string, unknown>) =>
          ask(
            new Request(`${ORIGIN}/api/callbacks/${kind}`, {
              method: "POST",
              headers: { authorization: `Bearer ${token}` },
              body: JSON.stringify({ ...ref, ...said }),
            }),
          ),
      };
    },

    /** What has come due in the queue, handed to its consumer. */
    async deliverDue(): Promise<void> {
      const bodies = queue.take();
      if (bodies.length === 0) return;
      await after((keep) => consumeBatch(batchOf(bodies), bindings, keep));
    },

    listening: <T>(work: () => Promise<T>): Promise<T> => withFetch(outside.fetchOutside, work),
  };
}
export type CountedPorter = Awaited<ReturnType<typeof createCountedPorter>>;
