import { z } from "zod";

/** Tokens that a provider charges, each in one kind only. `input`: neither from its cache nor put there. */
export type Tokens = {
  input: number;
  cacheRead: number;
  cacheWrite: number;
  /** Put there for an hour. */
  cacheWriteLong: number;
  output: number;
};
export const NO_TOKENS: Tokens = { input: 0, cacheRead: 0, cacheWrite: 0, cacheWriteLong: 0, output: 0 };

/**
 * What an answer has told so far. `usd`: the provider's own figure. `isWhole`: nothing more can come that is charged.
 */
export type ReportedUsage = { tokens: Tokens | null; usd: number | null; hasEnded: boolean; isWhole: boolean };
export const NO_USAGE: ReportedUsage = { tokens: null, usd: null, hasEnded: false, isWhole: false };

/** Takes one JSON text of an answer in: the whole of it, or one event of its stream. Figures are running totals. */
export type ReadCounts = (json: unknown, told: ReportedUsage) => ReportedUsage;

const count = z.number().nonnegative().nullish().catch(null);
const details = <K extends string>(...names: K[]) =>
  z
    .object(Object.fromEntries(names.map((name) => [name, count])) as Record<K, typeof count>)
    .nullish()
    .catch(null);
const present = z.unknown().refine((value) => value != null);

/** Of two reports the one that counts more: what was input before may be in the cache's part now. */
function larger(before: Tokens | null, now: Tokens): Tokens {
  const sum = ({ input, cacheRead, cacheWrite, cacheWriteLong, output }: Tokens) =>
    input + cacheRead + cacheWrite + cacheWriteLong + output;
  return before !== null && sum(before) > sum(now) ? before : now;
}

/** Of reports that each have a part. */
function together(before: Tokens | null, now: Tokens): Tokens {
  const of = (kind: keyof Tokens) => Math.max(before?.[kind] ?? 0, now[kind]);
  return {
    input: of("input"),
    cacheRead: of("cacheRead"),
    cacheWrite: of("cacheWrite"),
    cacheWriteLong: of("cacheWriteLong"),
    output: of("output"),
  };
}

const anthropicUsage = z.object({
  input_tokens: count,
  output_tokens: count,
  cache_read_input_tokens: count,
  cache_creation_input_tokens: count,
  cache_creation: details("ephemeral_1h_input_tokens"),
});
const anthropicAnswer = z.object({
  type: z.string(),
  usage: anthropicUsage.nullish().catch(null),
  message: z
    .object({ usage: anthropicUsage.nullish().catch(null) })
    .nullish()
    .catch(null),
});

/** `message_start` has what came in, `message_delta` what came out; an answer that is no stream has both. */
export const anthropicCounts: ReadCounts = (json, told) => {
  const { data } = anthropicAnswer.safeParse(json);
  const usage = data?.usage ?? data?.message?.usage;
  if (data === undefined || usage == null) return told;
  const long = usage.cache_creation?.ephemeral_1h_input_tokens ?? 0;
  const tokens = together(told.tokens, {
    input: usage.input_tokens ?? 0,
    cacheRead: usage.cache_read_input_tokens ?? 0,
    cacheWrite: Math.max(0, (usage.cache_creation_input_tokens ?? 0) - long),
    cacheWriteLong: long,
    output: usage.output_tokens ?? 0,
  });
  const isLast = (data.type === "message_delta" || data.type === "message") && usage.output_tokens != null;
  const hasInput = data.type === "message" || told.tokens !== null;
  const isWhole = told.isWhole || (isLast && hasInput);
  return { ...told, tokens, hasEnded: isWhole, isWhole };
};

const chatUsage = z.object({
  prompt_tokens: count,
  completion_tokens: count,
  prompt_tokens_details: details("cached_tokens", "cache_write_tokens"),
  completion_tokens_details: details("reasoning_tokens"),
  prompt_cache_hit_tokens: count,
  cost: count,
  cost_details: details("upstream_inference_cost"),
  is_byok: z.boolean().nullish().catch(null),
});
const chatAnswer = z.object({
  choices: z.array(z.object({ finish_reason: z.unknown().optional() })).catch([]),
  usage: chatUsage.nullish().catch(null),
  x_groq: z
    .object({ usage: chatUsage.nullish().catch(null) })
    .nullish()
    .catch(null),
});
type ChatUsage = z.infer<typeof chatUsage>;

const chatReader =
  (more: (usage: ChatUsage) => { output?: number; usd?: number | null }): ReadCounts =>
  (json, told) => {
    const { data } = chatAnswer.safeParse(json);
    if (data === undefined) return told;
    const hasEnded =
      told.hasEnded || data.choices.some(({ finish_reason: reason }) => present.safeParse(reason).success);
    const usage = data.usage ?? data.x_groq?.usage;
    if (usage == null || (usage.prompt_tokens ?? usage.completion_tokens ?? usage.cost) == null)
      return { ...told, hasEnded, isWhole: hasEnded && told.tokens !== null };
    const input = usage.prompt_tokens ?? 0;
    const cached = usage.prompt_cache_hit_tokens ?? usage.prompt_tokens_details?.cached_tokens ?? 0;
    const cacheRead = Math.min(input, cached);
    const cacheWrite = Math.min(input - cacheRead, usage.prompt_tokens_details?.cache_write_tokens ?? 0);
    const { output = 0, usd = null } = more(usage);
    const tokens = larger(told.tokens, {
      ...NO_TOKENS,
      input: input - cacheRead - cacheWrite,
      cacheRead,
      cacheWrite,
      output: (usage.completion_tokens ?? 0) + output,
    });
    return { tokens, usd: usd === null ? told.usd : Math.max(usd, told.usd ?? 0), hasEnded, isWhole: hasEnded };
  };

export const chatCounts = chatReader(() => ({}));
/** xAI counts thinking beside what it counts as output. */
export const xaiCounts = chatReader((usage) => ({ output: usage.completion_tokens_details?.reasoning_tokens ?? 0 }));
/** OpenRouter says what it took; where it calls with a key of the account's own, that provider takes its part as well. */
export const openrouterCounts = chatReader(({ cost, cost_details: parts, is_byok: ownKey }) => ({
  usd: cost == null ? null : cost + (ownKey === true ? (parts?.upstream_inference_cost ?? 0) : 0),
}));

const responseUsage = z.object({
  input_tokens: count,
  output_tokens: count,
  input_tokens_details: details("cached_tokens"),
});
const response = z.object({ status: z.string().catch(""), usage: responseUsage.nullish().catch(null) });
const responsesAnswer = response.extend({ response: response.nullish().catch(null) });
const OVER = ["completed", "incomplete", "failed", "cancelled"];

export const responsesCounts: ReadCounts = (json, told) => {
  const { data } = responsesAnswer.safeParse(json);
  const said = data?.response ?? data;
  if (said?.usage == null) return told;
  const input = said.usage.input_tokens ?? 0;
  const cacheRead = Math.min(input, said.usage.input_tokens_details?.cached_tokens ?? 0);
  const output = said.usage.output_tokens ?? 0;
  const isWhole = told.isWhole || OVER.includes(said.status);
  return {
    ...told,
    tokens: larger(told.tokens, { ...NO_TOKENS, input: input - cacheRead, cacheRead, output }),
    hasEnded: isWhole,
    isWhole,
  };
};

const googleUsage = z.object({
  promptTokenCount: count,
  cachedContentTokenCount: count,
  toolUsePromptTokenCount: count,
  candidatesTokenCount: count,
  thoughtsTokenCount: count,
});
const googleAnswer = z.object({
  candidates: z.array(z.object({ finishReason: z.unknown().optional() })).catch([]),
  promptFeedback: z.object({ blockReason: z.unknown().optional() }).nullish().catch(null),
  usageMetadata: googleUsage.nullish().catch(null),
});

/** Without `alt=sse` a stream is one list of what would be its events. */
export const googleCounts: ReadCounts = (json, told) =>
  Array.isArray(json) ? json.reduce<ReportedUsage>((so, one) => googlePart(one, so), told) : googlePart(json, told);

const googlePart: ReadCounts = (json, told) => {
  const { data } = googleAnswer.safeParse(json);
  if (data === undefined) return told;
  const { candidates, promptFeedback, usageMetadata: usage } = data;
  const ends = [promptFeedback?.blockReason, ...candidates.map(({ finishReason }) => finishReason)];
  const hasEnded = told.hasEnded || ends.some((end) => present.safeParse(end).success);
  if (usage == null) return { ...told, hasEnded, isWhole: hasEnded && told.tokens !== null };
  const input = (usage.promptTokenCount ?? 0) + (usage.toolUsePromptTokenCount ?? 0);
  const cacheRead = Math.min(input, usage.cachedContentTokenCount ?? 0);
  const output = (usage.candidatesTokenCount ?? 0) + (usage.thoughtsTokenCount ?? 0);
  const tokens = larger(told.tokens, { ...NO_TOKENS, input: input - cacheRead, cacheRead, output });
  return { ...told, tokens, hasEnded, isWhole: hasEnded };
};
