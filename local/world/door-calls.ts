import { createHmac } from "node:crypto";

/** A call of the webhook or of a callback, and what every door that takes it answers. */
export type DoorCall = {
  name: string;
  path: string;
  method?: string;
  headers?: Record<string, string>;
  body?: string | (() => ReadableStream<Uint8Array>);
  /** What its signature is of, and whose secret made it. */
  signed?: { of: string; by: "github" | "somebody" };
  status: number;
  /** What stands in the answer's body; null: it has none. */
  says: Record<string, unknown> | null;
};

const WEBHOOK = "/api/webhooks/github";
const CALLBACKS = ["claim", "progress", "heartbeat", "complete", "part", "changes"];
const LARGEST_DELIVERY = 5 * 1024 * 1024;
/** Of a caller whom nobody knows. */
const LARGEST_CALL = 64 * 1024;

/** No header says how long it is. */
function inPieces(bytes: number): ReadableStream<Uint8Array> {
  let left = bytes;
  return new ReadableStream({
    pull(controller) {
      if (left <= 0) return controller.close();
      controller.enqueue(new Uint8Array(Math.min(left, 16 * 1024)));
      left -= 16 * 1024;
    },
  });
}

const problem = (code: string) => ({ error: { code } });
const ours = (body: string, event: string): Pick<DoorCall, "body" | "headers" | "signed"> => ({
  body,
  headers: { "x-github-event": event, "content-type": "application/json" },
  signed: { of: body, by: "github" },
});

const unauthenticated = { path: WEBHOOK, status: 401, says: problem("unauthenticated") };
const signature = (text: string) => ({ "x-hub-signature-256": text });

/** Nobody who makes one of these costs a question to the database. */
export const REFUSED_DELIVERIES: DoorCall[] = [
  { ...unauthenticated, name: "without a signature", body: "{}" },
  { ...unauthenticated, name: "with an empty one", body: "{}", headers: signature("") },
  { ...unauthenticated, name: "with one of another form", body: "{}", headers: signature("sha1=00") },
  { ...unauthenticated, name: "signed by somebody else", body: "{}", signed: { of: "{}", by: "somebody" } },
  { ...unauthenticated, name: "changed on its way", body: "{ }", signed: { of: "{}", by: "github" } },
  {
    ...unauthenticated,
    name: "of a type that is none, unsigned",
    body: "x",
    headers: { "content-type": "image/png" },
  },
  {
    ...unauthenticated,
    name: "of another App",
    body: "{}",
    headers: { "x-github-hook-installation-target-id": "999999999" },
    signed: { of: "{}", by: "github" },
  },
  {
    name: "that says it is too large",
    path: WEBHOOK,
    body: "x".repeat(LARGEST_DELIVERY + 1),
    signed: { of: "{}", by: "github" },
    status: 413,
    says: problem("too_large"),
  },
  {
    name: "that is too large and does not say so",
    path: WEBHOOK,
    body: () => inPieces(LARGEST_DELIVERY + 1),
    signed: { of: "{}", by: "github" },
    status: 413,
    says: problem("too_large"),
  },
  ...["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"].map((method) => ({
    name: `by ${method}`,
    path: WEBHOOK,
    method,
    status: 405,
    says: method === "HEAD" ? null : problem("bad_request"),
  })),
];

/** Nobody who makes one of these costs a question to the database either. */
export const REFUSED_CALLBACKS: DoorCall[] = [
  ...CALLBACKS.map((kind) => ({
    name: `${kind} without a token`,
    path: `/api/callbacks/${kind}`,
    body: "{}",
    status: 401,
    says: problem("unauthenticated"),
  })),
  ...CALLBACKS.map((kind) => ({
    name: `${kind} by GET`,
    path: `/api/callbacks/${kind}`,
    method: "GET",
    status: 405,
    says: problem("bad_request"),
  })),
  {
    name: "of a kind that is none",
    path: "/api/callbacks/planted",
    body: "{}",
    status: 404,
    says: problem("not_found"),
  },
];

/** Of somebody who may be a machine: looked up, and nobody's. */
export const UNKNOWN_CALLERS: DoorCall[] = ["claim", "progress", "heartbeat", "complete", "changes"].flatMap((kind) => [
  {
    name: `${kind} of nobody, and too large`,
    path: `/api/callbacks/${kind}`,
    headers: { authorization: "Bearer fake-token-of-nobody" },
    body: () => inPieces(LARGEST_CALL + 1),
    status: 413,
    says: problem("too_large"),
  },
  {
    name: `${kind} of nobody, and no JSON`,
    path: `/api/callbacks/${kind}`,
    headers: { authorization: "Bearer fake-token-of-nobody" },
    body: "{",
    status: 400,
    says: problem("bad_request"),
  },
]);

export const GOOD_DELIVERIES: DoorCall[] = [
  { name: "a ping", path: WEBHOOK, ...ours('{"zen":"x"}', "ping"), status: 202, says: { outcome: "pong" } },
  {
    name: "an event that nobody reads",
    path: WEBHOOK,
    ...ours("{}", "star"),
    status: 202,
    says: { outcome: "ignored" },
  },
  { name: "one that is no JSON", path: WEBHOOK, ...ours("{", "issues"), status: 202, says: { outcome: "unreadable" } },
];

export const DOOR_CALLS = [...REFUSED_DELIVERIES, ...REFUSED_CALLBACKS, ...UNKNOWN_CALLERS, ...GOOD_DELIVERIES];

/** The call as a request; `address`: whose it is, where the platform lets that be said. */
export function requestOf(call: DoorCall, to: { url: string; secret: string; address: string; id: string }): Request {
  const { signed, body } = call;
  const secret = signed?.by === "somebody" ? "x".repeat(20) : to.secret;
  const headers = new Headers({ "cf-connecting-ip": to.address, "x-github-delivery": to.id, ...call.headers });
  if (signed !== undefined)
    headers.set("x-hub-signature-256", `sha256=${createHmac("sha256", secret).update(signed.of).digest("hex")}`);
  const sent = typeof body === "function" ? { body: body(), duplex: "half" } : { body: body ?? null };
  return new Request(new URL(call.path, to.url), { method: call.method ?? "POST", headers, ...sent });
}
