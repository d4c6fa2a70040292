import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** What the scripted agent does, in this order. It travels in the prompt, as an agent's orders do. */
export type Scenario = {
  /** Shell script, run in the work tree. */
  sh?: string;
  /** Tool calls to report, each with its exit code. */
  tools?: { command: string; exitCode: number }[];
  /** Reports a call without a result and is silent for so long. */
  silentToolMs?: number;
  /** Lines for stderr. */
  stderr?: string[];
  ignoreTerm?: boolean;
  /** Never ends by itself. */
  hang?: boolean;
  /** Its last word. */
  say?: string;
  exitCode?: number;
};

const MARK = "SCENARIO:";
export const promptFor = (scenario: Scenario): string =>
  `Please do this.\n${MARK}${JSON.stringify(scenario)}\nThank you.\n`;

/**
 * Fills a folder like the agent CLIs' node_modules with one program in the places of claude and opencode. It speaks
 * claude's stream of events; opencode's when it is called as such.
 */
export function installScriptedAgents(nodeModules: string): void {
  const platform = `${process.platform}-${process.arch}`;
  const places = [
    `@anthropic-ai/claude-code-${platform}/claude`,
    `opencode-${platform}/bin/opencode`,
    `opencode-${platform}-baseline/bin/opencode`,
  ];
  for (const place of places) {
    const path = join(nodeModules, place);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `#!${process.execPath}\n${PROGRAM}`);
    chmodSync(path, 0o755);
  }
}

const PROGRAM = `
const { spawnSync } = require("node:child_process");
const { readFileSync } = require("node:fs");
const prompt = readFileSync(0, "utf8");
const scenario = JSON.parse(/^${MARK}(.*)$/m.exec(prompt)[1]);
const claude = __filename.endsWith("claude");
const print = (event) => process.stdout.write(JSON.stringify(event) + "\\n");
const say = (text) => claude
  ? print({ type: "assistant", message: { content: [{ type: "text", text }] } })
  : print({ type: "text", part: { text } });
const call = (id, command) => claude && print({ type: "assistant", message: { content: [{ type: "tool_use", id, name: "Bash", input: { command } }] } });
const result = (id, command, exitCode) => claude
  ? print({ type: "user", tool_use_result: {}, message: { content: [{ type: "tool_result", tool_use_id: id, is_error: exitCode !== 0, content: exitCode === 0 ? "fine" : "Exit code " + exitCode }] } })
  : print({ type: "tool_use", part: { tool: "bash", callID: id, state: { status: "completed", input: { command }, output: "fine", title: command, metadata: { exit: exitCode } } } });
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
(async () => {
  if (scenario.ignoreTerm) process.on("SIGTERM", () => undefined);
  if (claude) print({ type: "system", subtype: "init", model: "scripted", tools: [], session_id: "s" });
  for (const line of scenario.stderr ?? []) process.stderr.write(line + "\\n");
  if (scenario.sh) {
    const ran = spawnSync("/bin/sh", ["-ec", scenario.sh], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
    if (ran.stdout) say(ran.stdout);
    if (ran.status !== 0) process.stderr.write("script failed: " + ran.stderr + "\\n");
  }
  for (const [at, tool] of (scenario.tools ?? []).entries()) { call("t" + at, tool.command); result("t" + at, tool.command, tool.exitCode); }
  if (scenario.silentToolMs) { call("quiet", "sleep"); await sleep(scenario.silentToolMs); result("quiet", "sleep", 0); }
  while (scenario.hang) await sleep(1000);
  if (scenario.say) say(scenario.say);
  const bad = (scenario.exitCode ?? 0) !== 0;
  if (claude && !bad) print({ type: "result", subtype: "success", is_error: false, result: scenario.say ?? "", num_turns: 1, duration_ms: 5, total_cost_usd: 0.01, usage: { input_tokens: 10, output_tokens: 5 } });
  if (!claude) print({ type: "step_finish", part: { reason: "stop", tokens: { input: 10, output: 5, reasoning: 0, cache: { read: 0, write: 0 } }, cost: 0.01 } });
  process.exitCode = scenario.exitCode ?? 0;
})();
`;
