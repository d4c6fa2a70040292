import { startTestModel } from "../../agent-image/runner/testing/test-model.ts";
import { AGENT_SCRIPTS } from "../../agent-image/testing/agent-scripts.ts";
import { FAKE_API_KEY, RunnerWorld } from "../../agent-image/testing/runner-process.ts";
import { progressRequestSchema } from "../../lib/agent-protocol.ts";
import { AGENT_IDS, type AgentId, AGENTS } from "../../lib/agents.ts";
import { parseJson } from "../../lib/json.ts";
import { PROVIDERS } from "../../lib/providers.ts";
import type { Findings } from "./findings.ts";
import { type ImageMachine, throughImage } from "./machine.ts";

/** Those whose calls of a model can be played here. */
const AGENTS_RUN = AGENT_IDS.filter((id) => AGENTS[id].isMetered);
/** Installs without root and without a network, runs what was installed, and leaves a file of it. */
const COMMAND = [
  "mkdir -p tool",
  `printf '{"name":"tool","version":"1.0.0","bin":"tool.js"}' > tool/package.json`,
  `printf '#!/usr/bin/env node\\nconsole.log(42)' > tool/tool.js`,
  "npm install --global --offline --no-audit --no-fund ./tool",
  "tool > made-by-tool.txt",
].join(" && ");

/** Whole runs in the image, from the claim to the work in Porter's hands; GitHub, Porter and the model are doubles. */
export async function checkRuns(machine: ImageMachine, findings: Findings): Promise<void> {
  for (const id of AGENTS_RUN) {
    const problem = await wholeRun(id, machine);
    if (problem === null) findings.good(`a whole run with ${AGENTS[id].name}`);
    else findings.wrong(`a whole run with ${AGENTS[id].name}: ${problem}`);
  }
}

/** What went wrong; null: nothing. */
async function wholeRun(id: AgentId, machine: ImageMachine): Promise<string | null> {
  const call = AGENT_SCRIPTS[id].model?.call({ do: "run", command: COMMAND, why: "Work" });
  const model = await startTestModel([
    { say: "I work.", ...(call === undefined ? {} : { tool: call.name, input: call.input }) },
    { say: "Done." },
  ]);
  await using world = await RunnerWorld.open("split");
  try {
    world.repository.commit("main", { "README.md": "one\n" });
    world.through = throughImage(machine.root, world.root);
    const { provider } = AGENTS[id];
    const keys = { [PROVIDERS[provider].envNames[0]]: FAKE_API_KEY };
    const answer = { ...world.claimAnswer({}), prompt: "Work.\n", agent: { id, model: null } };
    const told = { ...answer, keys, providerBaseUrls: { [provider]: model.url } };
    const { stderr } = await world.run(told, { agentBin: "/opt/porter/node_modules" });
    return problemOf(world, stderr);
  } finally {
    await model.close();
  }
}

function problemOf({ porter, repository }: RunnerWorld, stderr: string): string | null {
  const [completion] = porter.completions;
  const said = JSON.stringify(completion ?? stderr).slice(0, 2000);
  if (completion?.outcome !== "changed") return said;
  if (!repository.git("ls-tree", "-r", "--name-only", "porter/abc").includes("made-by-tool.txt")) return said;
  if (completion.network?.seal !== "sealed") return `the network was not sealed: ${said}`;
  const first = porter.calls.find(({ path }) => path.endsWith("/progress"));
  const report = progressRequestSchema.safeParse(parseJson(first?.body ?? ""));
  return report.data?.toolchain?.["node"] === undefined ? "the first report had no toolchain" : null;
}
