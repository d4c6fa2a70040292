import { OPENCODE } from "../../../../lib/agents/opencode.ts";
import type { AgentScript, NamedCall, ScriptedTurn } from "../../../testing/agent-script.ts";
import { ANTHROPIC_REFUSALS } from "../../../testing/anthropic-refusals.ts";
import { endsDone, SILENT } from "../../../testing/expected-ending.ts";

const { id: agent } = OPENCODE;
const bash = (command: string, description: string): NamedCall => ({ name: "bash", input: { command, description } });
const WRITE: ScriptedTurn = {
  say: "I write it down.",
  tools: [{ name: "write", input: { filePath: "better.md", content: "Better.\n" } }],
};
const DONE: ScriptedTurn = { say: "Made it better: there is a `better.md` now." };

export const openCodeScript: AgentScript = {
  prints: {
    begins: () => [],
    says: (text) => [{ type: "text", part: { text } }],
    // A tool is printed only when it has ended.
    calls: () => [],
    answers: ({ id, command, exitCode }) => [
      {
        type: "tool_use",
        part: {
          tool: "bash",
          callID: id,
          state: {
            status: "completed",
            input: { command },
            output: "fine",
            title: command,
            metadata: { exit: exitCode },
          },
        },
      },
    ],
    ends: () => [
      {
        type: "step_finish",
        part: {
          reason: "stop",
          tokens: { input: 10, output: 5, reasoning: 0, cache: { read: 0, write: 0 } },
          cost: 0.01,
        },
      },
    ],
  },
  model: {
    marker: "write",
    call(action) {
      switch (action.do) {
        case "read":
          return { name: "read", input: { filePath: action.path } };
        case "write":
          return { name: "write", input: { filePath: action.path, content: action.content } };
        case "edit":
          return { name: "edit", input: { filePath: action.path, oldString: action.from, newString: action.to } };
        case "run":
          return bash(action.command, action.why);
      }
    },
    refusals: ANTHROPIC_REFUSALS,
    exitsBy: ["context-too-long"],
  },
  endings: [
    {
      name: "opencode-dev-server",
      about: "The work is done while a server that it started still runs.",
      agent,
      provider: {
        does: "play",
        turns: [{ say: "I run something.", tools: [bash("sleep 600 > /dev/null 2>&1 &", "Run it")] }, WRITE, DONE],
      },
      expected: endsDone(),
    },
    {
      name: "opencode-silence",
      about: "It says nothing and exits with 0.",
      agent,
      provider: { does: "hang" },
      standIn: "exit 0",
      expected: SILENT,
    },
    {
      name: "opencode-lingers",
      about: "It has said its last word, but does not leave.",
      agent,
      provider: { does: "play", turns: [WRITE, DONE] },
      standIn: `"$0" "$@"; sleep 600`,
      expected: endsDone("over"),
    },
  ],
};
