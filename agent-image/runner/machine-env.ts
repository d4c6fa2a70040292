import { join } from "node:path";
import { prefixAt } from "./prefix.ts";
import type { Seal } from "./seal/seal.ts";
import type { Workspace } from "./workspace.ts";

type EnvSources = { workspace: Workspace; seal: Pick<Seal, "env">; prefix: string | null };

/**
 * What every process of the agent's user has: set-up, what is left running, the agent. `ofRepository`: what the repository
 * says, after which Porter's own is set. All that it has of the supervisor's environment is PATH.
 */
export function machineEnvironment(
  { workspace, seal, prefix: at }: EnvSources,
  ofRepository: Record<string, string>,
): Record<string, string> {
  const prefix = prefixAt(at ?? join(workspace.home, ".prefix"));
  return {
    ...ofRepository,
    ...seal.env,
    ...prefix.env,
    PATH: [...prefix.path, process.env.PATH ?? "/usr/local/bin:/usr/bin:/bin"].join(":"),
    LANG: "C.UTF-8",
    TMPDIR: join(workspace.home, "tmp"),
    GIT_TERMINAL_PROMPT: "0",
    GIT_CONFIG_NOSYSTEM: "1",
    NO_COLOR: "1",
    // Versions of tools are the repository's to name, and nobody is there to be asked.
    MISE_YES: "1",
    MISE_TRUSTED_CONFIG_PATHS: workspace.work,
    COMPOSER_NO_INTERACTION: "1",
    HOME: workspace.home,
    PORTER_RUN: workspace.root,
  };
}
