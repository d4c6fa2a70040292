import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { AGENT_IDS, AGENTS } from "../../lib/agents.ts";
import { platformName } from "../runner/agents/launch-parts.ts";
import type { Prints } from "./agent-script.ts";
import { AGENT_SCRIPTS } from "./agent-scripts.ts";

/** What the scripted agent does, in this order. It travels in the prompt, as an agent's orders do. */
export type AgentScenario = {
  /** Shell script, run in the work tree; its PROMPT is all that the agent was told. */
  sh?: string;
  /** Tool calls to report, each with its exit code. */
  tools?: { command: string; exitCode: number }[];
  /** Reports a call without a result and is silent for so long. */
  silentToolMs?: number;
  /** Lines for stderr. */
  stderr?: string[];
  ignoreTerm?: boolean;
  /** Takes memory until it is ended for it. */
  eatsMemory?: boolean;
  /** Never ends by itself. */
  hang?: boolean;
  /** Its last word. */
  say?: string;
  exitCode?: number;
};

const MARK = "SCENARIO:";
export const promptFor = (scenario: AgentScenario): string =>
  `Please do this.\n${MARK}${JSON.stringify(scenario)}\nThank you.\n`;

/**
 * Fills a folder like the agent CLIs' node_modules with a program in the place of every agent's. Each does what the
 * scenario says and prints it as the agent would.
 */
export function installScriptedAgents(nodeModules: string): void {
  for (const id of AGENT_IDS) {
    for (const place of AGENTS[id].programs(platformName())) {
      const path = join(nodeModules, place);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, `#!${process.execPath}\n${programOf(AGENT_SCRIPTS[id].prints)}`);
      chmodSync(path, 0o755);
    }
  }
}

/** Whole in itself: the agent's user may not be able to read this repository. */
const programOf = (prints: Prints): string =>
  `const prints = { ${Object.entries(prints)
    .map(([name, print]) => `${name}: ${String(print)}`)
    .join(", ")} };\n${PROGRAM}`;

const PROGRAM = `
const { spawnSync } = require("node:child_process");
const { readFileSync } = require("node:fs");
const prompt = readFileSync(0, "utf8");
const scenario = JSON.parse(/^${MARK}(.*)$/m.exec(prompt)[1]);
const print = (events) => events.forEach((event) => process.stdout.write(JSON.stringify(event) + "\\n"));
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
(async () => {
  if (scenario.ignoreTerm) process.on("SIGTERM", () => undefined);
  print(prints.begins());
  for (const line of scenario.stderr ?? []) process.stderr.write(line + "\\n");
  if (scenario.sh) {
    const ran = spawnSync("/bin/sh", ["-ec", scenario.sh], {
      encoding: "utf8",
      env: { ...process.env, PROMPT: prompt },
      stdio: ["ignore", "pipe", "pipe"],
    });
    if (ran.stdout) print(prints.says(ran.stdout));
    if (ran.status !== 0) process.stderr.write("script failed: " + ran.stderr + "\\n");
  }
  for (const [at, { command, exitCode }] of (scenario.tools ?? []).entries()) {
    print(prints.calls("t" + at, command));
    print(prints.answers({ id: "t" + at, command, exitCode }));
  }
  if (scenario.silentToolMs) {
    print(prints.calls("quiet", "sleep"));
    await sleep(scenario.silentToolMs);
    print(prints.answers({ id: "quiet", command: "sleep", exitCode: 0 }));
  }
  for (const all = []; scenario.eatsMemory;) all.push(Buffer.alloc(16 * 1048576, 1));
  while (scenario.hang) await sleep(1000);
  if (scenario.say) print(prints.says(scenario.say));
  print(prints.ends({ said: scenario.say ?? "", isWell: (scenario.exitCode ?? 0) === 0 }));
  process.exitCode = scenario.exitCode ?? 0;
})();
`;
