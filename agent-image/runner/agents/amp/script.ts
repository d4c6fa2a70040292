import { AMP } from "../../../../lib/agents/amp.ts";
import type { AgentScript, ScriptedEnding } from "../../../testing/agent-script.ts";
import { endsAsking, endsDone, SILENT, endsWaiting } from "../../../testing/expected-ending.ts";
import { claudeScript } from "../claude/script.ts";

/**
 * Amp's models run in its vendor's cloud, so its lines are written by hand from its published types
 * (ampcode.com/manual/appendix, ampcode.com/news/streaming-json); only the runner around them is real.
 */
const printed = (lines: unknown[], exitCode: number): string =>
  [`cat <<'LINES'`, ...lines.map((line) => JSON.stringify(line)), "LINES", `exit ${exitCode}`].join("\n");
const ampInit = {
  type: "system",
  subtype: "init",
  cwd: "/machine/work/run/work",
  session_id: "T-f1",
  tools: ["Bash", "create_file"],
  mcp_servers: [],
};
const ampSays = (content: unknown): unknown => ({
  type: "assistant",
  message: {
    type: "message",
    role: "assistant",
    content: [content],
    stop_reason: "end_turn",
    usage: { input_tokens: 100, output_tokens: 10 },
  },
  parent_tool_use_id: null,
  session_id: "T-f1",
});
const ampText = (text: string): unknown => ampSays({ type: "text", text });
const ampResult = (fields: object): unknown => ({
  type: "result",
  duration_ms: 2906,
  num_turns: 1,
  session_id: "T-f1",
  ...fields,
});
const ampDone = (text: string): unknown[] => [
  ampInit,
  ampText(text),
  ampResult({ subtype: "success", is_error: false, result: text }),
];
const ampEnding = (name: string, of: Pick<ScriptedEnding, "about" | "standIn" | "expected">): ScriptedEnding => ({
  name: `amp-${name}`,
  agent: AMP.id,
  provider: { does: "hang" },
  ...of,
});

const ENDINGS: readonly ScriptedEnding[] = [
  ampEnding("changes", {
    about: "A file is written and the work is done.",
    standIn: `echo Better. > better.md\n${printed(ampDone("Made it better: there is a `better.md` now."), 0)}`,
    expected: endsDone(),
  }),
  ampEnding("asks", {
    about: "It ends with a question instead of work.",
    standIn: printed(
      ampDone("I found two kinds of widgets.\n\nWhich should I improve?\n\n1. the blue ones\n2. the red ones"),
      0,
    ),
    expected: endsAsking(AMP.id),
  }),
  ampEnding("out-of-credit", {
    about: "The account with Amp is empty.",
    standIn: printed(
      [
        ampInit,
        ampResult({
          subtype: "error_during_execution",
          is_error: true,
          error: "Out of credits: your credit balance is empty",
        }),
      ],
      1,
    ),
    expected: endsWaiting("provider_limit", `Needs credit with ${AMP.name}`),
  }),
  ampEnding("silence", {
    about: "It begins, says something and exits with 0 without a result.",
    standIn: printed([ampInit, ampText("I begin.")], 0),
    expected: SILENT,
  }),
];

export const ampScript: AgentScript = {
  // It prints what Claude Code prints.
  prints: claudeScript.prints,
  model: null,
  endings: ENDINGS,
};
