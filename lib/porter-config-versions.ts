import { AGENT_IDS, AGENTS } from "./agents.ts";
import { CONFIG_VERSION } from "./porter-config.ts";

type Json = Record<string, unknown>;

const isJson = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);
const MINUTE_MS = 60_000;
const within = (value: number, least: number, most: number) => Math.min(most, Math.max(least, Math.round(value)));

/**
 * 0.9: times in milliseconds under `settings`, agents switched by a bare boolean, the app as `flyApp`, the chosen
 * repositories beside everything else, no `onboarding` and no `regions`.
 */
function from09(old: Json): Json {
  const { flyApp, selectedRepos, agents, settings, ...rest } = old;
  const { taskTimeout, pollInterval, ...kept } = isJson(settings) ? settings : {};
  const entries = Object.entries(isJson(agents) ? agents : {});
  return {
    ...rest,
    ...(typeof flyApp === "string" && flyApp !== "" ? { flyAppName: flyApp } : {}),
    agents: Object.fromEntries(
      entries.map(([name, value]) => [name, typeof value === "boolean" ? { enabled: value } : value]),
    ),
    settings: {
      ...kept,
      ...(typeof taskTimeout === "number" ? { taskTimeout: within(taskTimeout / MINUTE_MS, 1, 90) } : {}),
      ...(typeof pollInterval === "number" ? { pollInterval: within(pollInterval / 1000, 5, 60) } : {}),
    },
    ...(Array.isArray(selectedRepos) ? { onboarding: { selectedRepos } } : {}),
  };
}

const UNMETERED = AGENT_IDS.filter((id) => !AGENTS[id].isMetered).map((id) => AGENTS[id].settingsKey);

/**
 * Every agent was on by default once, and saved so with whatever else was saved: one that cannot be metered is off until
 * somebody switches it on who was told.
 */
function withoutUnmetered(config: Json): Json {
  const { agents, saysUnmetered } = config;
  if (saysUnmetered === true || !isJson(agents)) return config;
  const off = UNMETERED.flatMap((key) => {
    const saved = agents[key];
    return isJson(saved) ? [[key, { ...saved, enabled: false }] as const] : [];
  });
  return { ...config, agents: { ...agents, ...Object.fromEntries(off) } };
}

/** Each step brings a document of its version to `to`. */
const STEPS: Record<string, { to: string; migrate: (old: Json) => Json }> = {
  "0.9.0": { to: "1.0.0", migrate: from09 },
};

/**
 * Stored settings of any version that Porter ever wrote, in the present one's shape; `version` is what the row says.
 * A document of a later Porter (a Worker that was rolled back) comes out as it is: the schema takes what it knows.
 */
export function upgradeConfig(document: unknown, version: string): unknown {
  if (!isJson(document)) return document;
  let current = document;
  let at = version;
  for (let step = STEPS[at]; step !== undefined; step = STEPS[at]) {
    current = step.migrate(current);
    at = step.to;
  }
  return { ...withoutUnmetered(current), version: CONFIG_VERSION };
}
