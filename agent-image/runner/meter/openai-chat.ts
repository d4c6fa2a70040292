import { z } from "zod";
import { any, complaint, inlineUrl, keepOwnTools, mostTokens, nothing, off, type ReadCall } from "./call-parts.ts";

/** OpenAI's chat completions, and what other providers and OpenRouter made of them (`POST /v1/chat/completions`). */

const text = z.object({ type: z.literal("text"), text: z.string(), cache_control: any });
const part = z.discriminatedUnion("type", [
  text,
  z.object({ type: z.literal("refusal"), refusal: z.string() }),
  z.object({ type: z.literal("thinking"), thinking: any, signature: any, closed: any }),
  z.object({
    type: z.literal("image_url"),
    image_url: inlineUrl.or(z.object({ url: inlineUrl, detail: any })),
    cache_control: any,
  }),
  z.object({ type: z.literal("input_audio"), input_audio: z.object({ data: z.string(), format: any }) }),
  z.object({ type: z.literal("file"), file: z.object({ file_data: inlineUrl, filename: any }), cache_control: any }),
]);
const message = z.object({
  role: z.enum(["system", "developer", "user", "assistant", "tool", "function"]),
  content: z.string().or(z.array(part)).nullish(),
  name: any,
  tool_calls: any,
  tool_call_id: any,
  function_call: any,
  refusal: any,
  prefix: any,
  cache_control: any,
  // How providers give thinking back.
  reasoning: any,
  reasoning_content: any,
  reasoning_details: any,
});

const body = z.strictObject({
  model: z.string(),
  messages: z.array(message),
  max_tokens: mostTokens,
  max_completion_tokens: mostTokens,
  stream: any,
  stream_options: any,
  /** More answers than one are billed each. */
  n: z.literal(1).nullish(),
  tools: z.array(z.unknown()).nullish(),
  tool_choice: any,
  parallel_tool_calls: any,
  temperature: any,
  top_p: any,
  top_k: any,
  min_p: any,
  stop: any,
  seed: any,
  random_seed: any,
  presence_penalty: any,
  frequency_penalty: any,
  repetition_penalty: any,
  logit_bias: any,
  logprobs: any,
  top_logprobs: any,
  response_format: any,
  user: any,
  metadata: any,
  verbosity: any,
  reasoning: any,
  reasoning_effort: any,
  reasoning_format: any,
  include_reasoning: any,
  thinking: any,
  prompt_mode: any,
  safe_prompt: any,
  prompt_cache_key: any,
  prompt_cache_retention: any,
  safety_identifier: any,
  usage: any,
  store: any,
  modalities: z.array(z.literal("text")).nullish(),
  service_tier: z.enum(["auto", "default", "flex", "on_demand"]).nullish(),
  background: off,
  web_search_options: nothing,
});

const OWN_TOOL = /^(?:function|custom)$/;

/** `usage`: how this provider is asked to count what it streams. */
export const readChat =
  (provider: { usage: Record<string, unknown> }) =>
  (given: unknown): ReadCall => {
    const read = body.safeParse(given);
    if (!read.success) return { is: "refused", why: complaint(read.error) };
    const { tools, tool_choice: choice, parallel_tool_calls: parallel, store, ...rest } = read.data;
    const { kept, takenOut } = keepOwnTools(tools ?? [], (type) => OWN_TOOL.test(type));
    return {
      is: "call",
      call: {
        model: rest.model,
        takenOut,
        body: {
          ...rest,
          ...(store === undefined ? {} : { store: false }),
          ...(kept.length === 0
            ? {}
            : {
                tools: kept,
                ...choiceOf(choice, kept),
                ...(parallel === undefined ? {} : { parallel_tool_calls: parallel }),
              }),
          ...(rest.stream === true ? provider.usage : {}),
        },
      },
    };
  };

const named = z.looseObject({ type: z.string(), function: z.looseObject({ name: z.string() }) });

/** A choice of a tool that is not there any more would make the provider refuse the call. */
function choiceOf(choice: unknown, kept: Record<string, unknown>[]): { tool_choice?: unknown } {
  if (typeof choice === "string") return { tool_choice: choice };
  const wanted = named.safeParse(choice);
  if (!wanted.success) return {};
  const isThere = kept
    .map((tool) => named.safeParse(tool))
    .some(({ data }) => data?.function.name === wanted.data.function.name);
  return isThere ? { tool_choice: wanted.data } : {};
}
