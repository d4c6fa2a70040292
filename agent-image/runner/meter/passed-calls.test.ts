import { describe, expect, it } from "vitest";
import { AGENT_RUNNERS } from "../agents/index.ts";
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
  messagesBody,
} from "./testing/send-call.ts";

describe("what is passed on", () => {
  const own = { name: "read", input_schema: { type: "object" } };
  const declared = { type: "function", function: { name: "read", parameters: {} } };
  it.each<[string, string, object, string[]]>([
    [
      "anthropic",
      MESSAGES,
      {
        ...messagesBody("x"),
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
        ...responsesBody(),
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
      responsesBody({
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
        ...geminiBody({ text: "x" }),
        tools: [
          { functionDeclarations: [{ name: "read" }], googleSearch: {} },
          { urlContext: {} },
          { codeExecution: {} },
        ],
      },
      ["googleSearch", "urlContext", "codeExecution"],
    ],
  ])("has the agent's own tools alone: %s %s", async (provider, path, body, takenOut) => {
    const { status, sent, stats } = await sendModelCall(provider, { path, body });
    expect(status).toBe(200);
    expect(stats.takenOut).toEqual(Object.fromEntries(takenOut.map((name) => [name, 1])));
    const text = JSON.stringify(sent?.body);
    expect(text).toContain('"read"');
    for (const name of takenOut) expect(text).not.toContain(name);
  });

  it("has no namespace that holds something other than tools", async () => {
    const tools = [{ type: "namespace", name: "n", tools: "all" }];
    const { sent, stats } = await sendModelCall("openai", {
      path: RESPONSES,
      body: responsesBody({ type: "additional_tools", tools }),
    });
    expect(stats.takenOut).toEqual({ namespace: 1 });
    expect(sent?.body["input"]).toMatchObject([{ tools: [] }]);
  });

  it("chooses no tool that is not there any more", async () => {
    const search = { type: "web_search_20250305", name: "web_search" };
    for (const tools of [[search], [search, own]]) {
      const body = { ...messagesBody("x"), tools, tool_choice: { type: "tool", name: "web_search" } };
      const { sent } = await sendModelCall("anthropic", { path: MESSAGES, body });
      expect([sent?.body["tool_choice"], sent?.body["tools"]]).toEqual([
        undefined,
        tools.length === 1 ? undefined : [own],
      ]);
    }
  });

  it("asks for no more output than an agent needs, also where it names no number", async () => {
    const most = async (provider: string, path: string, body: object) =>
      (await sendModelCall(provider, { path, body })).sent?.body;
    expect(await most("anthropic", MESSAGES, { ...messagesBody("x"), max_tokens: 9 })).toMatchObject({ max_tokens: 9 });
    expect(await most("anthropic", MESSAGES, { ...messagesBody("x"), max_tokens: 999_999 })).toMatchObject({
      max_tokens: 64_000,
    });
    const thinking = { type: "enabled", budget_tokens: 100_000 };
    expect(await most("anthropic", MESSAGES, { ...messagesBody("x"), max_tokens: 128_000, thinking })).toMatchObject({
      max_tokens: 64_000,
      thinking: { budget_tokens: 63_999 },
    });
    expect(await most("openai", RESPONSES, { ...responsesBody(), max_output_tokens: 999_999 })).toMatchObject({
      max_output_tokens: 64_000,
    });
    expect(await most("openai", RESPONSES, responsesBody())).toMatchObject({ max_output_tokens: 32_000, store: false });
    expect(await most("openai", CHAT, chatUser("x"))).toMatchObject({ max_completion_tokens: 32_000 });
    expect(await most("deepseek", CHAT, { ...chatUser("x"), max_tokens: 999_999 })).toMatchObject({
      max_tokens: 64_000,
    });
    const both = await most("openai", CHAT, { ...chatUser("x"), max_tokens: 999_999, max_completion_tokens: 888_888 });
    expect(both).toMatchObject({ max_tokens: 64_000, max_completion_tokens: 64_000 });
    const config = { generationConfig: { maxOutputTokens: 999_999, temperature: 1 } };
    expect(await most("google", GEMINI, { ...geminiBody({ text: "x" }), ...config })).toMatchObject({
      generationConfig: { maxOutputTokens: 64_000, temperature: 1 },
    });
  });

  it("is counted by its provider, also as a stream", async () => {
    const asked = async (provider: string) =>
      (
        await sendModelCall(provider, {
          path: CHAT,
          body: { ...chatUser("x"), stream: true, stream_options: { include_usage: false } },
        })
      ).sent?.body;
    for (const provider of ["openai", "groq", "xai", "deepseek"])
      expect(await asked(provider)).toMatchObject({ stream_options: { include_usage: true } });
    expect(await asked("openrouter")).toMatchObject({ usage: { include: true } });
  });

  it("has headers and parameters from a list", async () => {
    const { sent, stats } = await sendModelCall("anthropic", {
      path: `${MESSAGES}?beta=true&beta=false&x=1`,
      body: messagesBody("x"),
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
          ...messagesBody([
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
          ...responsesBody(
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
        geminiBody(
          { text: "x" },
          { inlineData: { mimeType: "image/png", data: "AAAA" } },
          { functionCall: { name: "fetch", args: { url: AWAY } } },
          { functionResponse: { name: "fetch", response: { output: AWAY } } },
          { text: "t", thought: true, thoughtSignature: "s" },
        ),
      ],
    ];
    for (const [provider, path, body] of pass) {
      const { status, sent } = await sendModelCall(provider, { path, body });
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
