import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import {
  type ClaimAnswer,
  claimAnswerSchema,
  claimRequestSchema,
  type CompleteRequest,
  completeRequestSchema,
  heartbeatRequestSchema,
  type LogRecord,
  progressRequestSchema,
} from "../../lib/agent-protocol.ts";
import { parseJson } from "../../lib/json.ts";
import { SetShelf } from "./set-shelf.ts";

/** Porter's callback endpoints with a memory, strict about the protocol; it also plays GitHub's token revocation. */
export class FakePorter {
  url = "";
  claimToken = "fake-claim-token-0123456789-0123456789";
  answer: ClaimAnswer | null = null;
  /** When the deadline is, counted from the claim; null: as the answer says. */
  deadlineInMs: number | null = null;
  /** From now on progress and heartbeat are answered 410 with this reason. */
  endedReason: string | null = null;
  /** Called before each call is answered. */
  onCall: (path: string) => void = () => undefined;
  /** Called before each answer leaves; true: the connection breaks instead. */
  breaks: (path: string) => boolean = () => false;
  /** The status with which a call is refused; null: it is not. */
  refuses: (path: string) => number | null = () => null;
  /** Every n-th call is answered 503; 0: none. */
  failEvery = 0;
  /** A completion with a summary is answered 400, as by a Porter that does not take it. */
  refuseSummaries = false;

  readonly sets = new SetShelf();
  readonly calls: { path: string; status: number; body: string }[] = [];
  readonly nonces = new Set<string>();
  readonly records: LogRecord[] = [];
  readonly phases: string[] = [];
  readonly completions: CompleteRequest[] = [];
  readonly revoked: string[] = [];
  /** What broke the protocol; empty in a good run. */
  readonly faults: string[] = [];
  #seq = 0;
  #server = createServer((request, response) => {
    this.#handle(request, response).catch((error: unknown) => {
      this.faults.push(String(error));
      response.writeHead(500).end();
    });
  });

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    this.url = `http://127.0.0.1:${address.port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  get heartbeats(): number {
    return this.calls.filter((call) => call.path.endsWith("/heartbeat")).length;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const bytes = Buffer.concat(chunks);
    const path = request.url ?? "";
    const body = bytes.toString(request.headers["content-type"] === "application/octet-stream" ? "latin1" : "utf8");
    const bearer = (request.headers.authorization ?? "").replace(/^Bearer /, "");
    const call = { path, status: 0, body };
    this.calls.push(call);
    this.onCall(path);
    const answer = this.#answer(request.method ?? "", { path, bearer, body, bytes });
    call.status = answer.status;
    if (this.breaks(path)) {
      request.socket.destroy();
      return;
    }
    response.writeHead(answer.status, { "content-type": "application/json" });
    response.end(answer.body === undefined ? undefined : JSON.stringify(answer.body));
  }

  #answer(
    method: string,
    call: { path: string; bearer: string; body: string; bytes: Buffer },
  ): { status: number; body?: unknown } {
    if (method === "DELETE" && call.path === "/github/installation/token") {
      this.revoked.push(call.bearer);
      return { status: 204 };
    }
    const refused = this.refuses(call.path);
    if (refused !== null) return { status: refused, body: {} };
    if (this.failEvery > 0 && this.calls.length % this.failEvery === 0) return { status: 503, body: {} };
    const { pathname, searchParams } = new URL(call.path, this.url);
    const name = pathname.replace("/api/callbacks/", "");
    const expected = name === "claim" ? this.claimToken : this.answer?.callbackToken;
    if (call.bearer !== expected) return { status: 401, body: {} };
    if (name === "part") return this.sets.part(searchParams, call.bytes);
    const body = parseJson(call.body);
    switch (name) {
      case "changes":
        return this.sets.changes(call.body, body);
      case "claim":
        return this.#claim(claimRequestSchema.parse(body).nonce);
      case "progress":
        return this.#progress(progressRequestSchema.parse(body));
      case "heartbeat":
        heartbeatRequestSchema.parse(body);
        return this.endedReason ? this.#ended() : { status: 200, body: { ok: true } };
      case "complete":
        if (this.refuseSummaries && completeRequestSchema.parse(body).summary) return { status: 400, body: {} };
        this.completions.push(completeRequestSchema.parse(body));
        return { status: 200, body: { ok: true } };
      default:
        this.faults.push(`unknown path ${call.path}`);
        return { status: 404, body: {} };
    }
  }

  #claim(nonce: string): { status: number; body: unknown } {
    this.nonces.add(nonce);
    if (this.nonces.size > 1 || this.#seq > 0) return { status: 409, body: {} };
    const answer = claimAnswerSchema.parse(this.answer);
    if (this.deadlineInMs === null) return { status: 200, body: answer };
    const deadlineAt = new Date(Date.now() + this.deadlineInMs).toISOString();
    return { status: 200, body: { ...answer, limits: { ...answer.limits, deadlineAt } } };
  }

  #progress(update: ReturnType<typeof progressRequestSchema.parse>): { status: number; body: unknown } {
    if (this.endedReason) return this.#ended();
    if (update.seq > this.#seq + 1) return { status: 409, body: { expected: this.#seq + 1 } };
    if (update.seq === this.#seq + 1) {
      this.#seq = update.seq;
      this.phases.push(update.phase);
      for (const record of update.records) {
        if (record.n !== this.records.length + 1) this.faults.push(`record ${record.n} is out of order`);
        this.records.push(record);
      }
    }
    return { status: 200, body: { flushAfterMs: 200 } };
  }

  #ended(): { status: number; body: unknown } {
    const reason = this.endedReason;
    return { status: 410, body: { error: { code: "gone", message: "The attempt has ended." }, reason } };
  }
}
