import type { ChatCompletionRequest, ToolCall } from "@copilotkit/aimock";
import type { ScriptedAction } from "../../agent-image/testing/agent-script.ts";
import { AGENT_SCRIPTS } from "../../agent-image/testing/agent-scripts.ts";

const SCRIPTS = Object.values(AGENT_SCRIPTS).flatMap(({ model }) => model ?? []);

/** The action as a call of a tool that this request offers, or null if its agent is not known here. */
export function toolCallFor(request: ChatCompletionRequest, action: ScriptedAction): ToolCall | null {
  const offered = new Set((request.tools ?? []).map((tool) => tool.function.name));
  const script = SCRIPTS.find(({ marker }) => offered.has(marker));
  if (!script) return null;
  const { name, input } = script.call(action);
  // aimock wants the arguments as text; an object would become an empty turn without an error.
  return { name, arguments: JSON.stringify(input) };
}
