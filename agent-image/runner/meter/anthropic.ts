import { z } from "zod";
import { unread, schemaComplaint, keepOwnTools, mostTokens, nothing, type ReadCall } from "./call-parts.ts";

/** Anthropic's Messages API, as far as a coding agent uses it (`POST /v1/messages`, `…/count_tokens`). */

const inlineSource = z.discriminatedUnion("type", [
  z.object({ type: z.literal("base64"), media_type: z.string(), data: z.string() }),
  z.object({ type: z.literal("text"), media_type: z.string(), data: z.string() }),
]);
const text = z.object({ type: z.literal("text"), text: z.string(), cache_control: unread, citations: unread });
const image = z.object({ type: z.literal("image"), source: inlineSource, cache_control: unread });
const document = z.object({
  type: z.literal("document"),
  source: inlineSource.or(
    z.object({ type: z.literal("content"), content: z.string().or(z.array(z.union([text, image]))) }),
  ),
  title: unread,
  context: unread,
  citations: unread,
  cache_control: unread,
});
const toolReference = z.object({ type: z.literal("tool_reference"), tool_name: z.string(), cache_control: unread });
const toolResult = z.object({
  type: z.literal("tool_result"),
  tool_use_id: z.string(),
  content: z
    .string()
    .or(z.array(z.discriminatedUnion("type", [text, image, document, toolReference])))
    .nullish(),
  is_error: unread,
  cache_control: unread,
});
/** By their names alone: what they are stands in the call's own list. */
const changedTool = {
  tool: z.object({ type: z.literal("tool_reference"), tool_name: unread, name: unread }),
  cache_control: unread,
};
const block = z.discriminatedUnion("type", [
  text,
  image,
  document,
  toolResult,
  z.object({ type: z.literal("tool_use"), id: z.string(), name: z.string(), input: unread, cache_control: unread }),
  z.object({ type: z.literal("tool_addition"), ...changedTool }),
  z.object({ type: z.literal("tool_removal"), ...changedTool }),
  z.object({ type: z.literal("thinking"), thinking: z.string(), signature: unread }),
  z.object({ type: z.literal("redacted_thinking"), data: z.string() }),
]);
const message = z.object({
  role: z.enum(["user", "assistant", "system"]),
  content: z.string().or(z.array(block)),
  output_config: unread,
});

const thinking = z.looseObject({ type: z.string(), budget_tokens: z.number().int().optional() });
const toolChoice = z.looseObject({ type: z.string(), name: z.string().optional() });

const body = z.strictObject({
  model: z.string(),
  messages: z.array(message),
  max_tokens: mostTokens,
  system: z.string().or(z.array(text)).nullish(),
  stream: unread,
  temperature: unread,
  top_p: unread,
  top_k: unread,
  stop_sequences: unread,
  metadata: unread,
  thinking: thinking.nullish(),
  tools: z.array(z.unknown()).nullish(),
  tool_choice: toolChoice.nullish(),
  cache_control: unread,
  /** Which parts of the conversation are left out. To sum them up would be a call of its own. */
  context_management: z.looseObject({ edits: z.array(z.looseObject({ type: z.string().regex(/^clear_/) })) }).nullish(),
  output_config: unread,
  output_format: unread,
  service_tier: z.enum(["auto", "standard_only"]).nullish(),
  speed: z.literal("standard").nullish(),
  container: nothing,
  mcp_servers: z.array(z.never()).nullish(),
});
type Body = z.infer<typeof body>;

/** Run by the agent, whatever they are called. */
const OWN_TOOL = /^$|^custom$|^(?:bash|text_editor|memory|computer)_\d{8}$/;

export function readAnthropic(given: unknown): ReadCall {
  const read = body.safeParse(given);
  if (!read.success) return { is: "refused", why: schemaComplaint(read.error) };
  const { tools, tool_choice: choice, mcp_servers: _none, ...rest } = read.data;
  const { kept, takenOut } = keepOwnTools(tools ?? [], (type) => OWN_TOOL.test(type));
  const isThere = choice?.name === undefined || kept.some(({ name }) => name === choice.name);
  return {
    is: "call",
    call: {
      model: rest.model,
      takenOut,
      body: {
        ...rest,
        ...(kept.length === 0 ? {} : { tools: kept, ...(choice != null && isThere ? { tool_choice: choice } : {}) }),
      },
    },
  };
}

const LEAST_THINKING = 1024;

/** Thinking must fit into the answer, or the provider refuses the call. */
export function withMostTokens(call: Record<string, unknown>, most: number): Record<string, unknown> {
  const { thinking: thought, ...rest }: Partial<Body> & Record<string, unknown> = call as Partial<Body>;
  const fits = thought?.budget_tokens === undefined || thought.budget_tokens < most;
  if (thought == null || fits) return { ...call, max_tokens: most };
  if (most <= LEAST_THINKING) return { ...rest, max_tokens: most };
  return { ...rest, max_tokens: most, thinking: { ...thought, budget_tokens: most - 1 } };
}
