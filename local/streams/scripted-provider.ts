import type { FixtureResponse } from "@copilotkit/aimock";
import { createServer, request as httpRequest } from "node:http";
import { startScriptedModel } from "../model/server.ts";
import type { ModelScenario } from "../model/scenario.ts";
import { type ProviderScript, SUBAGENT_MARK } from "../../agent-image/testing/agent-script.ts";
import type { Recording } from "./recording.ts";

export type ScriptedProvider = { url: string; refusals: Recording["refusals"]; close(): Promise<void> };

/** A provider that follows one ending's script, with a note of what it refused. */
export async function startScriptedProvider(
  script: ProviderScript,
  options: { key: string; elapsed: () => number },
): Promise<ScriptedProvider> {
  const model = await startScriptedModel({ port: 0, apiKeys: [options.key], scenario: scenarioOf(script) });
  const refusals: Recording["refusals"] = [];
  const refusal = script.does === "refuse" ? script.refusal : null;
  const server = createServer((request, response) => {
    // Claude Code looks whether the host is there before it sends anything.
    if (refusal !== null && request.method === "POST") {
      const headers = { "content-type": "application/json", ...refusal.headers };
      const body = JSON.stringify(refusal.body);
      request.resume().on("end", () => {
        refusals.push({ t: options.elapsed(), status: refusal.status, headers, body });
        response.writeHead(refusal.status, headers).end(body);
      });
      return;
    }
    const onwards = httpRequest(model.url + request.url, { method: request.method, headers: request.headers });
    onwards.on("response", (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onwards.on("error", () => response.destroy());
    response.on("close", () => onwards.destroy());
    request.pipe(onwards);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    refusals,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await model.close();
    },
  };
}

function scenarioOf(script: ProviderScript): ModelScenario {
  return async (request, ended): Promise<FixtureResponse> => {
    if (!request.tools?.length) return { content: "A title" };
    if (script.does !== "play") {
      await ended;
      return { content: "" };
    }
    const isSubagent = JSON.stringify(request.messages.find(({ role }) => role === "user")).includes(SUBAGENT_MARK);
    const turns = isSubagent ? (script.subagent ?? []) : script.turns;
    // The conversation holds how often the model has spoken: no state, so a repeated request gets the same answer.
    // Words and a call of one answer may come back as two messages.
    const spoken = request.messages.filter(
      ({ role }, index) => role === "assistant" && request.messages[index - 1]?.role !== "assistant",
    ).length;
    const turn = turns[Math.min(spoken, turns.length - 1)] ?? { say: "Done." };
    if (turn.hangs) await ended;
    const usage = { input_tokens: 100, output_tokens: 10 };
    if (turn.tools === undefined) return { content: turn.say, usage };
    const toolCalls = turn.tools.map(({ name, input }) => ({ name, arguments: JSON.stringify(input) }));
    return { content: turn.say, toolCalls, usage };
  };
}
