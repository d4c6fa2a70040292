import type { z } from "zod";
import { type HttpAnswer, type HttpExchange, jsonAnswer, parseJson, HttpRefusal } from "../github/exchange.ts";

/** Cloudflare's envelope around what was asked for. */
export function resultAnswer(result: unknown): HttpAnswer {
  return jsonAnswer(200, { success: true, errors: [], messages: [], result });
}

/** One page that holds everything. */
export function listAnswer(result: unknown[]): HttpAnswer {
  const result_info = { page: 1, per_page: 100, count: result.length, total_count: result.length, total_pages: 1 };
  return jsonAnswer(200, { success: true, errors: [], messages: [], result, result_info });
}

export function errorAnswer(status: number, code: number, message: string): HttpAnswer {
  return jsonAnswer(status, { success: false, errors: [{ code, message }], messages: [], result: null });
}

/** The body as `schema` has it; what does not fit is refused as Cloudflare refuses it. */
export function bodyOf<T>({ body }: HttpExchange, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(parseJson(body));
  if (!parsed.success) throw new HttpRefusal(errorAnswer(400, 10026, `invalid request body: ${parsed.error.message}`));
  return parsed.data;
}
