import { CLAUDE } from "../../../../lib/agents/claude.ts";
import { type ScriptedEnding, SUBAGENT_MARK, type ScriptedTurn } from "../../../testing/agent-script.ts";
import { endsDone, endsFailed, SILENT } from "../../../testing/expected-ending.ts";

const { id: agent } = CLAUDE;
const WRITE: ScriptedTurn = {
  say: "I write it down.",
  tools: [{ name: "Write", input: { file_path: "better.md", content: "Better.\n" } }],
};
const run = (command: string, more: Record<string, unknown> = {}): ScriptedTurn => ({
  say: "I run something.",
  tools: [{ name: "Bash", input: { command, description: "Run it", ...more } }],
});
const play = (...turns: ScriptedTurn[]): ScriptedEnding["provider"] => ({ does: "play", turns });
const NEVER: ScriptedTurn = { say: "", hangs: true };
const DONE: ScriptedTurn = { say: "Made it better: there is a `better.md` now." };

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
const SLOW: ScriptedTurn[] = [run("sleep 4"), { say: "I have looked at it." }];

export const CLAUDE_ENDINGS: readonly ScriptedEnding[] = [
  {
    name: "claude-dev-server",
    about: "The work is done while a server that it started still runs.",
    agent,
    provider: play(run("sleep 600", background), WRITE, DONE),
    limits: { deadlineMs: 60_000 },
    expected: endsDone("over"),
  },
  {
    name: "claude-subagent",
    about: "It ends a turn while a subagent works, and another one when the subagent is done.",
    agent,
    provider: {
      does: "play",
      turns: [{ say: "I send one.", tools: [subagent("one")] }, { say: "I wait for it." }, WRITE, DONE],
      subagent: SLOW,
    },
    expected: endsDone(),
  },
  {
    name: "claude-two-subagents",
    about: "Two subagents work after the end of its turn.",
    agent,
    provider: {
      does: "play",
      turns: [
        { say: "I send two.", tools: [subagent("one"), subagent("two")] },
        { say: "I wait for both." },
        WRITE,
        DONE,
      ],
      subagent: SLOW,
    },
    expected: endsDone(),
  },
  {
    name: "claude-subagent-and-server",
    about: "A subagent ends, and a server still runs when the work is done.",
    agent,
    provider: {
      does: "play",
      turns: [
        run("sleep 600", background),
        { say: "I send one.", tools: [subagent("one")] },
        { say: "I wait for it." },
        WRITE,
        DONE,
      ],
      subagent: SLOW,
    },
    expected: endsDone("over"),
  },
  {
    name: "claude-empty-result",
    about: "Its last turn says nothing, so that its result is empty.",
    agent,
    provider: play({ ...WRITE, say: "I write it down, and that is all." }, { say: "" }),
    expected: endsDone(),
  },
  {
    name: "claude-init-only",
    about: "It begins, says nothing more and exits with 0.",
    agent,
    provider: play(DONE),
    standIn: `"$0" "$@" | head -n 1`,
    expected: SILENT,
  },
  {
    name: "claude-timed-out",
    about: "The time limit is reached while it works.",
    agent,
    provider: play(WRITE, NEVER),
    limits: { deadlineMs: 12_000 },
    expected: {
      cause: "deadline",
      outcome: "partial",
      code: "timed_out",
      phase: "working",
      sentence: "⌛ Timed out after ",
      state: "timed_out",
      label: "porter:failed",
    },
  },
  {
    name: "claude-stalled",
    about: "The model never answers.",
    agent,
    provider: { does: "hang" },
    limits: { stallTimeoutMs: 4000 },
    expected: endsFailed("agent_stalled", "The agent went silent and was stopped", "stalled"),
  },
  {
    name: "claude-stopped",
    about: "It is stopped on request while it works.",
    agent,
    provider: play(WRITE, NEVER),
    stop: { after: "tool_result", reason: "stopped_by_user" },
    expected: {
      cause: "asked",
      outcome: "partial",
      code: "stopped_by_user",
      phase: "working",
      sentence: "⏹ Stopped by ",
      state: "stopped",
      label: "porter:failed",
    },
  },
  {
    name: "claude-base-branch-missing",
    about: "The branch to start from does not exist, so no agent starts.",
    agent,
    provider: { does: "hang" },
    baseBranch: "no-such-branch",
    expected: {
      ...endsFailed("base_branch_missing", 'The base branch "no-such-branch" does not exist', null),
      phase: "cloning",
    },
  },
];
