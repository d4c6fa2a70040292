import { createServer } from "node:http";
import type { IncomingHttpHeaders, ServerResponse } from "node:http";
import { parseJson } from "@/lib/json";

export type SeenRequest = { method: string; url: string; headers: IncomingHttpHeaders; text: string; json: unknown };
export type Reply = { status: number; body?: unknown; headers?: Record<string, string | string[]> } | "reset" | "hang";
export type ScriptedServer = AsyncDisposable & {
  url: string;
  /** Every request so far, in order. */
  seen: SeenRequest[];
};

function send(response: ServerResponse, reply: Exclude<Reply, string>): void {
  const isText = typeof reply.body === "string";
  const text = isText ? String(reply.body) : JSON.stringify(reply.body ?? {});
  const type = isText ? "text/plain; charset=utf-8" : "application/json; charset=utf-8";
  response.writeHead(reply.status, { "content-type": type, ...reply.headers });
  response.end(reply.status === 204 || reply.status === 304 ? undefined : text);
}

/**
 * A real HTTP server on loopback whose answers a test writes. `"reset"` breaks the connection, `"hang"` never
 * answers. Ends with `await using`.
 */
export async function startScriptedServer(answer: (request: SeenRequest) => Reply): Promise<ScriptedServer> {
  const seen: SeenRequest[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const text = Buffer.concat(chunks).toString("utf8");
      const { method = "", url = "", headers } = request;
      const entry = { method, url, headers, text, json: parseJson(text) };
      seen.push(entry);
      const reply = answer(entry);
      if (reply === "hang") return;
      if (reply === "reset") request.socket.destroy();
      else send(response, reply);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    seen,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
