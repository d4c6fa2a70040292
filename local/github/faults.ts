import { z } from "zod";
import type { HttpAnswer } from "./exchange.ts";

/**
 * One fault to inject.
 * - `match`: `method` exact, `path` a regular expression over the path with its query as the client sent it
 *   (git paths included), `body` a regular expression over the request's text. All that are given must match.
 * - `status`, `headers`, `body`: the answer. Without `status` the request is only delayed.
 * - `reset: true`: the connection is cut instead of answered.
 * - `when: "after"`: the request is carried out first, then its answer is lost: GitHub did it, the client cannot know.
 * - `times`: how many requests it hits, default 1. `delayMs`: waits before anything else.
 */
export const faultSchema = z.strictObject({
  match: z
    .strictObject({ method: z.string().optional(), path: z.string().optional(), body: z.string().optional() })
    .default({}),
  status: z.number().int().min(100).max(599).optional(),
  headers: z.record(z.string(), z.string()).default({}),
  body: z.unknown().optional(),
  reset: z.boolean().default(false),
  when: z.enum(["before", "after"]).default("before"),
  times: z.number().int().positive().default(1),
  delayMs: z.number().int().nonnegative().default(0),
});

export type FaultInput = z.input<typeof faultSchema>;
type Fault = z.output<typeof faultSchema>;

/** The faults that still wait for their requests, in the order they were set. */
export class FaultList {
  #faults: Fault[] = [];
  #hits = 0;

  set(faults: FaultInput[]): void {
    this.#faults = z.array(faultSchema).parse(faults);
  }

  add(fault: Fault): void {
    this.#faults.push(fault);
  }

  /** How many requests a fault has hit, and how many faults are left. */
  state(): { hits: number; waiting: number } {
    return { hits: this.#hits, waiting: this.#faults.length };
  }

  /** The fault for this request, counted down; undefined when none matches. */
  take(request: { method: string; url: string; body: Buffer }): Fault | undefined {
    const fault = this.#faults.find(({ match }) => {
      if (match.method !== undefined && match.method !== request.method) return false;
      if (match.path !== undefined && !new RegExp(match.path).test(request.url)) return false;
      return match.body === undefined || new RegExp(match.body).test(request.body.toString("utf8"));
    });
    if (fault === undefined) return undefined;
    fault.times -= 1;
    this.#hits += 1;
    if (fault.times === 0) this.#faults = this.#faults.filter((other) => other !== fault);
    return fault;
  }
}

/** The answer a fault prescribes; undefined when it only delays. */
export function faultAnswer(fault: Fault): HttpAnswer | undefined {
  if (fault.status === undefined) return undefined;
  const isText = typeof fault.body === "string";
  const text = isText ? String(fault.body) : JSON.stringify(fault.body ?? { message: "Server Error" });
  const type = isText ? "text/html; charset=utf-8" : "application/json; charset=utf-8";
  return { status: fault.status, headers: { "content-type": type, ...fault.headers }, body: Buffer.from(text) };
}
