import { StringDecoder } from "node:string_decoder";
import { Transform } from "node:stream";
import { z } from "zod";
import { parseJson } from "../../lib/json.ts";

/** US dollars for a million tokens. */
type Rate = { input: number; output: number };

/**
 * List prices by a word in the model's name, first match wins, rounded up where a family has several: this is a
 * brake, not a bill, and must be hit early rather than late. What a run really cost is the agent's own word.
 */
const RATES: readonly (readonly [RegExp, Rate])[] = [
  [/haiku/i, { input: 1, output: 5 }],
  [/sonnet/i, { input: 3, output: 15 }],
  [/opus/i, { input: 15, output: 75 }],
  [/mini|nano|flash|lite/i, { input: 0.5, output: 4 }],
];
const OTHER_MODELS: Rate = { input: 5, output: 25 };
const MAX_HELD = 1024 * 1024;

const count = z.number().nonnegative().optional().catch(undefined);
const usage = z.object({
  input_tokens: count,
  output_tokens: count,
  cache_read_input_tokens: count,
  cache_creation_input_tokens: count,
  prompt_tokens: count,
  completion_tokens: count,
  promptTokenCount: count,
  candidatesTokenCount: count,
  thoughtsTokenCount: count,
  /** OpenRouter's own figure, in dollars. */
  cost: count,
});
type UsageField = keyof z.infer<typeof usage>;
const name = z.string().optional().catch(undefined);
const part = z.object({ usage: usage.optional().catch(undefined), model: name });
const answer = part.extend({
  message: part.optional().catch(undefined),
  response: part.optional().catch(undefined),
  usageMetadata: usage.optional().catch(undefined),
  modelVersion: name,
});

/** The dollars of one answer of a model, from the token counts that it reports. An estimate on the high side. */
class AnswerCost {
  #model = "";
  #counts: Partial<Record<UsageField, number>> = {};

  /** One JSON text of the answer: the whole of it or one event of its stream. Counts are running totals. */
  observe(json: string): void {
    const parsed = answer.safeParse(parseJson(json));
    if (!parsed.success) return;
    const { message, response, usageMetadata, modelVersion, ...own } = parsed.data;
    this.#model ||= own.model ?? message?.model ?? response?.model ?? modelVersion ?? "";
    for (const counts of [own.usage, message?.usage, response?.usage, usageMetadata]) {
      for (const field of usage.keyof().options) {
        const value = counts?.[field];
        if (value !== undefined) this.#counts[field] = Math.max(value, this.#counts[field] ?? 0);
      }
    }
  }

  get usd(): number {
    const of = (field: UsageField): number => this.#counts[field] ?? 0;
    if (of("cost") > 0) return of("cost");
    const rate = RATES.find(([pattern]) => pattern.test(this.#model))?.[1] ?? OTHER_MODELS;
    const input =
      of("input_tokens") +
      of("prompt_tokens") +
      of("promptTokenCount") +
      of("cache_read_input_tokens") * 0.1 +
      of("cache_creation_input_tokens") * 1.25;
    const output =
      of("output_tokens") + of("completion_tokens") + of("candidatesTokenCount") + of("thoughtsTokenCount");
    return (input * rate.input + output * rate.output) / 1_000_000;
  }
}

/** Status that a provider would have answered with, had its answer not begun yet. */
const STATUS_OF: Record<string, number> = {
  overloaded_error: 529,
  rate_limit_error: 429,
  authentication_error: 401,
  permission_error: 403,
  not_found_error: 404,
  invalid_request_error: 400,
  request_too_large: 413,
};
const streamedError = z.object({ type: z.literal("error"), error: z.looseObject({ type: z.string() }) });

export type AnswerListeners = {
  cost: (usd: number) => void;
  /** An error in the middle of a stream, which has no status of its own any more. */
  error: (body: string, status: number) => void;
};

/** Passes an answer through unchanged and, at its end (also an early one), tells what it cost. */
export function meterAnswer(contentType: string, on: AnswerListeners): Transform {
  const cost = new AnswerCost();
  const decoder = new StringDecoder("utf8");
  const isStream = contentType.includes("event-stream");
  let held = "";
  const take = (text: string): void => {
    held += text;
    if (isStream) {
      const lines = held.split("\n");
      held = lines.pop() ?? "";
      for (const line of lines) {
        if (!line.startsWith("data:")) continue;
        if (line.includes("usage")) cost.observe(line.slice(5));
        if (line.includes('"error"')) {
          const failure = streamedError.safeParse(parseJson(line.slice(5)));
          if (failure.success) on.error(line.slice(5), STATUS_OF[failure.data.error.type] ?? 500);
        }
      }
    }
    if (held.length > MAX_HELD) held = "";
  };
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      take(decoder.write(chunk));
      done(null, chunk);
    },
    flush(done) {
      cost.observe(held.replace(/^data:/, ""));
      done();
    },
    destroy(error, done) {
      on.cost(cost.usd);
      done(error);
    },
  });
}
