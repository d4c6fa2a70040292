import type { ChatCompletionRequest, ToolCall } from "@copilotkit/aimock";

/** One thing that the scripted model asks its agent to do; paths are relative to the repository. */
export type Action =
  | { do: "read"; path: string }
  | { do: "write"; path: string; content: string }
  | { do: "edit"; path: string; from: string; to: string }
  | { do: "run"; command: string; why: string };

/** How one agent names its tools and their arguments. */
type NamedCall = { name: string; input: Record<string, string> };
type Dialect = { marker: string; call: (action: Action) => NamedCall };

const DIALECTS: Dialect[] = [
  {
    // Claude Code.
    marker: "Write",
    call(action): NamedCall {
      switch (action.do) {
        case "read":
          return { name: "Read", input: { file_path: action.path } };
        case "write":
          return { name: "Write", input: { file_path: action.path, content: action.content } };
        case "edit":
          return { name: "Edit", input: { file_path: action.path, old_string: action.from, new_string: action.to } };
        case "run":
          return { name: "Bash", input: { command: action.command, description: action.why } };
      }
    },
  },
  {
    // opencode.
    marker: "write",
    call(action): NamedCall {
      switch (action.do) {
        case "read":
          return { name: "read", input: { filePath: action.path } };
        case "write":
          return { name: "write", input: { filePath: action.path, content: action.content } };
        case "edit":
          return { name: "edit", input: { filePath: action.path, oldString: action.from, newString: action.to } };
        case "run":
          return { name: "bash", input: { command: action.command, description: action.why } };
      }
    },
  },
];

/** The action as a call of a tool that this request offers, or null if its agent is not known here. */
export function toolCallFor(request: ChatCompletionRequest, action: Action): ToolCall | null {
  const offered = new Set((request.tools ?? []).map((tool) => tool.function.name));
  const dialect = DIALECTS.find((candidate) => offered.has(candidate.marker));
  if (!dialect) return null;
  const { name, input } = dialect.call(action);
  // aimock wants the arguments as text; an object would become an empty turn without an error.
  return { name, arguments: JSON.stringify(input) };
}
