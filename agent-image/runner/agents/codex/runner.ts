import { CODEX } from "../../../../lib/agents/codex.ts";
import { PROVIDERS } from "../../../../lib/providers.ts";
import { endpointOf } from "../../provider-endpoints.ts";
import type { Agent, LaunchCommand, LaunchInput } from "../agent.ts";
import { checkedModel, findBinary, PLACEHOLDER_KEY, platformName, proxyUrl } from "../launch-parts.ts";
import { createCodexParser } from "./parser.ts";

const [KEY_NAME] = PROVIDERS[CODEX.provider].envNames;

/**
 * What needs the vendor's own services, runs what a repository or an account brings, asks somebody, or goes on by itself:
 * all that a run in a machine must not have.
 */
const OFF = [
  "apps",
  "plugins",
  "remote_plugin",
  "hooks",
  "image_generation",
  "browser_use",
  "computer_use",
  "goals",
  "memories",
  "multi_agent",
  "shell_snapshot",
  "tool_suggest",
  "skill_mcp_dependency_install",
  "skill_search",
  "workspace_dependencies",
  "api_key_model_discovery",
  "guardian_approval",
  "daemon_auto_start",
  "system_proxy_fallback",
  // The key proxy reads what is asked.
  "enable_request_compression",
  // A provider that is away would be tried for ever.
  "unbounded_connection_retries",
];

/** In TOML, as `-c` takes it. */
const SETTINGS = {
  // Searching is done at the provider, for a price of its own.
  web_search: '"disabled"',
  "tools.update_plan.enabled": "true",
  "tools.experimental_request_user_input.enabled": "false",
  // AGENTS.md is in Porter's prompt.
  project_doc_max_bytes: "0",
  "skills.include_instructions": "false",
  "skills.bundled.enabled": "false",
  check_for_update_on_startup: "false",
  "analytics.enabled": "false",
  "history.persistence": '"none"',
};

/**
 * Codex (0.171.0). A repository's own settings stay off, since nobody says that its folder is trusted. It keeps the whole
 * conversation in one file below `~/.codex/sessions`, by which `codex exec resume` goes on with it anywhere else.
 */
export const codex: Agent = {
  id: CODEX.id,
  provider: () => CODEX.provider,
  mayCall: (model, name) => name === nameOf(model),
  keyNames: () => [...PROVIDERS[CODEX.provider].envNames],
  command,
  createParser: createCodexParser,
};

const nameOf = (model: string | null): string => (model ?? CODEX.defaultModel).replace(`${CODEX.provider}/`, "");

function command(input: LaunchInput): LaunchCommand {
  const model = checkedModel(nameOf(input.model));
  const baseUrl = proxyUrl(input.proxyUrls, CODEX.provider) + (endpointOf(CODEX.provider)?.sdkPath ?? "");
  const settings = {
    ...SETTINGS,
    model_provider: '"porter"',
    "model_providers.porter": `{ ${[
      'name = "porter"',
      `base_url = "${baseUrl}"`,
      'wire_api = "responses"',
      `env_key = "${KEY_NAME}"`,
      // Half a minute of patience with a busy provider; a refused key ends the run at its first try.
      "request_max_retries = 2",
      "stream_max_retries = 4",
    ].join(", ")} }`,
  };
  return {
    file: findBinary(input.nodeModules, CODEX.name, CODEX.programs(platformName())),
    args: [
      "exec",
      ...input.pictures.map((file) => `--image=${file}`),
      "--json",
      "--skip-git-repo-check",
      "--dangerously-bypass-approvals-and-sandbox",
      "--model",
      model,
      ...OFF.flatMap((feature) => ["--disable", feature]),
      ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
      // The prompt comes on stdin.
      "-",
    ],
    env: { HOME: input.homeDir, [KEY_NAME]: PLACEHOLDER_KEY },
  };
}
