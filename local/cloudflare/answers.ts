import type { z } from "zod";
import { type Answer, type Exchange, json, parseJson, Refusal } from "../github/exchange.ts";

/** Cloudflare's envelope around what was asked for. */
export function done(result: unknown): Answer {
  return json(200, { success: true, errors: [], messages: [], result });
}

/** One page that holds everything. */
export function list(result: unknown[]): Answer {
  const result_info = { page: 1, per_page: 100, count: result.length, total_count: result.length, total_pages: 1 };
  return json(200, { success: true, errors: [], messages: [], result, result_info });
}

export function refused(status: number, code: number, message: string): Answer {
  return json(status, { success: false, errors: [{ code, message }], messages: [], result: null });
}

/** The body as `schema` has it; what does not fit is refused as Cloudflare refuses it. */
export function bodyOf<T>({ body }: Exchange, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(parseJson(body));
  if (!parsed.success) throw new Refusal(refused(400, 10026, `invalid request body: ${parsed.error.message}`));
  return parsed.data;
}
