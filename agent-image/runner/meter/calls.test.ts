import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { PROVIDERS } from "../../../lib/providers.ts";
import { isProxied } from "../provider-endpoints.ts";
import {
  AWAY,
  CHAT,
  chatUser,
  geminiBody,
  GEMINI,
  responsesBody,
  MESSAGES,
  RESPONSES,
  sendModelCall,
  type TestCall,
  messagesBody,
} from "./testing/send-call.ts";

/** [provider, path, a call that is refused, what the refusal names] */
const REFUSED: [string, string, object, string][] = [
  // Another model.
  ["anthropic", MESSAGES, { ...messagesBody("x"), model: "other" }, "other"],
  ["anthropic", MESSAGES, { ...messagesBody("x"), model: "own " }, "own"],
  ["openai", RESPONSES, { ...responsesBody(), model: "OWN" }, "OWN"],
  ["openrouter", CHAT, { ...chatUser("x"), model: "own:online" }, "own:online"],
  ["google", "/v1beta/models/other:generateContent", geminiBody({ text: "x" }), "other"],
  ["openrouter", CHAT, { ...chatUser("x"), models: ["own", "other"] }, "models"],
  ["openrouter", CHAT, { ...chatUser("x"), route: "fallback" }, "route"],
  ["openrouter", CHAT, { ...chatUser("x"), preset: "p" }, "preset"],
  ["anthropic", MESSAGES, { ...messagesBody("x"), fallbacks: ["other"] }, "fallbacks"],
  // Remote tools, and what else the provider would reach by itself.
  [
    "anthropic",
    MESSAGES,
    { ...messagesBody("x"), mcp_servers: [{ type: "url", url: AWAY, name: "m" }] },
    "mcp_servers",
  ],
  ["openrouter", CHAT, { ...chatUser("x"), plugins: [{ id: "web" }] }, "plugins"],
  ["openai", CHAT, { ...chatUser("x"), web_search_options: {} }, "web_search_options"],
  ["xai", CHAT, { ...chatUser("x"), search_parameters: { mode: "on" } }, "search_parameters"],
  ["groq", CHAT, { ...chatUser("x"), compound_custom: {} }, "compound_custom"],
  ["groq", CHAT, { ...chatUser("x"), documents: [] }, "documents"],
  ["anthropic", MESSAGES, messagesBody([{ type: "image", source: { type: "url", url: AWAY } }]), "source"],
  ["anthropic", MESSAGES, messagesBody([{ type: "document", source: { type: "url", url: AWAY } }]), "source"],
  [
    "anthropic",
    MESSAGES,
    messagesBody([
      { type: "tool_result", tool_use_id: "t", content: [{ type: "image", source: { type: "url", url: AWAY } }] },
    ]),
    "source",
  ],
  [
    "anthropic",
    MESSAGES,
    messagesBody([{ type: "mcp_tool_use", id: "m", name: "n", server_name: "s", input: {} }]),
    "type",
  ],
  ["openai", CHAT, chatUser([{ type: "image_url", image_url: { url: AWAY } }]), "image_url"],
  ["openrouter", CHAT, chatUser([{ type: "image_url", image_url: AWAY }]), "image_url"],
  ["mistral", CHAT, chatUser([{ type: "document_url", document_url: AWAY }]), "type"],
  ["openai", RESPONSES, responsesBody({ role: "user", content: [{ type: "input_image", image_url: AWAY }] }), "input"],
  ["openai", RESPONSES, responsesBody({ role: "user", content: [{ type: "input_file", file_url: AWAY }] }), "input"],
  [
    "openai",
    RESPONSES,
    responsesBody({ type: "function_call_output", call_id: "c", output: [{ type: "input_image", image_url: AWAY }] }),
    "input",
  ],
  ["openai", RESPONSES, responsesBody({ type: "mcp_call", id: "m" }), "input"],
  ["google", GEMINI, geminiBody({ fileData: { mimeType: "image/png", fileUri: AWAY } }), "fileData"],
  ["google", GEMINI, geminiBody({ file_data: { file_uri: AWAY } }), "file_data"],
  ["google", GEMINI, { ...geminiBody({ text: "x" }), toolConfig: { retrievalConfig: {} } }, "retrievalConfig"],
  // Files, containers and work that goes on by itself.
  ["anthropic", MESSAGES, { ...messagesBody("x"), container: "c_1" }, "container"],
  ["anthropic", MESSAGES, { ...messagesBody("x"), container: { skills: [] } }, "container"],
  ["anthropic", MESSAGES, messagesBody([{ type: "document", source: { type: "file", file_id: "f" } }]), "source"],
  ["anthropic", MESSAGES, messagesBody([{ type: "container_upload", file_id: "f" }]), "type"],
  ["openai", CHAT, chatUser([{ type: "file", file: { file_id: "f" } }]), "file"],
  ["openai", RESPONSES, responsesBody({ role: "user", content: [{ type: "input_file", file_id: "f" }] }), "input"],
  ["openai", RESPONSES, responsesBody({ role: "user", content: [{ type: "input_image", file_id: "f" }] }), "input"],
  ["openai", RESPONSES, { ...responsesBody(), background: true }, "background"],
  ["openai", RESPONSES, { ...responsesBody(), background: "true" }, "background"],
  ["xai", CHAT, { ...chatUser("x"), deferred: true }, "deferred"],
  ["google", GEMINI, { ...geminiBody({ text: "x" }), cachedContent: "cachedContents/1" }, "cachedContent"],
  ["google", GEMINI, { ...geminiBody({ text: "x" }), cached_content: "cachedContents/1" }, "cached_content"],
  // What others have left there.
  ["openai", RESPONSES, { ...responsesBody(), previous_response_id: "resp_1" }, "previous_response_id"],
  ["openai", RESPONSES, { ...responsesBody(), conversation: "conv_1" }, "conversation"],
  ["openai", RESPONSES, { ...responsesBody(), prompt: { id: "pmpt_1" } }, "prompt"],
  ["openai", RESPONSES, responsesBody({ type: "item_reference", id: "msg_1" }), "input"],
  // What costs more than the list says.
  ["anthropic", MESSAGES, { ...messagesBody("x"), speed: "fast" }, "speed"],
  ["anthropic", MESSAGES, { ...messagesBody("x"), service_tier: "priority" }, "service_tier"],
  ["anthropic", MESSAGES, { ...messagesBody("x"), inference_geo: "us" }, "inference_geo"],
  [
    "anthropic",
    MESSAGES,
    { ...messagesBody("x"), context_management: { edits: [{ type: "compact_20260112" }] } },
    "context_management",
  ],
  ["openai", RESPONSES, { ...responsesBody(), service_tier: "priority" }, "service_tier"],
  ["openai", CHAT, { ...chatUser("x"), n: 8 }, "n"],
  ["openai", CHAT, { ...chatUser("x"), prediction: { type: "content", content: "x" } }, "prediction"],
  ["openai", CHAT, { ...chatUser("x"), modalities: ["text", "audio"] }, "modalities"],
  ["google", GEMINI, { ...geminiBody({ text: "x" }), generationConfig: { candidateCount: 8 } }, "candidateCount"],
  [
    "google",
    GEMINI,
    { ...geminiBody({ text: "x" }), generation_config: { max_output_tokens: 9 } },
    "generation_config",
  ],
  // What nobody knows.
  ["anthropic", MESSAGES, { ...messagesBody("x"), something_new: 1 }, "something_new"],
  ["anthropic", MESSAGES, {}, "model"],
  ["anthropic", MESSAGES, { ...messagesBody("x"), max_tokens: "9" }, "max_tokens"],
  ["google", GEMINI, {}, "contents"],
];

describe("a call that a coding agent does not need", () => {
  it.each(REFUSED)("is refused: %s %s %j", async (provider, path, body, named) => {
    const { status, text, sent, stats } = await sendModelCall(provider, { path, body });
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
        expect([
          path,
          method,
          (await sendModelCall(provider, { path, body: messagesBody("x"), method })).status,
        ]).toEqual([path, method, 403]);
  });

  const good = JSON.stringify(messagesBody("x"));
  it.each<[string, number, Omit<TestCall, "path">]>([
    ["compressed", 415, { raw: new Uint8Array(gzipSync(good)), headers: { "content-encoding": "gzip" } }],
    ["said to be compressed", 415, { raw: good, headers: { "content-encoding": "identity, gzip" } }],
    ["of another type", 415, { raw: good, headers: { "content-type": "text/plain" } }],
    ["a form", 415, { raw: good, headers: { "content-type": "multipart/form-data; boundary=x" } }],
    ["in another alphabet", 415, { raw: good, headers: { "content-type": "application/json; charset=utf-16" } }],
    ["no JSON", 400, { raw: `${good}}` }],
    ["empty", 400, { raw: "" }],
    ["two calls in one", 400, { raw: good.replace('"own"', '"own","model":"other"') }],
    ["too long", 413, { raw: JSON.stringify(messagesBody("x".repeat(33 * 1024 * 1024))) }],
  ])("is refused as it came: %s", async (_case, status, sent) => {
    const answer = await sendModelCall("anthropic", { path: MESSAGES, ...sent });
    expect([answer.status, answer.sent]).toEqual([status, undefined]);
  });
});
