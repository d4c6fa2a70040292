import { CLAUDE } from "../../../../lib/agents/claude.ts";
import { PROVIDERS } from "../../../../lib/providers.ts";
import type { Agent, LaunchCommand, LaunchInput } from "../agent.ts";
import { checkedModel, findBinary, PLACEHOLDER_KEY, platformName, proxyUrl } from "../launch-parts.ts";
import { createStreamJsonParser } from "../stream-json.ts";

/** Tools that wait for somebody, outlive the run, or work outside the folder that Porter collects. */
const TOOLS_OFF = [
  "EnterWorktree",
  "ExitWorktree",
  "CronCreate",
  "CronDelete",
  "CronList",
  "ScheduleWakeup",
  "SendMessage",
];

/** Porter writes the trailers of commits itself. */
const SETTINGS = { attribution: { commit: "", pr: "" }, includeCoAuthoredBy: false };

/**
 * Claude Code (2.1.332). The repository's own settings, hooks and MCP servers stay off: in `-p` they run without
 * being asked, and its settings could send the key elsewhere. It exits 1 as root, so the agent's user must not be.
 */
export const claude: Agent = {
  id: CLAUDE.id,
  provider: () => "anthropic",
  mayCall,
  keyNames: () => [...PROVIDERS.anthropic.envNames],
  command,
  createParser: createStreamJsonParser,
};

/** A name as the CLI is started with it: without the vendor, and without the switch for a long conversation. */
const nameOf = (model: string | null): string => (model ?? CLAUDE.defaultModel).replace(/^anthropic\//, "");

/** Titles, summaries and what it reads of pages are Haiku's work, whatever the run's model is. */
const SMALL = /^claude-(?:\d-\d-)?haiku(?:-\d+)*$/;

function mayCall(model: string | null, asked: string): boolean {
  const name = nameOf(model).replace(/\[[^\]]*\]$/, "");
  if (SMALL.test(asked) || asked === name || asked.replace(/-\d{8}$/, "") === name) return true;
  // A family's name, which the CLI itself makes its newest model of.
  const families = name === "opusplan" ? ["opus", "sonnet"] : /\d/.test(name) ? [] : [name];
  return families.some((family) => new RegExp(`^claude-${family}(?:-\\d+)+$`).test(asked));
}

function command(input: LaunchInput): LaunchCommand {
  const model = checkedModel(nameOf(input.model));
  return {
    file: findBinary(input.nodeModules, CLAUDE.name, CLAUDE.programs(platformName())),
    args: [
      "-p",
      "--dangerously-skip-permissions",
      "--output-format",
      "stream-json",
      "--verbose",
      "--model",
      model,
      "--setting-sources",
      "user",
      "--settings",
      JSON.stringify(SETTINGS),
      "--strict-mcp-config",
      "--no-session-persistence",
      `--disallowedTools=${TOOLS_OFF.join(",")}`,
    ],
    env: {
      HOME: input.homeDir,
      ANTHROPIC_API_KEY: PLACEHOLDER_KEY,
      // Without /v1: the CLI adds it.
      ANTHROPIC_BASE_URL: proxyUrl(input.proxyUrls, "anthropic"),
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
      // Without it there is no tool that keeps a plan in a run without a terminal.
      CLAUDE_CODE_ENABLE_TODO_TOOLS: "1",
      DISABLE_AUTOUPDATER: "1",
      DISABLE_TELEMETRY: "1",
      DISABLE_ERROR_REPORTING: "1",
      // Half a minute of patience with a busy provider; a refused key ends the run at its first retry.
      CLAUDE_CODE_MAX_RETRIES: "6",
    },
  };
}
