import { Agent as HttpAgent, request as httpRequest } from "node:http";
import type { IncomingHttpHeaders, OutgoingHttpHeaders, ServerResponse } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { pipeline } from "node:stream";
import { type ProviderRefusal, readRefusal, refusalOf } from "../provider-refusal.ts";
import { meterAnswer } from "./answer-meter.ts";
import { NO_USAGE, type ReadCounts, type ReportedUsage } from "./counts.ts";

const NOT_RETURNED = new Set(
  "connection keep-alive proxy-connection trailer transfer-encoding upgrade set-cookie location proxy-authenticate".split(
    " ",
  ),
);

export type Outgoing = {
  target: URL;
  method: string;
  headers: OutgoingHttpHeaders;
  /** Null: none. */
  body: string | null;
  /** How the answer's cost is read. */
  counts: ReadCounts;
};

/** `free`: it was never asked, or refused. */
export type Cost = { is: "free" } | { is: "told"; told: ReportedUsage };

export type ForwardListeners = {
  /** What the provider said instead of an answer; null: it answers. */
  refusal: (refusal: ProviderRefusal | null) => void;
  /** Nothing of an answer was passed on yet, and none will come. */
  fail: (message: string) => void;
};

/** The connections to providers. */
export class Outbound {
  readonly #agents = { "http:": new HttpAgent({ keepAlive: true }), "https:": new HttpsAgent({ keepAlive: true }) };

  close(): void {
    for (const agent of Object.values(this.#agents)) agent.destroy();
  }

  /** Sends a call and passes its answer on as it comes; resolves when that is over, with what it cost. */
  forward(call: Outgoing, response: ServerResponse, on: ForwardListeners): Promise<Cost> {
    const { target, method } = call;
    const body = call.body === null ? null : Buffer.from(call.body);
    const headers = { ...call.headers, ...(body === null ? {} : { "content-length": body.length }) };
    const upstream =
      target.protocol === "https:"
        ? httpsRequest(target, { method, headers, agent: this.#agents["https:"] })
        : httpRequest(target, { method, headers, agent: this.#agents["http:"] });
    return new Promise((resolve) => {
      // Before it is sent nothing can be charged; afterwards nobody knows.
      let cost: Cost = { is: "free" };
      upstream.on("finish", () => (cost = { is: "told", told: NO_USAGE }));
      upstream.on("response", (answer) => {
        const status = answer.statusCode ?? 502;
        if (status >= 300 && status < 400) {
          answer.destroy();
          on.fail("The model provider answered with a redirect, which Porter does not follow.");
          return resolve({ is: "free" });
        }
        response.writeHead(status, returnedHeaders(answer.headers));
        const said = (text: string, refused = status): void =>
          on.refusal(refusalOf({ status: refused, headers: answer.headers, body: text, now: Date.now() }));
        if (status < 400) on.refusal(null);
        const told = (what: ReportedUsage, isEmpty: boolean): void =>
          resolve(isEmpty ? { is: "free" } : { is: "told", told: what });
        const isPlain = (answer.headers["content-encoding"] ?? "identity") === "identity";
        const counts: ReadCounts = isPlain ? call.counts : (_json, before) => before;
        const reader =
          status < 400
            ? meterAnswer(answer.headers["content-type"] ?? "", counts, { told, error: said })
            : readRefusal((text) => {
                said(text);
                resolve({ is: "free" });
              });
        // An answer that breaks off is passed on as one that breaks off: pipeline destroys both ends.
        pipeline(answer, reader, response, () => {});
      });
      upstream.on("error", () => {
        on.fail("The model provider could not be reached.");
        resolve(cost);
      });
      response.on("close", () => {
        if (!response.writableFinished) upstream.destroy();
      });
      upstream.end(body ?? undefined);
    });
  }
}

const returnedHeaders = (headers: IncomingHttpHeaders): OutgoingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !NOT_RETURNED.has(name)));
