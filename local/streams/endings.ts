import type { AgentId } from "../../lib/agents.ts";
import type { FailureCode } from "../../lib/failures.ts";
import { type ProviderScript, type Refused, SUBAGENT_MARK, type Turn } from "./scripted-provider.ts";

/** One way in which a run ends, and how it is brought about. */
export type Ending = {
  name: string;
  /** One sentence for people. */
  about: string;
  agent: AgentId;
  provider: ProviderScript;
  /** Files of the repository. */
  files?: Record<string, string>;
  limits?: { deadlineMs?: number; stallTimeoutMs?: number };
  /** A branch to start from that is not there. */
  baseBranch?: string;
  /** Porter asks the run to stop when the agent has printed this. */
  stop?: { after: string; reason: FailureCode };
  /** A shell script in the CLI's place, for what no CLI does on request; `"$0" "$@"` in it is the CLI. */
  standIn?: string;
};

type Scripted = Exclude<AgentId, "amp">;
const SCRIPTED: Scripted[] = ["claude", "opencode"];

const write = (agent: Scripted): Turn => ({
  say: "I write it down.",
  tools: [
    agent === "claude"
      ? { name: "Write", input: { file_path: "better.md", content: "Better.\n" } }
      : { name: "write", input: { filePath: "better.md", content: "Better.\n" } },
  ],
});
const run = (agent: Scripted, command: string, more: Record<string, unknown> = {}): Turn => ({
  say: "I run something.",
  tools: [{ name: agent === "claude" ? "Bash" : "bash", input: { command, description: "Run it", ...more } }],
});
const play = (...turns: Turn[]): ProviderScript => ({ does: "play", turns });
const NEVER: Turn = { say: "", hangs: true };
const DONE: Turn = { say: "Made it better: there is a `better.md` now." };

const refused = (status: number, error: { type: string; message: string }): Refused => ({
  status,
  body: { type: "error", error, request_id: "req_011CSHoEeqs5C35K2UUqR7Fy" },
});

/** What Anthropic's API answers, by the ending's name. */
const REFUSALS: Record<string, { about: string; refusal: Refused }> = {
  "key-refused": {
    about: "The provider refuses the key.",
    refusal: refused(401, { type: "authentication_error", message: "invalid x-api-key" }),
  },
  "rate-limited": {
    about: "The provider refuses for an hour.",
    refusal: {
      ...refused(429, {
        type: "rate_limit_error",
        message: "This request would exceed your organization's rate limit.",
      }),
      headers: { "retry-after": "3600" },
    },
  },
  overloaded: {
    about: "The provider is overloaded.",
    refusal: refused(529, { type: "overloaded_error", message: "Overloaded" }),
  },
  "context-too-long": {
    about: "The conversation is longer than the model takes.",
    refusal: refused(400, {
      type: "invalid_request_error",
      message: "prompt is too long: 212846 tokens > 200000 maximum",
    }),
  },
  "credit-too-low": {
    about: "The account with the provider is empty.",
    refusal: refused(400, {
      type: "invalid_request_error",
      message:
        "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.",
    }),
  },
  "model-unavailable": {
    about: "The provider does not know the model.",
    refusal: refused(404, { type: "not_found_error", message: "model: claude-sonnet-4-5" }),
  },
};

/** What both scripted CLIs do. */
const COMMON: Ending[] = SCRIPTED.flatMap((agent): Ending[] => [
  {
    name: `${agent}-changes`,
    about: "A file is written and the work is done.",
    agent,
    provider: play(write(agent), DONE),
  },
  {
    name: `${agent}-no-changes`,
    about: "What was asked for is there already.",
    agent,
    provider: play(run(agent, "ls"), { say: "Nothing to do: the widgets are better already." }),
  },
  {
    name: `${agent}-asks`,
    about: "It ends with a question instead of work.",
    agent,
    provider: play(run(agent, "ls"), {
      say: "There are two kinds of widgets here, and I could improve either.\n\nWhich ones do you mean, the **blue** or the **red** ones?",
    }),
  },
  ...Object.entries(REFUSALS).map(([name, { about, refusal }]): Ending => ({
    name: `${agent}-${name}`,
    about,
    agent,
    provider: { does: "refuse", refusal },
  })),
  {
    name: `${agent}-killed`,
    about: "The system kills the agent for its memory.",
    agent,
    provider: play(write(agent), run(agent, "kill -9 $PPID"), DONE),
  },
  {
    name: `${agent}-plain-error`,
    about: "It prints an error that is no event, and exits with 0.",
    agent,
    provider: { does: "hang" },
    standIn: "echo 'error: cannot open the session store' >&2; echo 'The session could not be opened.'; exit 0",
  },
]);

const background = { run_in_background: true };
const subagent = (name: string): { name: string; input: Record<string, unknown> } => ({
  name: "Agent",
  input: {
    description: name,
    prompt: `${SUBAGENT_MARK} look at ${name}`,
    subagent_type: "general-purpose",
    ...background,
  },
});
/** A subagent that takes its time, so that its caller ends its turn before it. */
const SLOW: Turn[] = [run("claude", "sleep 4"), { say: "I have looked at it." }];

const CLAUDE: Ending[] = [
  {
    name: "claude-dev-server",
    about: "The work is done while a server that it started still runs.",
    agent: "claude",
    provider: play(run("claude", "sleep 600", background), write("claude"), DONE),
    limits: { deadlineMs: 60_000 },
  },
  {
    name: "claude-subagent",
    about: "It ends a turn while a subagent works, and another one when the subagent is done.",
    agent: "claude",
    provider: {
      does: "play",
      turns: [{ say: "I send one.", tools: [subagent("one")] }, { say: "I wait for it." }, write("claude"), DONE],
      subagent: SLOW,
    },
  },
  {
    name: "claude-two-subagents",
    about: "Two subagents work after the end of its turn.",
    agent: "claude",
    provider: {
      does: "play",
      turns: [
        { say: "I send two.", tools: [subagent("one"), subagent("two")] },
        { say: "I wait for both." },
        write("claude"),
        DONE,
      ],
      subagent: SLOW,
    },
  },
  {
    name: "claude-subagent-and-server",
    about: "A subagent ends, and a server still runs when the work is done.",
    agent: "claude",
    provider: {
      does: "play",
      turns: [
        run("claude", "sleep 600", background),
        { say: "I send one.", tools: [subagent("one")] },
        { say: "I wait for it." },
        write("claude"),
        DONE,
      ],
      subagent: SLOW,
    },
  },
  {
    name: "claude-empty-result",
    about: "Its last turn says nothing, so that its result is empty.",
    agent: "claude",
    provider: play({ ...write("claude"), say: "I write it down, and that is all." }, { say: "" }),
  },
  {
    name: "claude-init-only",
    about: "It begins, says nothing more and exits with 0.",
    agent: "claude",
    provider: play(DONE),
    standIn: `"$0" "$@" | head -n 1`,
  },
  {
    name: "claude-timed-out",
    about: "The time limit is reached while it works.",
    agent: "claude",
    provider: play(write("claude"), NEVER),
    limits: { deadlineMs: 12_000 },
  },
  {
    name: "claude-stalled",
    about: "The model never answers.",
    agent: "claude",
    provider: { does: "hang" },
    limits: { stallTimeoutMs: 4000 },
  },
  {
    name: "claude-stopped",
    about: "It is stopped on request while it works.",
    agent: "claude",
    provider: play(write("claude"), NEVER),
    stop: { after: "tool_result", reason: "stopped_by_user" },
  },
  {
    name: "claude-base-branch-missing",
    about: "The branch to start from does not exist, so no agent starts.",
    agent: "claude",
    provider: { does: "hang" },
    baseBranch: "no-such-branch",
  },
];

const OPENCODE: Ending[] = [
  {
    name: "opencode-dev-server",
    about: "The work is done while a server that it started still runs.",
    agent: "opencode",
    provider: play(run("opencode", "sleep 600 > /dev/null 2>&1 &"), write("opencode"), DONE),
  },
  {
    name: "opencode-silence",
    about: "It says nothing and exits with 0.",
    agent: "opencode",
    provider: { does: "hang" },
    standIn: "exit 0",
  },
  {
    name: "opencode-lingers",
    about: "It has said its last word, but does not leave.",
    agent: "opencode",
    provider: play(write("opencode"), DONE),
    standIn: `"$0" "$@"; sleep 600`,
  },
];

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
const ampEnding = (name: string, of: { about: string; standIn: string }): Ending => ({
  name: `amp-${name}`,
  agent: "amp",
  provider: { does: "hang" },
  ...of,
});

const AMP: Ending[] = [
  ampEnding("changes", {
    about: "A file is written and the work is done.",
    standIn: `echo Better. > better.md\n${printed(ampDone(DONE.say), 0)}`,
  }),
  ampEnding("asks", {
    about: "It ends with a question instead of work.",
    standIn: printed(
      ampDone("I found two kinds of widgets.\n\nWhich should I improve?\n\n1. the blue ones\n2. the red ones"),
      0,
    ),
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
  }),
  ampEnding("silence", {
    about: "It begins, says something and exits with 0 without a result.",
    standIn: printed([ampInit, ampText("I begin.")], 0),
  }),
];

export const ENDINGS: readonly Ending[] = [...COMMON, ...CLAUDE, ...OPENCODE, ...AMP];
