import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { z } from "zod";
import { parseJson } from "../../../../lib/json.ts";
import { type KeyProxyStats, startKeyProxy } from "../../key-proxy.ts";

const bodySchema = z.record(z.string(), z.unknown());

/** What a provider got, whatever it was asked. */
type Got = { url: string; headers: Record<string, unknown>; body: Record<string, unknown> };

/**
 * A provider that answers everything. One a call: files that share a process share this module too, so that hooks of its
 * own would be those of the first file alone.
 */
async function openProvider(): Promise<{ url: string; got: Got[]; close: () => void }> {
  const got: Got[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const text = Buffer.concat(chunks).toString();
      got.push({ url: request.url ?? "", headers: request.headers, body: bodySchema.parse(parseJson(text) ?? {}) });
      response.writeHead(200, { "content-type": "application/json" }).end("{}");
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, got, close: () => void server.close() };
}

export type TestCall = {
  path: string;
  body?: object;
  raw?: Uint8Array<ArrayBuffer> | string;
  headers?: Record<string, string>;
  method?: string;
};
type Answer = { status: number; text: string; sent: Got | undefined; stats: KeyProxyStats };

export async function sendModelCall(
  provider: string,
  { path, body, raw, headers, method = "POST" }: TestCall,
): Promise<Answer> {
  const upstream = await openProvider();
  const proxy = await startKeyProxy({
    providers: [{ id: provider, baseUrl: upstream.url, key: "fake-key" }],
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
    return { status: answer.status, text: await answer.text(), sent: upstream.got[0], stats: proxy.stats() };
  } finally {
    await proxy.close();
    upstream.close();
  }
}

export const MESSAGES = "/v1/messages";
export const CHAT = "/v1/chat/completions";
export const RESPONSES = "/v1/responses";
export const GEMINI = "/v1beta/models/own:generateContent";
export const messagesBody = (content: unknown) => ({
  model: "own",
  max_tokens: 9,
  messages: [{ role: "user", content }],
});
export const chatUser = (content: unknown) => ({ model: "own", messages: [{ role: "user", content }] });
export const responsesBody = (...items: unknown[]) => ({ model: "own", input: items });
export const geminiBody = (...parts: unknown[]) => ({ contents: [{ role: "user", parts }] });
export const AWAY = "https://somewhere.example.com/x?data=1";
