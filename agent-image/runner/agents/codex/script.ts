import { CODEX } from "../../../../lib/agents/codex.ts";
import type {
  AgentScript,
  NamedCall,
  RefusalName,
  ScriptedRefusal,
  ScriptedTurn,
} from "../../../testing/agent-script.ts";
import { endsDone, SILENT } from "../../../testing/expected-ending.ts";

const { id: agent } = CODEX;

type ApiError = { message: string; type: string; param: string | null; code: string | null };
const refused = (status: number, error: ApiError): ScriptedRefusal => ({ status, body: { error } });

/** What OpenAI's API answers. */
const REFUSALS: Record<RefusalName, ScriptedRefusal> = {
  "key-refused": refused(401, {
    message: "Incorrect API key provided. You can find your API key at https://platform.openai.com/account/api-keys.",
    type: "invalid_request_error",
    param: null,
    code: "invalid_api_key",
  }),
  "rate-limited": {
    ...refused(429, {
      message: "Rate limit reached for gpt-5.5 on requests per day (RPD): Limit 100, Used 100, Requested 1.",
      type: "requests",
      param: null,
      code: "rate_limit_exceeded",
    }),
    headers: { "retry-after": "3600" },
  },
  overloaded: refused(503, {
    message: "The engine is currently overloaded, please try again later.",
    type: "server_error",
    param: null,
    code: null,
  }),
  "context-too-long": refused(400, {
    message: "Your input exceeds the context window of this model. Please adjust your input and try again.",
    type: "invalid_request_error",
    param: "input",
    code: "context_length_exceeded",
  }),
  "credit-too-low": refused(429, {
    message: "You exceeded your current quota, please check your plan and billing details.",
    type: "insufficient_quota",
    param: null,
    code: "insufficient_quota",
  }),
  "model-unavailable": refused(404, {
    message: "The model `gpt-5.5` does not exist or you do not have access to it.",
    type: "invalid_request_error",
    param: null,
    code: "model_not_found",
  }),
};

/** A command may take its time: without this it would be left running after ten seconds. */
const run = (cmd: string): NamedCall => ({ name: "exec_command", input: { cmd, yield_time_ms: 120_000 } });
const linesOf = (content: string, sign: string): string[] =>
  content
    .replace(/\n$/, "")
    .split("\n")
    .map((line) => `${sign}${line}`);
/** As its models change files: a patch in a command, which Codex carries out itself. */
const patch = (...lines: string[]): NamedCall =>
  run(["apply_patch <<'PATCH'", "*** Begin Patch", ...lines, "*** End Patch", "PATCH"].join("\n"));

const WRITE: ScriptedTurn = {
  say: "I write it down.",
  tools: [patch("*** Add File: better.md", "+Better.")],
};
const DONE: ScriptedTurn = { say: "Made it better: there is a `better.md` now." };

export const codexScript: AgentScript = {
  prints: {
    begins: () => [{ type: "thread.started", thread_id: "t" }, { type: "turn.started" }],
    says: (text) => [{ type: "item.completed", item: { id: "said", type: "agent_message", text } }],
    calls: (id, command) => [
      { type: "item.started", item: { id, type: "command_execution", command, status: "in_progress" } },
    ],
    answers: ({ id, command, exitCode }) => [
      {
        type: "item.completed",
        item: {
          id,
          type: "command_execution",
          command,
          aggregated_output: "fine",
          exit_code: exitCode,
          status: exitCode === 0 ? "completed" : "failed",
        },
      },
    ],
    ends: ({ isWell }) => (isWell ? [{ type: "turn.completed", usage: { input_tokens: 10, output_tokens: 5 } }] : []),
  },
  model: {
    marker: "exec_command",
    call(action) {
      switch (action.do) {
        case "read":
          return run(`cat ${action.path}`);
        case "write":
          return patch(`*** Add File: ${action.path}`, ...linesOf(action.content, "+"));
        case "edit":
          return patch(
            `*** Update File: ${action.path}`,
            "@@",
            ...linesOf(action.from, "-"),
            ...linesOf(action.to, "+"),
          );
        case "run":
          return run(action.command);
      }
    },
    refusals: REFUSALS,
    exitsBy: [],
  },
  endings: [
    {
      name: "codex-dev-server",
      about: "The work is done while a server that it started still runs.",
      agent,
      provider: {
        does: "play",
        turns: [{ say: "I run something.", tools: [run("sleep 600 > /dev/null 2>&1 &")] }, WRITE, DONE],
      },
      expected: endsDone(),
    },
    {
      name: "codex-silence",
      about: "It says nothing and exits with 0.",
      agent,
      provider: { does: "hang" },
      standIn: "exit 0",
      expected: SILENT,
    },
    {
      name: "codex-plan",
      about: "It keeps a plan while it works.",
      agent,
      provider: {
        does: "play",
        turns: [
          {
            say: "A plan first.",
            tools: [
              {
                name: "update_plan",
                input: {
                  plan: [
                    { step: "Read the widgets", status: "completed" },
                    { step: "Make them better", status: "in_progress" },
                  ],
                },
              },
            ],
          },
          WRITE,
          DONE,
        ],
      },
      expected: endsDone(),
    },
  ],
};
