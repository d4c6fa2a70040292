import { z } from "zod";
import {
  unread,
  schemaComplaint,
  inlineUrl,
  keepOwnTools,
  mostTokens,
  nothing,
  off,
  type ReadCall,
} from "./call-parts.ts";

/** OpenAI's chat completions, and what other providers and OpenRouter made of them (`POST /v1/chat/completions`). */

const text = z.object({ type: z.literal("text"), text: z.string(), cache_control: unread });
const part = z.discriminatedUnion("type", [
  text,
  z.object({ type: z.literal("refusal"), refusal: z.string() }),
  z.object({ type: z.literal("thinking"), thinking: unread, signature: unread, closed: unread }),
  z.object({
    type: z.literal("image_url"),
    image_url: inlineUrl.or(z.object({ url: inlineUrl, detail: unread })),
    cache_control: unread,
  }),
  z.object({ type: z.literal("input_audio"), input_audio: z.object({ data: z.string(), format: unread }) }),
  z.object({
    type: z.literal("file"),
    file: z.object({ file_data: inlineUrl, filename: unread }),
    cache_control: unread,
  }),
]);
const message = z.object({
  role: z.enum(["system", "developer", "user", "assistant", "tool", "function"]),
  content: z.string().or(z.array(part)).nullish(),
  name: unread,
  tool_calls: unread,
  tool_call_id: unread,
  function_call: unread,
  refusal: unread,
  prefix: unread,
  cache_control: unread,
  // How providers give thinking back.
  reasoning: unread,
  reasoning_content: unread,
  reasoning_details: unread,
});

const body = z.strictObject({
  model: z.string(),
  messages: z.array(message),
  max_tokens: mostTokens,
  max_completion_tokens: mostTokens,
  stream: unread,
  stream_options: unread,
  /** More answers than one are billed each. */
  n: z.literal(1).nullish(),
  tools: z.array(z.unknown()).nullish(),
  tool_choice: unread,
  parallel_tool_calls: unread,
  temperature: unread,
  top_p: unread,
  top_k: unread,
  min_p: unread,
  stop: unread,
  seed: unread,
  random_seed: unread,
  presence_penalty: unread,
  frequency_penalty: unread,
  repetition_penalty: unread,
  logit_bias: unread,
  logprobs: unread,
  top_logprobs: unread,
  response_format: unread,
  user: unread,
  metadata: unread,
  verbosity: unread,
  reasoning: unread,
  reasoning_effort: unread,
  reasoning_format: unread,
  include_reasoning: unread,
  thinking: unread,
  prompt_mode: unread,
  safe_prompt: unread,
  prompt_cache_key: unread,
  prompt_cache_retention: unread,
  safety_identifier: unread,
  usage: unread,
  store: unread,
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
    if (!read.success) return { is: "refused", why: schemaComplaint(read.error) };
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
