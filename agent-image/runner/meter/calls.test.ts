import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AGENT_RUNNERS } from "../agents/index.ts";
import { type KeyProxyStats, startKeyProxy } from "../key-proxy.ts";
import { PROVIDERS } from "../../../lib/providers.ts";
import { isProxied } from "../provider-endpoints.ts";

/** What a provider got, whatever it was asked. */
type Got = { url: string; headers: Record<string, unknown>; body: Record<string, unknown> };
const got: Got[] = [];
let url = "";
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const text = Buffer.concat(chunks).toString();
    got.push({ url: request.url ?? "", headers: request.headers, body: text === "" ? {} : JSON.parse(text) });
    response.writeHead(200, { "content-type": "application/json" }).end("{}");
  });
});
beforeAll(async () => {
  await once(server.listen(0, "127.0.0.1"), "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());

type Sent = {
  path: string;
  body?: object;
  raw?: Uint8Array<ArrayBuffer> | string;
  headers?: Record<string, string>;
  method?: string;
};
type Answer = { status: number; text: string; sent: Got | undefined; stats: KeyProxyStats };

async function send(provider: string, { path, body, raw, headers, method = "POST" }: Sent): Promise<Answer> {
  got.length = 0;
  const proxy = await startKeyProxy({
    providers: [{ id: provider, baseUrl: url, key: "fake-key" }],
    mayCall: (name) => name === "own",
    maxRequests: 10,
    budgetUsd: null,
  });
  try {
    const answer = await fetch(`${proxy.urls[provider]}${path}`, {
      method,
      headers: { "content-type": "application/json", ...headers },
      ...(method === "GET" ? {} : { body: raw ?? JSON.stringify(body) }),
    });
    return { status: answer.status, text: await answer.text(), sent: got[0], stats: proxy.stats() };
  } finally {
    await proxy.close();
  }
}

const MESSAGES = "/v1/messages";
const CHAT = "/v1/chat/completions";
const RESPONSES = "/v1/responses";
const GEMINI = "/v1beta/models/own:generateContent";
const user = (content: unknown) => ({ model: "own", max_tokens: 9, messages: [{ role: "user", content }] });
const chatUser = (content: unknown) => ({ model: "own", messages: [{ role: "user", content }] });
const input = (...items: unknown[]) => ({ model: "own", input: items });
const contents = (...parts: unknown[]) => ({ contents: [{ role: "user", parts }] });
const AWAY = "https://somewhere.example.com/x?data=1";

/** [provider, path, a call that is refused, what the refusal names] */
const REFUSED: [string, string, object, string][] = [
  // Another model.
  ["anthropic", MESSAGES, { ...user("x"), model: "other" }, "other"],
  ["anthropic", MESSAGES, { ...user("x"), model: "own " }, "own"],
  ["openai", RESPONSES, { ...input(), model: "OWN" }, "OWN"],
  ["openrouter", CHAT, { ...chatUser("x"), model: "own:online" }, "own:online"],
  ["google", "/v1beta/models/other:generateContent", contents({ text: "x" }), "other"],
  ["openrouter", CHAT, { ...chatUser("x"), models: ["own", "other"] }, "models"],
  ["openrouter", CHAT, { ...chatUser("x"), route: "fallback" }, "route"],
  ["openrouter", CHAT, { ...chatUser("x"), preset: "p" }, "preset"],
  ["anthropic", MESSAGES, { ...user("x"), fallbacks: ["other"] }, "fallbacks"],
  // Remote tools, and what else the provider would reach by itself.
  ["anthropic", MESSAGES, { ...user("x"), mcp_servers: [{ type: "url", url: AWAY, name: "m" }] }, "mcp_servers"],
  ["openrouter", CHAT, { ...chatUser("x"), plugins: [{ id: "web" }] }, "plugins"],
  ["openai", CHAT, { ...chatUser("x"), web_search_options: {} }, "web_search_options"],
  ["xai", CHAT, { ...chatUser("x"), search_parameters: { mode: "on" } }, "search_parameters"],
  ["groq", CHAT, { ...chatUser("x"), compound_custom: {} }, "compound_custom"],
  ["groq", CHAT, { ...chatUser("x"), documents: [] }, "documents"],
  ["anthropic", MESSAGES, user([{ type: "image", source: { type: "url", url: AWAY } }]), "source"],
  ["anthropic", MESSAGES, user([{ type: "document", source: { type: "url", url: AWAY } }]), "source"],
  [
    "anthropic",
    MESSAGES,
    user([{ type: "tool_result", tool_use_id: "t", content: [{ type: "image", source: { type: "url", url: AWAY } }] }]),
    "source",
  ],
  ["anthropic", MESSAGES, user([{ type: "mcp_tool_use", id: "m", name: "n", server_name: "s", input: {} }]), "type"],
  ["openai", CHAT, chatUser([{ type: "image_url", image_url: { url: AWAY } }]), "image_url"],
  ["openrouter", CHAT, chatUser([{ type: "image_url", image_url: AWAY }]), "image_url"],
  ["mistral", CHAT, chatUser([{ type: "document_url", document_url: AWAY }]), "type"],
  ["openai", RESPONSES, input({ role: "user", content: [{ type: "input_image", image_url: AWAY }] }), "input"],
  ["openai", RESPONSES, input({ role: "user", content: [{ type: "input_file", file_url: AWAY }] }), "input"],
  [
    "openai",
    RESPONSES,
    input({ type: "function_call_output", call_id: "c", output: [{ type: "input_image", image_url: AWAY }] }),
    "input",
  ],
  ["openai", RESPONSES, input({ type: "mcp_call", id: "m" }), "input"],
  ["google", GEMINI, contents({ fileData: { mimeType: "image/png", fileUri: AWAY } }), "fileData"],
  ["google", GEMINI, contents({ file_data: { file_uri: AWAY } }), "file_data"],
  ["google", GEMINI, { ...contents({ text: "x" }), toolConfig: { retrievalConfig: {} } }, "retrievalConfig"],
  // Files, containers and work that goes on by itself.
  ["anthropic", MESSAGES, { ...user("x"), container: "c_1" }, "container"],
  ["anthropic", MESSAGES, { ...user("x"), container: { skills: [] } }, "container"],
  ["anthropic", MESSAGES, user([{ type: "document", source: { type: "file", file_id: "f" } }]), "source"],
  ["anthropic", MESSAGES, user([{ type: "container_upload", file_id: "f" }]), "type"],
  ["openai", CHAT, chatUser([{ type: "file", file: { file_id: "f" } }]), "file"],
  ["openai", RESPONSES, input({ role: "user", content: [{ type: "input_file", file_id: "f" }] }), "input"],
  ["openai", RESPONSES, input({ role: "user", content: [{ type: "input_image", file_id: "f" }] }), "input"],
  ["openai", RESPONSES, { ...input(), background: true }, "background"],
  ["openai", RESPONSES, { ...input(), background: "true" }, "background"],
  ["xai", CHAT, { ...chatUser("x"), deferred: true }, "deferred"],
  ["google", GEMINI, { ...contents({ text: "x" }), cachedContent: "cachedContents/1" }, "cachedContent"],
  ["google", GEMINI, { ...contents({ text: "x" }), cached_content: "cachedContents/1" }, "cached_content"],
  // What others have left there.
  ["openai", RESPONSES, { ...input(), previous_response_id: "resp_1" }, "previous_response_id"],
  ["openai", RESPONSES, { ...input(), conversation: "conv_1" }, "conversation"],
  ["openai", RESPONSES, { ...input(), prompt: { id: "pmpt_1" } }, "prompt"],
  ["openai", RESPONSES, input({ type: "item_reference", id: "msg_1" }), "input"],
  // What costs more than the list says.
  ["anthropic", MESSAGES, { ...user("x"), speed: "fast" }, "speed"],
  ["anthropic", MESSAGES, { ...user("x"), service_tier: "priority" }, "service_tier"],
  ["anthropic", MESSAGES, { ...user("x"), inference_geo: "us" }, "inference_geo"],
  [
    "anthropic",
    MESSAGES,
    { ...user("x"), context_management: { edits: [{ type: "compact_20260112" }] } },
    "context_management",
  ],
  ["openai", RESPONSES, { ...input(), service_tier: "priority" }, "service_tier"],
  ["openai", CHAT, { ...chatUser("x"), n: 8 }, "n"],
  ["openai", CHAT, { ...chatUser("x"), prediction: { type: "content", content: "x" } }, "prediction"],
  ["openai", CHAT, { ...chatUser("x"), modalities: ["text", "audio"] }, "modalities"],
  ["google", GEMINI, { ...contents({ text: "x" }), generationConfig: { candidateCount: 8 } }, "candidateCount"],
  ["google", GEMINI, { ...contents({ text: "x" }), generation_config: { max_output_tokens: 9 } }, "generation_config"],
  // What nobody knows.
  ["anthropic", MESSAGES, { ...user("x"), something_new: 1 }, "something_new"],
  ["anthropic", MESSAGES, {}, "model"],
  ["anthropic", MESSAGES, { ...user("x"), max_tokens: "9" }, "max_tokens"],
  ["google", GEMINI, {}, "contents"],
];

describe("a call that a coding agent does not need", () => {
  it.each(REFUSED)("is refused: %s %s %j", async (provider, path, body, named) => {
    const { status, text, sent, stats } = await send(provider, { path, body });
    expect([status, sent]).toEqual([403, undefined]);
    expect(text).toContain(named);
    expect(stats).toMatchObject({ requests: 0, refused: 1, costUsd: 0 });
  });

  const BATCHES = [
    "/v1/messages/batches",
    "/v1/batches",
    "/v1/files",
    "/v1/responses/resp_1",
    "/v1/responses/resp_1/cancel",
  ];
  const OTHERS = [
    "/v1/models",
    "/v1/containers",
    "/v1/skills",
    "/v1/complete",
    "/v1/embeddings",
    "/v1beta/cachedContents",
  ];
  it.each(Object.keys(PROVIDERS).filter(isProxied))("is refused by its path: %s", async (provider) => {
    for (const path of [...BATCHES, ...OTHERS])
      for (const method of ["POST", "GET", "DELETE", "PUT"])
        expect([path, method, (await send(provider, { path, body: user("x"), method })).status]).toEqual([
          path,
          method,
          403,
        ]);
  });

  const good = JSON.stringify(user("x"));
  it.each<[string, number, Omit<Sent, "path">]>([
    ["compressed", 415, { raw: new Uint8Array(gzipSync(good)), headers: { "content-encoding": "gzip" } }],
    ["said to be compressed", 415, { raw: good, headers: { "content-encoding": "identity, gzip" } }],
    ["of another type", 415, { raw: good, headers: { "content-type": "text/plain" } }],
    ["a form", 415, { raw: good, headers: { "content-type": "multipart/form-data; boundary=x" } }],
    ["in another alphabet", 415, { raw: good, headers: { "content-type": "application/json; charset=utf-16" } }],
    ["no JSON", 400, { raw: `${good}}` }],
    ["empty", 400, { raw: "" }],
    ["two calls in one", 400, { raw: good.replace('"own"', '"own","model":"other"') }],
    ["too long", 413, { raw: JSON.stringify(user("x".repeat(33 * 1024 * 1024))) }],
  ])("is refused as it came: %s", async (_case, status, sent) => {
    const answer = await send("anthropic", { path: MESSAGES, ...sent });
    expect([answer.status, answer.sent]).toEqual([status, undefined]);
  });
});

describe("what is passed on", () => {
  const own = { name: "read", input_schema: { type: "object" } };
  const declared = { type: "function", function: { name: "read", parameters: {} } };
  it.each<[string, string, object, string[]]>([
    [
      "anthropic",
      MESSAGES,
      {
        ...user("x"),
        tools: [
          own,
          { type: "web_search_20250305", name: "web_search" },
          { type: "code_execution_20250825", name: "c" },
          { type: "mcp_toolset", mcp_server_name: "m" },
        ],
      },
      ["web_search_20250305", "code_execution_20250825", "mcp_toolset"],
    ],
    [
      "openai",
      RESPONSES,
      {
        ...input(),
        tools: [
          { type: "function", name: "read" },
          { type: "web_search" },
          { type: "mcp", server_url: AWAY },
          { type: "code_interpreter", container: { type: "auto" } },
          { type: "file_search" },
          { type: "image_generation" },
          { type: "computer_use_preview" },
          { type: "shell" },
        ],
      },
      ["web_search", "mcp", "code_interpreter", "file_search", "image_generation", "computer_use_preview", "shell"],
    ],
    [
      "openai",
      RESPONSES,
      input({
        type: "additional_tools",
        role: "developer",
        tools: [
          { type: "namespace", name: "functions", tools: [{ type: "custom", name: "read" }, { type: "web_search" }] },
          { type: "function", name: "wait" },
          { type: "mcp", server_url: AWAY },
        ],
      }),
      ["mcp", "web_search"],
    ],
    [
      "openrouter",
      CHAT,
      { ...chatUser("x"), tools: [declared, { type: "openrouter:web_search" }] },
      ["openrouter:web_search"],
    ],
    [
      "groq",
      CHAT,
      { ...chatUser("x"), tools: [declared, { type: "browser_search" }, { type: "code_interpreter" }] },
      ["browser_search", "code_interpreter"],
    ],
    [
      "google",
      GEMINI,
      {
        ...contents({ text: "x" }),
        tools: [
          { functionDeclarations: [{ name: "read" }], googleSearch: {} },
          { urlContext: {} },
          { codeExecution: {} },
        ],
      },
      ["googleSearch", "urlContext", "codeExecution"],
    ],
  ])("has the agent's own tools alone: %s %s", async (provider, path, body, takenOut) => {
    const { status, sent, stats } = await send(provider, { path, body });
    expect(status).toBe(200);
    expect(stats.takenOut).toEqual(Object.fromEntries(takenOut.map((name) => [name, 1])));
    const text = JSON.stringify(sent?.body);
    expect(text).toContain('"read"');
    for (const name of takenOut) expect(text).not.toContain(name);
  });

  it("has no namespace that holds something other than tools", async () => {
    const tools = [{ type: "namespace", name: "n", tools: "all" }];
    const { sent, stats } = await send("openai", { path: RESPONSES, body: input({ type: "additional_tools", tools }) });
    expect(stats.takenOut).toEqual({ namespace: 1 });
    expect(sent?.body["input"]).toMatchObject([{ tools: [] }]);
  });

  it("chooses no tool that is not there any more", async () => {
    const search = { type: "web_search_20250305", name: "web_search" };
    for (const tools of [[search], [search, own]]) {
      const body = { ...user("x"), tools, tool_choice: { type: "tool", name: "web_search" } };
      const { sent } = await send("anthropic", { path: MESSAGES, body });
      expect([sent?.body["tool_choice"], sent?.body["tools"]]).toEqual([
        undefined,
        tools.length === 1 ? undefined : [own],
      ]);
    }
  });

  it("asks for no more output than an agent needs, also where it names no number", async () => {
    const most = async (provider: string, path: string, body: object) =>
      (await send(provider, { path, body })).sent?.body;
    expect(await most("anthropic", MESSAGES, { ...user("x"), max_tokens: 9 })).toMatchObject({ max_tokens: 9 });
    expect(await most("anthropic", MESSAGES, { ...user("x"), max_tokens: 999_999 })).toMatchObject({
      max_tokens: 64_000,
    });
    const thinking = { type: "enabled", budget_tokens: 100_000 };
    expect(await most("anthropic", MESSAGES, { ...user("x"), max_tokens: 128_000, thinking })).toMatchObject({
      max_tokens: 64_000,
      thinking: { budget_tokens: 63_999 },
    });
    expect(await most("openai", RESPONSES, { ...input(), max_output_tokens: 999_999 })).toMatchObject({
      max_output_tokens: 64_000,
    });
    expect(await most("openai", RESPONSES, input())).toMatchObject({ max_output_tokens: 32_000, store: false });
    expect(await most("openai", CHAT, chatUser("x"))).toMatchObject({ max_completion_tokens: 32_000 });
    expect(await most("deepseek", CHAT, { ...chatUser("x"), max_tokens: 999_999 })).toMatchObject({
      max_tokens: 64_000,
    });
    const both = await most("openai", CHAT, { ...chatUser("x"), max_tokens: 999_999, max_completion_tokens: 888_888 });
    expect(both).toMatchObject({ max_tokens: 64_000, max_completion_tokens: 64_000 });
    const config = { generationConfig: { maxOutputTokens: 999_999, temperature: 1 } };
    expect(await most("google", GEMINI, { ...contents({ text: "x" }), ...config })).toMatchObject({
      generationConfig: { maxOutputTokens: 64_000, temperature: 1 },
    });
  });

  it("is counted by its provider, also as a stream", async () => {
    const asked = async (provider: string) =>
      (
        await send(provider, {
          path: CHAT,
          body: { ...chatUser("x"), stream: true, stream_options: { include_usage: false } },
        })
      ).sent?.body;
    for (const provider of ["openai", "groq", "xai", "deepseek"])
      expect(await asked(provider)).toMatchObject({ stream_options: { include_usage: true } });
    expect(await asked("openrouter")).toMatchObject({ usage: { include: true } });
  });

  it("has headers and parameters from a list", async () => {
    const { sent, stats } = await send("anthropic", {
      path: `${MESSAGES}?beta=true&beta=false&x=1`,
      body: user("x"),
      headers: {
        "anthropic-version": "2023-06-01",
        "anthropic-beta":
          "claude-code-20250219, mcp-client-2025-11-20,files-api-2025-04-14,interleaved-thinking-2025-05-14,effort",
        "x-app": "cli",
        "openai-organization": "org-1",
        "x-goog-user-project": "p",
        "anthropic-workspace": "w",
        "x-forwarded-host": "h",
        via: "v",
      },
    });
    expect(sent?.url).toBe(MESSAGES);
    const {
      connection: _c,
      host: _h,
      "content-length": _l,
      "user-agent": _u,
      "transfer-encoding": _t,
      ...rest
    } = sent?.headers ?? {};
    expect(rest).toEqual({
      accept: "*/*",
      "accept-encoding": "identity",
      "anthropic-beta": "claude-code-20250219,interleaved-thinking-2025-05-14",
      "anthropic-version": "2023-06-01",
      "content-type": "application/json",
      "x-api-key": "fake-key",
      "x-app": "cli",
    });
    expect(stats.takenOut).toEqual({ "mcp-client-2025-11-20": 1, "files-api-2025-04-14": 1, effort: 1 });
  });

  it("is what an agent says to its model: text, pictures, files, thinking, calls and their results", async () => {
    const data = "data:image/png;base64,AAAA";
    const pass: [string, string, object][] = [
      [
        "anthropic",
        MESSAGES,
        {
          ...user([
            { type: "text", text: "x" },
            { type: "image", source: { type: "base64", media_type: "image/png", data: "AAAA" } },
            { type: "document", source: { type: "text", media_type: "text/plain", data: "x" } },
            { type: "tool_use", id: "t", name: "fetch", input: { url: AWAY, type: "url" } },
            { type: "tool_result", tool_use_id: "t", content: AWAY },
            { type: "thinking", thinking: "x", signature: "s" },
          ]),
          system: [{ type: "text", text: "x", cache_control: { type: "ephemeral" } }],
        },
      ],
      [
        "openai",
        CHAT,
        {
          ...chatUser([
            { type: "text", text: "x" },
            { type: "image_url", image_url: { url: data } },
          ]),
          tool_choice: "auto",
          tools: [declared],
        },
      ],
      [
        "openai",
        RESPONSES,
        {
          ...input(
            {
              role: "user",
              content: [
                { type: "input_text", text: AWAY },
                { type: "input_image", image_url: data },
              ],
            },
            { type: "function_call", call_id: "c", name: "fetch", arguments: JSON.stringify({ url: AWAY }) },
            { type: "function_call_output", call_id: "c", output: AWAY },
            { type: "reasoning", summary: [], encrypted_content: "e" },
          ),
          include: ["reasoning.encrypted_content"],
          background: false,
          previous_response_id: null,
        },
      ],
      [
        "google",
        GEMINI,
        contents(
          { text: "x" },
          { inlineData: { mimeType: "image/png", data: "AAAA" } },
          { functionCall: { name: "fetch", args: { url: AWAY } } },
          { functionResponse: { name: "fetch", response: { output: AWAY } } },
          { text: "t", thought: true, thoughtSignature: "s" },
        ),
      ],
    ];
    for (const [provider, path, body] of pass) {
      const { status, sent } = await send(provider, { path, body });
      expect([provider, path, status]).toEqual([provider, path, 200]);
      expect(sent?.body).toMatchObject(
        JSON.parse(JSON.stringify({ ...body, background: undefined, previous_response_id: undefined })),
      );
    }
  });
});

describe("the models of a run", () => {
  it.each<["claude" | "opencode" | "amp", string | null, string[], string[]]>([
    [
      "claude",
      null,
      ["claude-sonnet-5-5", "claude-sonnet-4-20250514", "claude-haiku-4-5-20251001", "claude-3-5-haiku-20241022"],
      ["claude-opus-5-5", "claude-sonnet", "sonnet-5", "x-claude-sonnet-5", "claude-sonnet-5-fast"],
    ],
    [
      "claude",
      "claude-opus-5-5",
      ["claude-opus-5-5", "claude-opus-5-5-20261001", "claude-haiku-5-5"],
      ["claude-opus-5", "claude-sonnet-5-5", "claude-opus-5-5-fast"],
    ],
    ["claude", "anthropic/claude-opus-5-5[1m]", ["claude-opus-5-5"], ["claude-opus-5"]],
    ["claude", "opusplan", ["claude-opus-5-5", "claude-sonnet-5-5"], ["claude-fable-5"]],
    [
      "opencode",
      "anthropic/claude-sonnet-5",
      ["claude-sonnet-5"],
      ["claude-haiku-4-5", "anthropic/claude-sonnet-5", "claude-sonnet-5-5"],
    ],
    ["opencode", "openrouter/some/model", ["some/model"], ["model", "some/model:online"]],
    ["opencode", "openrouter/some/model:online", [], ["some/model", "some/model:online"]],
    ["amp", null, [], ["smart", "claude-haiku-4-5", ""]],
  ])("are its own, and the small one of its agent: %s with %s", (agent, model, may, mayNot) => {
    for (const name of may) expect([name, AGENT_RUNNERS[agent].mayCall(model, name)]).toEqual([name, true]);
    for (const name of mayNot) expect([name, AGENT_RUNNERS[agent].mayCall(model, name)]).toEqual([name, false]);
  });
});
