import { afterEach, beforeEach, describe, expect, it, test } from "vitest";
import { modelFailure } from "../../agent-image/runner/agents/agent-failure.ts";
import { refusalOf } from "../../agent-image/runner/provider-refusal.ts";
import { modelsOf } from "../../lib/models.ts";
import newest from "../../lib/newest-models.json" with { type: "json" };
import { startScriptedModel, type ScriptedModel } from "./server.ts";

const KEY = "fake-anthropic-key";
let model: ScriptedModel;
beforeEach(async () => {
  model = await startScriptedModel({ port: 0, apiKeys: [KEY] });
});
afterEach(() => model.close());

type Block = { type: string; text?: string; id?: string; name?: string; input?: Record<string, string> };
type Message = { role: "user" | "assistant"; content: unknown };
const CLAUDE_TOOLS = ["Read", "Write", "Edit", "Bash"];
const OPENCODE_TOOLS = ["read", "write", "edit", "bash"];

function post(messages: Message[], options: { tools?: string[] | undefined; key?: string } = {}): Promise<Response> {
  return fetch(`${model.url}/v1/messages?beta=true`, {
    method: "POST",
    headers: { "x-api-key": options.key ?? KEY, "anthropic-version": "2023-06-01", "content-type": "application/json" },
    body: JSON.stringify({
      model: newest.sonnet,
      max_tokens: 1000,
      messages,
      tools: (options.tools ?? CLAUDE_TOOLS).map((name) => ({ name, input_schema: { type: "object" } })),
    }),
  });
}

/** Plays an agent that carries out nothing: every tool call is answered with `ok` until the model ends its turn. */
async function run(prompt: string, tools?: string[]): Promise<{ calls: Block[]; last: string }> {
  const messages: Message[] = [{ role: "user", content: prompt }];
  const calls: Block[] = [];
  for (let turn = 0; turn < 20; turn++) {
    const { content } = (await (await post(messages, { tools })).json()) as { content: Block[] };
    const call = content.find((block) => block.type === "tool_use");
    if (!call) return { calls, last: content.map((block) => block.text ?? "").join("") };
    calls.push(call);
    messages.push(
      { role: "assistant", content },
      { role: "user", content: [{ type: "tool_result", tool_use_id: call.id, content: "ok" }] },
    );
  }
  throw new Error("the model never ended its turn");
}

const FRENCH = "# Task\n\n## Issue\n\nAdd a French greeting\n\nPlease add `fr` to `src/greetings.js`.";

describe("keys", () => {
  it("refuses a wrong key as Anthropic does", async () => {
    const response = await post([{ role: "user", content: "hi" }], { key: "fake-wrong" });
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({
      type: "error",
      error: { type: "authentication_error", message: "invalid x-api-key" },
    });
  });

  it("lists models to a good key only, in the vendor's shape", async () => {
    const list = async (headers: Record<string, string>): Promise<[number, unknown]> => {
      const response = await fetch(`${model.url}/v1/models`, { headers });
      return [response.status, await response.json()];
    };
    const good = await list({ "x-api-key": KEY, "anthropic-version": "2023-06-01" });
    const ids = modelsOf("anthropic").map(({ id }) => ({ type: "model", id }));
    expect(good).toMatchObject([200, { data: ids, has_more: false }]);
    expect(await list({ "x-api-key": "fake-wrong", "anthropic-version": "2023-06-01" })).toMatchObject([
      401,
      { type: "error" },
    ]);
    expect(await list({ authorization: `Bearer ${KEY}` })).toMatchObject([200, { object: "list" }]);
    expect(await list({ authorization: "Bearer fake-wrong" })).toMatchObject([
      401,
      { error: { code: "invalid_api_key" } },
    ]);
    expect(model.requests().map((request) => request.accepted)).toEqual([true, false, true, false]);
  });

  it("tells of a good key what OpenRouter and DeepSeek tell, and nothing of another one", async () => {
    const ask = async (path: string, key: string): Promise<number> =>
      (await fetch(model.url + path, { headers: { authorization: `Bearer ${key}` } })).status;
    for (const path of ["/v1/key", "/user/balance"])
      expect([await ask(path, KEY), await ask(path, "fake-wrong")]).toEqual([200, 401]);
  });
});

const ASK = { max_tokens: 9, messages: [{ role: "user", content: "hi" }] };
const anthropic = (name: string) => ({
  path: "/v1/messages",
  headers: { "x-api-key": KEY, "anthropic-version": "2023-06-01" },
  body: { model: name, ...ASK },
});
const openai = (name: string) => ({
  path: "/v1/chat/completions",
  headers: { authorization: `Bearer ${KEY}` },
  body: { model: name, ...ASK },
});
const google = (name: string) => ({
  path: `/v1beta/models/${name}:generateContent`,
  headers: { "x-goog-api-key": KEY },
  body: { contents: [{ role: "user", parts: [{ text: "hi" }] }] },
});
const absent = (error: Record<string, unknown>) => ({ error: expect.objectContaining(error) });

test.each([
  ["retired", anthropic("claude-sonnet-4-5"), 404, absent({ type: "not_found_error" })],
  ["Anthropic's, in no list", anthropic("claude-sonnet-99"), 404, absent({ type: "not_found_error" })],
  ["another vendor's", anthropic("gemini-2.5-pro"), 404, absent({ type: "not_found_error" })],
  ["OpenAI's", openai("gpt-99"), 404, absent({ type: "invalid_request_error", code: "model_not_found" })],
  ["OpenRouter's", openai("acme/none"), 400, absent({ message: "acme/none is not a valid model ID" })],
  ["Google's", google("gemini-99"), 404, absent({ code: 404, status: "NOT_FOUND" })],
])("a model that is in no list (%s) is refused as its vendor does", async (_name, request, status, body) => {
  const response = await fetch(model.url + request.path, {
    method: "POST",
    headers: { ...request.headers, "content-type": "application/json" },
    body: JSON.stringify(request.body),
  });
  const text = await response.text();
  expect([response.status, JSON.parse(text)]).toMatchObject([status, body]);
  const words = refusalOf({ status: response.status, headers: {}, body: text, now: 0 });
  expect(modelFailure(words)).toMatchObject({ failureCode: "model_unavailable" });
});

test("a model of each vendor's list is there", async () => {
  for (const request of [
    anthropic(newest.opus),
    openai(modelsOf("openai")[0]?.id ?? ""),
    openai(modelsOf("openrouter")[0]?.id ?? ""),
    google(modelsOf("google")[0]?.id ?? ""),
  ]) {
    const response = await fetch(model.url + request.path, {
      method: "POST",
      headers: { ...request.headers, "content-type": "application/json" },
      body: JSON.stringify(request.body),
    });
    expect([request.path, response.status]).toEqual([request.path, 200]);
  }
});

describe("what it does", () => {
  it("adds the French greeting, its test and its line in the README, then runs the tests, in either agent's tools", async () => {
    const claude = await run(FRENCH);
    expect(claude.calls.map((call) => call.name)).toEqual(["Read", "Edit", "Read", "Edit", "Read", "Edit", "Bash"]);
    expect(claude.calls[1]?.input).toMatchObject({
      file_path: "src/greetings.js",
      new_string: expect.stringContaining('fr: "Bonjour"'),
    });
    expect(claude.last).toContain("scripted model, not a real one");
    const opencode = await run(FRENCH, OPENCODE_TOOLS);
    expect(opencode.calls.map((call) => call.name)).toEqual(["read", "edit", "read", "edit", "read", "edit", "bash"]);
    expect(opencode.calls.at(-1)?.input).toMatchObject({ command: "npm test" });
  });

  it("changes something for any other request, and says that it is scripted where people read it", async () => {
    const { calls, last } = await run("## Issue\n\nMake the moon blue");
    expect(calls).toMatchObject([{ name: "Write", input: { content: expect.stringContaining("Make the moon blue") } }]);
    expect(calls[0]?.input?.["content"]).toContain("scripted model, not a real one");
    expect(last).toContain("scripted model, not a real one");
  });

  it("writes different files for different prompts, so that two tasks never meet", async () => {
    const path = async (prompt: string): Promise<string | undefined> =>
      (await run(prompt)).calls[0]?.input?.["file_path"];
    expect(await path("one")).not.toBe(await path("two"));
    expect(await path("one")).toBe(await path("one"));
  });

  it("takes no notice of what the agent slips between the user's words", async () => {
    const [plain, reminded] = [
      await run("one"),
      await run("<system-reminder>today\nis another day</system-reminder>\none"),
    ];
    expect(reminded.calls).toMatchObject([{ input: plain.calls[0]?.input }]);
  });

  it("answers a request without tools with a title", async () => {
    const response = await post([{ role: "user", content: FRENCH }], { tools: [] });
    expect(await response.json()).toMatchObject({
      content: [{ type: "text", text: expect.stringContaining("scripted") }],
      stop_reason: "end_turn",
    });
  });

  it("streams when asked", async () => {
    const response = await fetch(`${model.url}/v1/messages`, {
      method: "POST",
      headers: { "x-api-key": KEY, "anthropic-version": "2023-06-01" },
      body: JSON.stringify({
        model: newest.sonnet,
        max_tokens: 9,
        stream: true,
        messages: [{ role: "user", content: FRENCH }],
        tools: [{ name: "Write", input_schema: {} }],
      }),
    });
    const text = await response.text();
    expect(text).toContain("event: message_start");
    expect(text).toContain("input_json_delta");
    expect(text).toContain("event: message_stop");
  });
});

describe("directives", () => {
  it("looks and changes nothing for [script: no-changes]", async () => {
    const { calls } = await run(`${FRENCH}\n[script: no-changes]`);
    expect(calls.map((call) => call.name)).toEqual(["Read"]);
  });

  it("does not do again what an earlier command below the issue asked for", async () => {
    const said = "## Discussion\n@mona wrote:\n@porter [script: no-changes]\n\n## Instructions\nGo.";
    const [heard, alone] = await Promise.all([run(`${FRENCH}\n${said}`), run(`${FRENCH}\n## Instructions\nGo.`)]);
    const plain = ({ calls }: typeof heard) => calls.map(({ name, input }) => ({ name, input }));
    expect(plain(heard)).toEqual(plain(alone));
  });

  it("calls a host that no list names first for [script: calls-out]", async () => {
    const { calls } = await run("do it [script: calls-out]", OPENCODE_TOOLS);
    expect(JSON.stringify(calls[0])).toContain("telemetry.example.com");
    expect(calls.length).toBeGreaterThan(1);
  });

  it("installs a package first for [script: installs]", async () => {
    const { calls } = await run("do it [script: installs]", OPENCODE_TOOLS);
    expect(calls[0]?.input?.["command"]).toContain("npm install");
    expect(calls.length).toBeGreaterThan(1);
  });

  it("writes two files for [script: two-files]", async () => {
    const { calls } = await run("do it [script: two-files]", OPENCODE_TOOLS);
    expect(new Set(calls.map((call) => call.input?.["filePath"])).size).toBe(2);
  });

  it.each([
    ["fail-401", 401, "authentication_error"],
    ["fail-429", 429, "rate_limit_error"],
  ])("fails for [script: %s]", async (name, status, type) => {
    const response = await post([{ role: "user", content: `x [script: ${name}]` }]);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: { type } });
  });

  it("ends its turn late for [script: slow 1]", async () => {
    const before = performance.now();
    const { calls } = await run("x [script: slow 1]");
    expect(calls).toHaveLength(1);
    expect(performance.now() - before).toBeGreaterThan(900);
  });

  it("hangs for [script: hang], and lets go when it closes", async () => {
    const hanging = post([{ role: "user", content: "x [script: hang]" }]).then(
      () => "answered",
      () => "cut",
    );
    const first = await Promise.race([hanging, new Promise((resolve) => setTimeout(() => resolve("silent"), 300))]);
    expect(first).toBe("silent");
    await model.close();
    expect(["answered", "cut"]).toContain(await hanging);
    model = await startScriptedModel({ port: 0, apiKeys: [KEY] });
  });
});
