import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AMP } from "../../../../lib/agents/amp.ts";
import { PROVIDERS } from "../../../../lib/providers.ts";
import { AgentCannotStart } from "../agent.ts";
import type { Agent, LaunchCommand, LaunchInput } from "../agent.ts";
import { checkedModel, findBinary, platformName } from "../launch-parts.ts";
import { createStreamJsonParser } from "../stream-json.ts";

/** Porter writes the trailers of commits itself. */
const SETTINGS = {
  "amp.updates.mode": "disabled",
  "amp.git.commit.ampThread.enabled": false,
  "amp.git.commit.coauthor.enabled": false,
};

/**
 * Amp (0.0.1790142911). Its models run in its vendor's cloud, so it alone holds its real key and there is no
 * proxy. Without a key it would open a sign-in and wait: the key is checked before the start.
 */
export const amp: Agent = {
  id: AMP.id,
  provider: () => AMP.provider,
  mayCall: () => false,
  keyNames: () => [...PROVIDERS.amp.envNames],
  command,
  createParser: createStreamJsonParser,
};

/** Writes Amp's settings into `homeDir`, the only place it takes them from. */
function command(input: LaunchInput): LaunchCommand {
  const key = PROVIDERS.amp.envNames
    .map((name) => input.keys[name])
    .find((value) => value !== undefined && value.trim() !== "");
  if (key === undefined) throw new AgentCannotStart("missing_credentials", "The key for Amp is missing.");
  const file = findBinary(input.nodeModules, AMP.name, AMP.programs(platformName()));
  const settingsFile = join(input.homeDir, "porter-amp-settings.json");
  // Never through a link: a set-up may have been here before.
  rmSync(settingsFile, { force: true });
  writeFileSync(settingsFile, JSON.stringify(SETTINGS), { flag: "wx", mode: 0o644 });
  return {
    file,
    args: [
      "--execute",
      "--stream-json",
      "--dangerously-allow-all",
      "--no-ide",
      "--no-color",
      // Its vendor shows a thread to the whole workspace otherwise.
      "--visibility",
      "private",
      "--settings-file",
      settingsFile,
      // Amp has modes instead of models; null leaves the choice to it.
      ...(input.model === null ? [] : ["--mode", checkedModel(input.model)]),
    ],
    env: { HOME: input.homeDir, AMP_API_KEY: key },
  };
}
