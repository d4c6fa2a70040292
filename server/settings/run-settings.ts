import { AGENTS, type AgentId } from "@/lib/agents";
import { parseJson } from "@/lib/json";
import { agentDefaults, storedConfigSchema, type AgentSettings, type StoredConfig } from "@/lib/porter-config";
import { upgradeConfig } from "@/lib/porter-config-versions";
import type { AppContext } from "@/server/context";
import type { SettingsRow } from "@/server/db/settings-store";
import { AppError } from "@/server/errors";

/** What admission and launch need to know of a user's settings. */
export type RunSettings = {
  config: StoredConfig;
  flyApp: string | null;
  agent(id: AgentId): AgentSettings;
  /** Lower-case `owner/name`; empty means every repository of the installation. */
  selectedRepositoryNames: string[];
};

/** Settings of any user, with defaults for what was never saved. Throws `internal` when the stored row is unreadable. */
export async function loadRunSettings(context: AppContext, userId: number): Promise<RunSettings> {
  return runSettingsOf(context, userId, await context.db.settings.get(userId));
}

/** The same of a row that was read; null: nothing was ever saved. */
export function runSettingsOf(context: AppContext, userId: number, row: SettingsRow | null): RunSettings {
  const { config } = configOf(context, userId, row);
  return {
    config,
    flyApp: config.flyAppName ?? null,
    agent: (id) => agentSettings(config, id),
    selectedRepositoryNames: config.onboarding.selectedRepos.map((name) => name.toLowerCase()),
  };
}

type Loaded = { config: StoredConfig; revision: number; row: SettingsRow | null };

/** The stored settings, of whatever version, with their revision; 0 and the defaults when nothing was ever saved. */
export async function loadConfig(context: AppContext, userId: number): Promise<Loaded> {
  return configOf(context, userId, await context.db.settings.get(userId));
}

function configOf(context: AppContext, userId: number, row: SettingsRow | null): Loaded {
  if (row === null) return { config: storedConfigSchema.parse({}), revision: 0, row: null };
  const parsed = storedConfigSchema.safeParse(upgradeConfig(parseJson(row.config), row.version));
  if (parsed.success) return { config: parsed.data, revision: row.revision, row };
  context.log.warn("settings_unreadable", { userId, problem: parsed.error.issues[0]?.path.join(".") });
  throw new AppError("internal", "Your saved settings cannot be read.");
}

const agentSettings = (config: StoredConfig, id: AgentId): AgentSettings =>
  config.agents[AGENTS[id].settingsKey] ?? agentDefaults(AGENTS[id].settingsKey);
