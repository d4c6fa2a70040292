import { describe, expect, it } from "vitest";
import { modelsOf } from "../../../lib/models.ts";
import { PROVIDERS } from "../../../lib/providers.ts";
import { isProxied, type ProxiedProviderId } from "../provider-endpoints.ts";
import { meterAnswer } from "./answer-meter.ts";
import {
  anthropicCounts,
  chatCounts,
  googleCounts,
  NO_USAGE,
  openrouterCounts,
  type ReadCounts,
  responsesCounts,
  type ReportedUsage,
  type Tokens,
  xaiCounts,
} from "./counts.ts";
import { type CallBounds, mostOf, priceOf, costOfAnswer } from "./prices.ts";

const event = (data: object | string, name = "x", end = "\n"): string =>
  `event: ${name}${end}data: ${typeof data === "string" ? data : JSON.stringify(data)}${end}${end}`;

/** What is told of an answer that comes in these pieces; `isCut`: it breaks off after them. */
async function toldOf(
  read: ReadCounts,
  pieces: readonly (string | Buffer)[],
  { type = "text/event-stream", isCut = false } = {},
) {
  const told: { told: ReportedUsage; isEmpty: boolean }[] = [];
  const passed: Buffer[] = [];
  const meter = meterAnswer(type, read, {
    told: (what, isEmpty) => told.push({ told: what, isEmpty }),
    error: () => {},
  });
  meter.on("data", (chunk: Buffer) => passed.push(chunk)).on("error", () => {});
  for (const piece of pieces) meter.write(piece);
  const ended = new Promise<void>((resolve) => meter.once("close", () => resolve()));
  if (isCut) meter.destroy(new Error("cut"));
  else meter.end();
  await ended;
  if (!isCut) expect(Buffer.concat(passed)).toEqual(Buffer.concat(pieces.map((piece) => Buffer.from(piece))));
  expect(told).toHaveLength(1);
  return told[0] ?? { told: NO_USAGE, isEmpty: false };
}

const some = (tokens: Partial<Tokens>): Tokens => ({
  input: 0,
  cacheRead: 0,
  cacheWrite: 0,
  cacheWriteLong: 0,
  output: 0,
  ...tokens,
});

const messages = [
  {
    type: "message_start",
    message: {
      model: "m",
      usage: {
        input_tokens: 10,
        cache_read_input_tokens: 200,
        cache_creation_input_tokens: 30,
        cache_creation: { ephemeral_5m_input_tokens: 20, ephemeral_1h_input_tokens: 10 },
        output_tokens: 1,
      },
    },
  },
  { type: "content_block_delta", delta: { type: "text_delta", text: 'usage "data:" größer\n' } },
  { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 50 } },
  { type: "message_stop" },
];
const chatUsage = {
  prompt_tokens: 100,
  completion_tokens: 20,
  prompt_tokens_details: { cached_tokens: 40 },
  completion_tokens_details: { reasoning_tokens: 7 },
};
const chunks = (usage: object | null) => [
  { choices: [{ delta: { content: "x" }, finish_reason: null }] },
  { choices: [{ delta: {}, finish_reason: "stop" }] },
  ...(usage === null ? [] : [{ choices: [], ...usage }]),
];
const gemini = [
  { candidates: [{ content: {} }], usageMetadata: { promptTokenCount: 100, candidatesTokenCount: 5 } },
  {
    candidates: [{ finishReason: "STOP" }],
    usageMetadata: {
      promptTokenCount: 100,
      cachedContentTokenCount: 40,
      candidatesTokenCount: 20,
      thoughtsTokenCount: 8,
      toolUsePromptTokenCount: 2,
    },
  },
];
const done = {
  type: "response.completed",
  response: {
    status: "completed",
    usage: { input_tokens: 100, input_tokens_details: { cached_tokens: 40 }, output_tokens: 20 },
  },
};

type Case = { name: string; read: ReadCounts; events: object[]; tokens: Partial<Tokens>; usd?: number };
const STREAMS: Case[] = [
  {
    name: "Anthropic",
    read: anthropicCounts,
    events: messages,
    tokens: { input: 10, cacheRead: 200, cacheWrite: 20, cacheWriteLong: 10, output: 50 },
  },
  {
    name: "OpenAI's chat",
    read: chatCounts,
    events: chunks({ usage: chatUsage }),
    tokens: { input: 60, cacheRead: 40, output: 20 },
  },
  {
    name: "Groq",
    read: chatCounts,
    events: [...chunks(null).slice(0, 1), { choices: [{ finish_reason: "stop" }], x_groq: { usage: chatUsage } }],
    tokens: { input: 60, cacheRead: 40, output: 20 },
  },
  {
    name: "DeepSeek",
    read: chatCounts,
    events: chunks({
      usage: { prompt_tokens: 100, completion_tokens: 20, prompt_cache_hit_tokens: 90, prompt_cache_miss_tokens: 10 },
    }),
    tokens: { input: 10, cacheRead: 90, output: 20 },
  },
  {
    name: "Mistral",
    read: chatCounts,
    events: [
      ...chunks(null).slice(0, 1),
      { choices: [{ finish_reason: "stop" }], usage: { prompt_tokens: 100, completion_tokens: 20 } },
    ],
    tokens: { input: 100, output: 20 },
  },
  {
    name: "xAI, with thinking beside",
    read: xaiCounts,
    events: chunks({ usage: chatUsage }),
    tokens: { input: 60, cacheRead: 40, output: 27 },
  },
  {
    name: "OpenRouter",
    read: openrouterCounts,
    events: chunks({ usage: { ...chatUsage, cost: 0.25 } }),
    tokens: { input: 60, cacheRead: 40, output: 20 },
    usd: 0.25,
  },
  {
    name: "OpenRouter with a key of the account's own",
    read: openrouterCounts,
    events: chunks({
      usage: { ...chatUsage, cost: 0.01, is_byok: true, cost_details: { upstream_inference_cost: 0.2 } },
    }),
    tokens: { input: 60, cacheRead: 40, output: 20 },
    usd: 0.21,
  },
  {
    name: "OpenAI's responses",
    read: responsesCounts,
    events: [{ type: "response.created", response: { status: "in_progress", usage: null } }, done],
    tokens: { input: 60, cacheRead: 40, output: 20 },
  },
  { name: "Google", read: googleCounts, events: gemini, tokens: { input: 62, cacheRead: 40, output: 28 } },
];

describe("the count of a stream", () => {
  it.each(STREAMS)("is the provider's own: $name", async ({ read, events, tokens, usd = null }) => {
    for (const end of ["\n", "\r\n", "\r"]) {
      const text = events.map((one) => event(one, "e", end)).join("");
      const bytes = Buffer.from(text);
      const splits = [[bytes], ...[1, 2, 7].map((size) => piecesOf(bytes, size)), [Buffer.from(text.trimEnd())]];
      for (const pieces of splits) {
        const { told } = await toldOf(read, pieces);
        expect(told).toMatchObject({ tokens: some(tokens), isWhole: true });
        if (usd === null) expect(told.usd).toBeNull();
        else expect(told.usd).toBeCloseTo(usd);
      }
    }
  });

  it.each(STREAMS)("is not whole where it breaks off before its end: $name", async ({ read, events }) => {
    for (let count = 0; count < events.length; count++) {
      const before = events.slice(0, count);
      const isTold = before.includes(messages[2] ?? {});
      const { told } = await toldOf(
        read,
        before.map((one) => event(one)),
        { isCut: true },
      );
      expect([count, told.isWhole]).toEqual([count, isTold]);
    }
  });

  it("knows the data of several lines, comments, and what is no JSON", async () => {
    const text = `: ping\n\ndata: [DONE]\n\nid: 1\ndata: {"choices":[{"finish_reason":"stop"}],\ndata: "usage":{"prompt_tokens":5,"completion_tokens":2}}\n\n`;
    expect((await toldOf(chatCounts, [text])).told).toMatchObject({
      tokens: some({ input: 5, output: 2 }),
      isWhole: true,
    });
  });

  it("is nothing where an error came instead of an answer", async () => {
    const error = event({ type: "error", error: { type: "overloaded_error", message: "x" } });
    expect(await toldOf(anthropicCounts, [error])).toMatchObject({ isEmpty: true });
    expect(await toldOf(anthropicCounts, [event(messages[0] ?? {}), error])).toMatchObject({
      isEmpty: false,
      told: { isWhole: false },
    });
  });

  it("goes on behind an event that is too long to be held", async () => {
    const long = event({ type: "content_block_delta", delta: { text: "x".repeat(9 * 1024 * 1024) } });
    const pieces = piecesOf(Buffer.from(event(messages[0] ?? {}) + long + event(messages[2] ?? {})), 64 * 1024);
    expect((await toldOf(anthropicCounts, pieces)).told).toMatchObject({ isWhole: true, tokens: { output: 50 } });
  });
});

const piecesOf = (bytes: Buffer, size: number): Buffer[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.subarray(at * size, (at + 1) * size));

describe("the count of an answer that is no stream", () => {
  it.each<[string, ReadCounts, unknown, Partial<Tokens>]>([
    [
      "Anthropic",
      anthropicCounts,
      { type: "message", usage: { input_tokens: 10, output_tokens: 5 } },
      { input: 10, output: 5 },
    ],
    [
      "OpenAI's chat",
      chatCounts,
      { choices: [{ finish_reason: "stop" }], usage: chatUsage },
      { input: 60, cacheRead: 40, output: 20 },
    ],
    [
      "OpenAI's responses",
      responsesCounts,
      { object: "response", ...done.response },
      { input: 60, cacheRead: 40, output: 20 },
    ],
    ["Google", googleCounts, gemini[1], { input: 62, cacheRead: 40, output: 28 }],
    ["Google's list", googleCounts, gemini, { input: 62, cacheRead: 40, output: 28 }],
  ])("is the provider's own: %s", async (_name, read, answer, tokens) => {
    const { told } = await toldOf(read, piecesOf(Buffer.from(JSON.stringify(answer)), 11), {
      type: "application/json",
    });
    expect(told).toMatchObject({ tokens: some(tokens), isWhole: true });
  });

  it.each<[string, ReadCounts, unknown]>([
    ["no count", chatCounts, { choices: [{ finish_reason: "stop" }] }],
    ["a count of nothing", chatCounts, { choices: [{ finish_reason: "stop" }], usage: {} }],
    ["counts that are none", anthropicCounts, { type: "message", usage: { input_tokens: -5, output_tokens: "9" } }],
    ["no object", responsesCounts, [1]],
    [
      "a response that is not over",
      responsesCounts,
      { status: "in_progress", usage: { input_tokens: 1, output_tokens: 1 } },
    ],
  ])("is not whole: %s", async (_name, read, answer) => {
    expect((await toldOf(read, [JSON.stringify(answer)], { type: "application/json" })).told.isWhole).toBe(false);
    expect((await toldOf(read, ["no JSON"], { type: "application/json" })).told.isWhole).toBe(false);
  });
});

const asked = (provider: ProxiedProviderId, model: string, more: Partial<CallBounds> = {}): CallBounds => ({
  bytes: 1000,
  output: 100,
  price: priceOf(provider, model),
  ...more,
});
const whole = (tokens: Partial<Tokens>, usd: number | null = null): ReportedUsage => ({
  tokens: some(tokens),
  usd,
  hasEnded: true,
  isWhole: true,
});

describe("what a call costs", () => {
  it("is the list's price for each kind of token", () => {
    const { price } = asked("anthropic", "claude-sonnet-4-6");
    expect(price).toMatchObject({ isKnown: true, rates: { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 } });
    const of = (tokens: Partial<Tokens>) => costOfAnswer(whole(tokens), asked("anthropic", "claude-sonnet-4-6")).micros;
    expect(of({ input: 1000 })).toBe(3000);
    expect(of({ cacheRead: 1000 })).toBe(300);
    expect(of({ cacheWrite: 1000 })).toBe(3750);
    expect(of({ cacheWriteLong: 1000 })).toBe(6000);
    expect(of({ output: 1000 })).toBe(15_000);
    expect(of({ cacheRead: 1 })).toBe(1);
  });

  it("is that of the dated model as well, and rises with a long conversation where the list says so", () => {
    expect(priceOf("anthropic", "claude-sonnet-4-6-20260101")).toEqual(priceOf("anthropic", "claude-sonnet-4-6"));
    const gemini = (input: number) => costOfAnswer(whole({ input }), asked("google", "gemini-2.5-pro")).micros;
    expect([gemini(200_000), gemini(200_002)]).toEqual([250_000, 500_005]);
  });

  it("is the dearest of the provider for a model without a price, and says so", () => {
    for (const provider of Object.keys(PROVIDERS).filter(isProxied)) {
      const unknown = priceOf(provider, "some-model-that-nobody-lists");
      expect(unknown.isKnown).toBe(false);
      for (const { id } of modelsOf(provider)) {
        const { rates } = priceOf(provider, id);
        for (const kind of ["input", "output", "cacheRead", "cacheWrite"] as const)
          expect(unknown.rates[kind]).toBeGreaterThanOrEqual(rates[kind]);
      }
    }
  });

  it("is the provider's own figure where it tells one", () => {
    expect(costOfAnswer(whole({ input: 5 }, 0.25), asked("openrouter", "x/y"))).toMatchObject({
      micros: 250_000,
      isEstimate: false,
    });
  });

  it("is the most it can have been where the answer broke off or told nothing", () => {
    const call = asked("anthropic", "claude-sonnet-4-6");
    expect(costOfAnswer(NO_USAGE, call)).toMatchObject({ micros: mostOf(call), isEstimate: true });
    const begun = { ...NO_USAGE, tokens: some({ input: 10, output: 1 }) };
    expect(costOfAnswer(begun, call)).toMatchObject({ micros: 10 * 3 + 100 * 15, isEstimate: true });
  });

  it("is never more than what is reserved for it, whatever the provider counts", () => {
    for (const provider of Object.keys(PROVIDERS).filter(isProxied))
      for (const { id } of [...modelsOf(provider), { id: "unknown" }])
        for (const kind of ["input", "cacheRead", "cacheWrite", "cacheWriteLong"] as const) {
          const call = asked(provider, id);
          expect(costOfAnswer(whole({ [kind]: call.bytes, output: call.output }), call).micros).toBeLessThanOrEqual(
            mostOf(call),
          );
        }
  });
});
