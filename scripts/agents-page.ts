// `node scripts/agents-page.ts` writes docs/agents.md from the manifests in lib/agents; a test says when that is due.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { AGENT_IDS, type AgentId, AGENTS, namesOf, providersOf } from "../lib/agents.ts";
import { PROVIDERS } from "../lib/providers.ts";

export const AGENTS_PAGE = join(import.meta.dirname, "..", "docs", "agents.md");

const HEAD = `# The agents

Which coding agents Porter runs, and what it knows of each. This page is written from the manifests in \`lib/agents\` by
\`node scripts/agents-page.ts\`.

- **Metered**: its calls of models go through Porter's key proxy, which counts and limits them, and its own program runs
  in the demo against a scripted model. An agent that is not metered calls its models in its vendor's cloud, with the
  real key.
- **Hidden**: paths at a repository's root that its program would run or obey whatever its switches say. They are kept
  out of the work tree while it runs, and stay in the commits as they were.

| agent | comment | keys it runs on | default model | metered | hidden | program |
| --- | --- | --- | --- | --- | --- | --- |
`;

const TAIL = `
## A further agent

1. Its manifest, \`lib/agents/<id>.ts\`, and a line for it in \`lib/agents.ts\`: its id, its place in the lists, and no more
   entry among the agents that Porter lacks.
2. Its package, pinned: \`npm install --save-exact --package-lock-only <package>\` in \`agent-image\`, then
   \`npm run lock:fix\`. A stage of its own in \`agent-image/Dockerfile\` and a line in the last one copy its program, and
   \`npm run image:check -- --keep-sizes\` keeps its size.
3. Its folder, \`agent-image/runner/agents/<id>\`: \`runner.ts\` starts it and reads its output, \`script.ts\` says how a
   scripted model makes it work and how its runs end. A line for each in \`agent-image/runner/agents/index.ts\` and
   \`agent-image/testing/agent-scripts.ts\`.
4. \`npm run streams:record -- <id>-changes …\` records its endings, \`node scripts/agents-page.ts\` writes this page, and
   \`npm run demo -- --once --json --agent <id>\` shows it.

\`scripts/agents.test.ts\` says what is still missing.
`;

/** The page's whole text. */
export const agentsPage = (): string => `${HEAD}${AGENT_IDS.map(row).join("\n")}\n${TAIL}`;

const code = (text: string): string => `\`${text}\``;

function row(id: AgentId): string {
  const { name, docsUrl, defaultModel, isMetered, hiddenPaths, package: cli } = AGENTS[id];
  const cells = [
    `[${name}](${docsUrl})`,
    namesOf(id)
      .map((word) => code(`@porter ${word}`))
      .join(", "),
    providersOf(id)
      .map((provider) => PROVIDERS[provider].name)
      .join(", "),
    defaultModel === null ? "its vendor chooses" : code(defaultModel),
    isMetered ? "yes" : "no",
    hiddenPaths.length === 0 ? "nothing" : hiddenPaths.map(code).join(", "),
    code(cli),
  ];
  return `| ${cells.join(" | ")} |`;
}

if (import.meta.main) writeFileSync(AGENTS_PAGE, agentsPage());
