import { setTimeout as sleep } from "node:timers/promises";
import type { ChatCompletionRequest, FixtureResponse, ToolCall } from "@copilotkit/aimock";
import { planFor, SCRIPTED } from "./plans.ts";
import { withoutDiscussion } from "./without-discussion.ts";
import type { ScriptedAction } from "../../agent-image/testing/agent-script.ts";
import { AGENT_SCRIPTS } from "../../agent-image/testing/agent-scripts.ts";

/** Answers one request of an agent. `ended` settles when the server closes, so that a hang can let go. */
export type ModelScenario = (request: ChatCompletionRequest, ended: Promise<void>) => Promise<FixtureResponse>;

/** `[script: …]` in an issue or its instructions, for tests; see `directiveIn`. */
type Directive =
  | { is: "none" | "no-changes" | "hang" | "two-files" | "calls-out" | "installs" | "keeps-context" }
  | { is: "fail"; status: 401 | 429 }
  /** The last answer comes this much later, when the work is already there. */
  | { is: "slow"; seconds: number }
  /** Each answer costs so much, with the default model. */
  | { is: "costs"; cents: number };

/**
 * The demo's scenario. It keeps no state: which step comes next is the number of tool results in the request.
 * What it does follows from the prompt alone (`plans.ts`), and a directive in it bends that.
 */
export const defaultScenario: ModelScenario = async (request, ended) => {
  const directive = directiveIn(promptOf(request));
  const answer = await answerTo(request, { directive, ended });
  return directive.is === "costs" && "content" in answer ? { ...answer, usage: usageFor(directive.cents) } : answer;
};

/** 2 dollars for a million tokens of input. */
const TOKENS_PER_CENT = 5000;
function usageFor(cents: number) {
  const tokens = cents * TOKENS_PER_CENT;
  return { input_tokens: tokens, output_tokens: 0, prompt_tokens: tokens, completion_tokens: 0 };
}

async function answerTo(
  request: ChatCompletionRequest,
  { directive, ended }: { directive: Directive; ended: Promise<void> },
): Promise<FixtureResponse> {
  // Agents ask for a title of the conversation in a request without tools.
  if (!request.tools?.length) return { content: `A run with a ${SCRIPTED}` };
  if (directive.is === "fail") return failure(directive.status);
  if (directive.is === "hang") {
    await ended;
    return { content: "" };
  }
  const plan = planFor(promptOf(request), {
    noChanges: directive.is === "no-changes",
    files: directive.is === "two-files" ? 2 : 1,
    callsOut: directive.is === "calls-out",
    installs: directive.is === "installs",
    keepsContext: directive.is === "keeps-context",
  });
  const step = plan.steps[request.messages.filter((message) => message.role === "tool").length];
  if (!step) {
    if (directive.is === "slow")
      await Promise.race([ended, sleep(directive.seconds * 1000, undefined, { ref: false })]);
    return { content: plan.summary };
  }
  const call = toolCallFor(request, step.action);
  if (!call) return { content: `This ${SCRIPTED} does not know the tools of this agent.` };
  return { content: step.say, toolCalls: [call] };
}

/** Everything that the person or Porter said, without what tools answered and what the agent slips in on some turns. */
function promptOf(request: ChatCompletionRequest): string {
  const said = request.messages
    .filter((message) => message.role === "user")
    .map(({ content }) =>
      typeof content === "string" ? content : (content ?? []).map((part) => part.text ?? "").join("\n"),
    )
    .join("\n")
    .replaceAll(/<system-reminder>[\s\S]*?<\/system-reminder>/g, "");
  return withoutDiscussion(said).trim();
}

/** The last directive wins: the instructions stand below the issue in Porter's prompt or above it, tests use one. */
function directiveIn(prompt: string): Directive {
  const name = [...prompt.matchAll(/\[script:\s*([a-z0-9-]+(?:\s+\d+)?)\s*\]/gi)].at(-1)?.[1]?.toLowerCase();
  const [, kind, number] = /^(slow|costs)\s+(\d+)$/.exec(name ?? "") ?? [];
  if (kind === "slow") return { is: "slow", seconds: Number(number) };
  if (kind === "costs") return { is: "costs", cents: Number(number) };
  switch (name) {
    case "fail-401":
      return { is: "fail", status: 401 };
    case "fail-429":
      return { is: "fail", status: 429 };
    case "no-changes":
    case "hang":
    case "two-files":
    case "calls-out":
    case "installs":
    case "keeps-context":
      return { is: name };
    default:
      return { is: "none" };
  }
}

function failure(status: 401 | 429): FixtureResponse {
  return status === 401
    ? { status, error: { type: "authentication_error", message: "invalid x-api-key" } }
    : { status, error: { type: "rate_limit_error", message: "This request would exceed your rate limit." } };
}

const SCRIPTS = Object.values(AGENT_SCRIPTS).flatMap(({ model }) => model ?? []);

/** The action as a call of a tool that this request offers, or null if its agent is not known here. */
function toolCallFor(request: ChatCompletionRequest, action: ScriptedAction): ToolCall | null {
  const offered = new Set((request.tools ?? []).map((tool) => tool.function.name));
  const script = SCRIPTS.find(({ marker }) => offered.has(marker));
  if (!script) return null;
  const { name, input } = script.call(action);
  // aimock wants the arguments as text; an object would become an empty turn without an error.
  return { name, arguments: JSON.stringify(input) };
}
