import { once } from "node:events";
import { createServer, request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { LLMock } from "@copilotkit/aimock";

/** One turn of the scripted model: what it says, and the tool that it calls. */
export type ModelTurn = { say: string; tool?: string; input?: Record<string, unknown> };

export type ReceivedModelCall = { path: string; headers: Record<string, unknown>; body: string };
export type TestModel = { url: string; calls: ReceivedModelCall[]; close(): Promise<void> };

type Fixture = Parameters<LLMock["addFixture"]>[0];
type Request = Parameters<NonNullable<Fixture["match"]["predicate"]>>[0];

const resultsSoFar = (request: Request): number => request.messages.filter((message) => message.role === "tool").length;

/** A scripted model (aimock) that plays the turns in order, by the number of tool results it has been given. */
export async function startTestModel(turns: ModelTurn[]): Promise<TestModel> {
  const model = new LLMock({ port: 0 });
  const usage = { input_tokens: 100, output_tokens: 10, prompt_tokens: 100, completion_tokens: 10 };
  // Requests without tools ask for a title of the conversation.
  model.addFixture({
    match: { predicate: (request) => (request.tools ?? []).length === 0 },
    response: { content: "A title" },
  });
  for (const [turn, { say, tool, input }] of turns.entries()) {
    const toolCalls = tool === undefined ? {} : { toolCalls: [{ name: tool, arguments: JSON.stringify(input ?? {}) }] };
    model.addFixture({
      match: { predicate: (request) => resultsSoFar(request) === turn },
      response: { content: say, usage, ...toolCalls },
    });
  }
  await model.start();
  const front = await recordingFront(model.url);
  return {
    url: front.url,
    calls: front.calls,
    close: async () => {
      front.close();
      await model.stop();
    },
  };
}

/** Notes every call as the provider would see it, keys included, which aimock's own journal hides. */
async function recordingFront(target: string): Promise<{ url: string; calls: ReceivedModelCall[]; close: () => void }> {
  const calls: ReceivedModelCall[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks);
      calls.push({ path: request.url ?? "", headers: request.headers, body: body.toString() });
      const onwards = httpRequest(target + request.url, { method: request.method, headers: request.headers });
      onwards.on("response", (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      });
      onwards.on("error", () => response.destroy());
      onwards.end(body);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, calls, close };
}
