import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { TOOLCHAIN_FILE, TOOLS } from "../../agent-image/runner/toolchain.ts";
import { AGENT_IDS, type AgentId, AGENTS } from "../../lib/agents.ts";
import { readJson } from "../../lib/json.ts";
import { toolchainSchema } from "../../lib/toolchain.ts";
import type { Base } from "./build.ts";
import type { ImageMachine, Said } from "./machine.ts";
import type { Findings } from "./findings.ts";

/** What a base has to have; `full` has every tool that the runner can ask for. */
const TOOLS_OF: Record<Base, string[]> = {
  slim: ["node", "npm", "git", "make", "ripgrep", "xz"],
  full: Object.keys(TOOLS),
};
/** What cannot be had where this is checked: set-up takes it, by its digest, from where it is published. */
const ELSEWHERE = ["uv"];

/** What else has to be in an image, each a command that ends with 0 in it. */
const MORE: Record<Base, Record<string, string>> = {
  slim: {
    "the agent's user": `test "$(id -u porter)" = 10001`,
    "C.UTF-8": `test "$(locale charmap)" = UTF-8`,
    "what seals a machine": "command -v unshare nsenter setpriv prlimit fallocate mount perl",
  },
  full: {
    "Python's headers": `test -f "$(python3 -c 'import sysconfig; print(sysconfig.get_path("include"))')/Python.h"`,
    "Python's venv": "python3 -m venv --help",
    "Chromium's libraries": `for name in libnss3 libasound libatk-bridge-2.0 libcups libdrm libgbm libxkbcommon; do ldconfig -p | grep -q "$name" || exit 1; done`,
    "PostgreSQL's server": "ls /usr/lib/postgresql/*/bin/initdb",
    "no database that was made, no service that runs": "! ls /var/lib/postgresql/*/main && ! pgrep 'postgres|redis'",
    "a compiler that makes programs": `cd /tmp && echo 'int main(void) { return 0; }' > probe.c && cc probe.c -o probe && ./probe`,
  },
};

/** Asks the image for what it has to have. */
export function checkAnswers(base: Base, machine: ImageMachine, findings: Findings): void {
  const toolchain = readJson(toolchainSchema, readFileSync(join(machine.root, TOOLCHAIN_FILE), "utf8"));
  for (const tool of TOOLS_OF[base]) {
    const version = toolchain[tool];
    if (version !== undefined) findings.good(`${tool} ${version}`);
    else if (ELSEWHERE.includes(tool)) findings.notChecked(`${tool}: it is not to be had here`);
    else findings.wrong(`${tool} is not in toolchain.json`);
  }
  const more = base === "full" ? { ...MORE.slim, ...MORE.full } : MORE.slim;
  for (const [name, command] of Object.entries(more)) addFinding(findings, name, machine.asRoot(command));
  for (const id of AGENT_IDS) {
    const [program] = AGENTS[id].programs(`linux-${process.arch}`);
    addFinding(findings, AGENTS[id].name, machine.asAgent(`/opt/porter/node_modules/${program} --version`));
  }
}

/** An image for one agent has that one's program and nobody else's. */
export function checkAlone(agent: AgentId, machine: ImageMachine, findings: Findings): void {
  const [program] = AGENTS[agent].programs(`linux-${process.arch}`);
  const answers = machine.asAgent(`/opt/porter/node_modules/${program} --version`);
  const others = AGENT_IDS.filter((id) => id !== agent).flatMap((id) => AGENTS[id].programs(`linux-${process.arch}`));
  const isAlone = others.every((other) => !existsSync(join(machine.root, "opt/porter/node_modules", other)));
  addFinding(findings, `an image with ${AGENTS[agent].name} alone`, { ...answers, isGood: answers.isGood && isAlone });
}

export function addFinding(findings: Findings, name: string, { isGood, text }: Said): void {
  if (isGood) findings.good(name);
  else findings.wrong(`${name}: ${text}`);
}
