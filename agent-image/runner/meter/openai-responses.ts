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

/** OpenAI's responses (`POST /v1/responses`): each call holds its whole conversation, and nothing of it is kept there. */

const part = z.discriminatedUnion("type", [
  z.object({ type: z.literal("input_text"), text: z.string() }),
  z.object({ type: z.literal("output_text"), text: z.string(), annotations: unread, logprobs: unread }),
  z.object({ type: z.literal("refusal"), refusal: z.string() }),
  z.object({ type: z.literal("input_image"), image_url: inlineUrl, detail: unread }),
  z.object({ type: z.literal("input_file"), file_data: z.string(), filename: unread }),
]);
const words = z.string().or(z.array(part));
const message = z.object({
  type: z.literal("message").optional(),
  role: z.enum(["user", "assistant", "system", "developer"]),
  content: words,
  id: unread,
  status: unread,
  phase: unread,
});
const call = { call_id: z.string(), id: unread, status: unread };
const item = z.union([
  message,
  z.object({ type: z.literal("function_call"), name: z.string(), arguments: z.string(), namespace: unread, ...call }),
  z.object({ type: z.literal("function_call_output"), output: words, ...call }),
  z.object({ type: z.literal("custom_tool_call"), name: z.string(), input: z.string(), namespace: unread, ...call }),
  z.object({ type: z.literal("custom_tool_call_output"), output: words, ...call }),
  z.object({ type: z.literal("additional_tools"), tools: z.array(z.unknown()), id: unread, role: unread }),
  z.object({ type: z.literal("local_shell_call"), action: unread, ...call }),
  z.object({ type: z.literal("local_shell_call_output"), output: z.string(), id: unread, status: unread }),
  z.object({
    type: z.literal("reasoning"),
    id: unread,
    summary: unread,
    content: unread,
    encrypted_content: unread,
    status: unread,
  }),
]);

const body = z.strictObject({
  model: z.string(),
  input: z.string().or(z.array(item)),
  instructions: unread,
  max_output_tokens: mostTokens,
  stream: unread,
  stream_options: unread,
  tools: z.array(z.unknown()).nullish(),
  tool_choice: unread,
  parallel_tool_calls: unread,
  max_tool_calls: unread,
  temperature: unread,
  top_p: unread,
  top_logprobs: unread,
  reasoning: unread,
  text: unread,
  include: z.array(z.enum(["reasoning.encrypted_content", "message.output_text.logprobs"])).nullish(),
  metadata: unread,
  client_metadata: unread,
  user: unread,
  truncation: unread,
  prompt_cache_key: unread,
  prompt_cache_retention: unread,
  safety_identifier: unread,
  service_tier: z.enum(["auto", "default", "flex"]).nullish(),
  store: unread,
  background: off,
  previous_response_id: nothing,
  conversation: nothing,
  prompt: nothing,
});

const OWN_TOOL = /^(?:function|custom|local_shell)$/;
const space = z.looseObject({ type: z.literal("namespace"), tools: z.array(z.unknown()) });
const named = z.looseObject({ type: z.string(), name: z.string() });

export function readResponses(given: unknown): ReadCall {
  const read = body.safeParse(given);
  if (!read.success) return { is: "refused", why: schemaComplaint(read.error) };
  const { tools, tool_choice: choice, parallel_tool_calls: parallel, ...rest } = read.data;
  const { kept, takenOut } = ownTools(tools ?? []);
  const wanted = named.safeParse(choice).data;
  const isThere = typeof choice === "string" || kept.some(({ name }) => wanted !== undefined && name === wanted.name);
  return {
    is: "call",
    call: {
      model: rest.model,
      takenOut,
      body: {
        ...rest,
        ...(typeof rest.input === "string" ? {} : { input: rest.input.map((one) => withOwnTools(one, takenOut)) }),
        // What is kept there could be asked for later, by whoever knows its number.
        store: false,
        ...(kept.length === 0
          ? {}
          : {
              tools: kept,
              ...(isThere ? { tool_choice: choice } : {}),
              ...(parallel === undefined ? {} : { parallel_tool_calls: parallel }),
            }),
      },
    },
  };
}

/** Those that the agent itself runs, also in their namespaces. */
function ownTools(tools: unknown[]): ReturnType<typeof keepOwnTools> {
  const found: ReturnType<typeof keepOwnTools> = { kept: [], takenOut: [] };
  for (const tool of tools) {
    const { data } = space.safeParse(tool);
    const { kept, takenOut } = keepOwnTools(data?.tools ?? [tool], (type) => OWN_TOOL.test(type));
    found.kept.push(...(data === undefined ? kept : [{ ...data, tools: kept }]));
    found.takenOut.push(...takenOut);
  }
  return found;
}

/** Newer models are told of their tools in the conversation. */
function withOwnTools(one: z.infer<typeof item>, takenOut: string[]): z.infer<typeof item> {
  if (one.type !== "additional_tools") return one;
  const own = ownTools(one.tools);
  takenOut.push(...own.takenOut);
  return { ...one, tools: own.kept };
}
