import type { IncomingMessage, ServerResponse } from "node:http";
import { LLMock, type Mountable } from "@copilotkit/aimock";
import { aboutKey, modelList, presentedKey, refusedKey, unknownModel, VENDORS } from "./key-check.ts";
import { defaultScenario, type ModelScenario } from "./scenario.ts";

export type ScriptedModelOptions = {
  /** 0: any free port. Loopback only. */
  port: number;
  /** Keys that are accepted, of whatever vendor; every other one is refused as the vendor refuses it. */
  apiKeys: string[];
  scenario?: ModelScenario;
  log?: (line: string) => void;
};

export type ModelRequest = { atMs: number; method: string; path: string; accepted: boolean };
export type ScriptedModel = {
  /** Without a path: Anthropic's SDK adds `/v1/messages`, OpenAI's base is `{url}/v1`. */
  url: string;
  requests(): ModelRequest[];
  close(): Promise<void>;
};

/**
 * A scripted model, not a real one: Anthropic Messages, OpenAI and Gemini over HTTP (by aimock), with keys
 * checked and model lists served. It proves that the pipe works and says nothing about intelligence.
 */
export async function startScriptedModel(options: ScriptedModelOptions): Promise<ScriptedModel> {
  const log = options.log ?? (() => undefined);
  const requests: ModelRequest[] = [];
  const closing = Promise.withResolvers<void>();
  const mock = new LLMock({ port: options.port, host: "127.0.0.1" });
  mock.mount("", gate({ keys: new Set(options.apiKeys), requests, log }));
  const scenario = options.scenario ?? defaultScenario;
  mock.addFixture({
    match: {},
    response: async (request) =>
      unknownModel(VENDORS.find((vendor) => vendor === request._context) ?? "openai", request.model) ??
      scenario(request, closing.promise),
  });
  await mock.start();
  return {
    url: `http://127.0.0.1:${mock.port}`,
    requests: () => [...requests],
    async close() {
      closing.resolve();
      await mock.stop();
    },
  };
}

/** By which aimock tells an answer's function where its request came from. */
const CONTEXT_HEADER = "x-aimock-context";

type Gate = { keys: Set<string>; requests: ModelRequest[]; log: (line: string) => void };

/** Stands before aimock: checks the key, answers what aimock has not. */
function gate({ keys, requests, log }: Gate): Mountable {
  return {
    async handleRequest(request: IncomingMessage, response: ServerResponse) {
      const url = new URL(request.url ?? "/", "http://local");
      const method = request.method ?? "GET";
      // Claude Code looks whether the host is there before it sends anything.
      if (method === "HEAD") return reply(response, { status: 200, body: null });
      const presented = presentedKey(request, url);
      const accepted = presented !== null && keys.has(presented.key);
      requests.push({ atMs: Date.now(), method, path: url.pathname, accepted });
      log(`model: ${method} ${url.pathname} ${accepted ? "" : "key refused"}`.trimEnd());
      if (!accepted) return reply(response, refusedKey(presented?.vendor ?? "anthropic"));
      if (method === "GET" && /^\/v1(beta)?\/models$/.test(url.pathname))
        return reply(response, modelList(presented.vendor));
      const about = method === "GET" ? aboutKey(url.pathname) : null;
      if (about !== null) return reply(response, about);
      request.headers[CONTEXT_HEADER] = presented.vendor;
      return false;
    },
  };
}

function reply(response: ServerResponse, answer: { status: number; body: unknown }): true {
  response.writeHead(answer.status, { "content-type": "application/json" });
  response.end(answer.body === null ? undefined : JSON.stringify(answer.body));
  return true;
}
