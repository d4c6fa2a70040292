import { agentDefaults, type ConfigUpdate, type StoredConfig } from "./porter-config.ts";

/** What a save changes besides secrets, which are kept elsewhere, and `revision`, which guards it. */
type SettingsUpdate = Omit<ConfigUpdate, "flyToken" | "providerCredentials" | "revision">;
type Name = keyof SettingsUpdate;
type Settings = Pick<StoredConfig, Name>;
type Merge<Key extends Name> = (stored: Settings[Key], wish: SettingsUpdate[Key]) => Settings[Key];

const replaced = <Value>(stored: Value, wish: Value | undefined): Value => (wish === undefined ? stored : wish);

/** How each setting takes a wish: objects field by field, the rest whole. A setting without a line does not compile. */
const MERGES: { [Key in Name]: Merge<Key> } = {
  executionMode: replaced,
  // "" changes nothing, null removes it.
  flyAppName: (stored, wish) => (wish === null ? undefined : wish || stored),
  agents: (stored, wish = {}) => {
    const agents = { ...stored };
    for (const [name, changes] of Object.entries(wish))
      agents[name] = { ...agentDefaults(name), ...agents[name], ...defined(changes) };
    return agents;
  },
  settings: (stored, wish = {}) => ({ ...stored, ...defined(wish) }),
  onboarding: (stored, wish = {}) => ({ ...stored, ...defined(wish) }),
  regions: replaced,
  machineSize: replaced,
  largestMachine: replaced,
  budget: replaced,
  priorityGuest: replaced,
  network: (stored, wish = {}) => ({ ...stored, ...defined(wish) }),
  gistMirror: replaced,
};
const NAMES = Object.keys(MERGES) as Name[];

/** Settings with a save's wishes in them: what the server stores, and what a form shows before the server has them. */
export function mergeConfig<Config extends Settings>(config: Config, update: SettingsUpdate): Config {
  const stored: Settings = config;
  const merged: Settings = { ...stored };
  const take = <Key extends Name>(key: Key): void => {
    merged[key] = MERGES[key](stored[key], update[key]);
  };
  for (const name of NAMES) take(name);
  return { ...config, ...merged };
}

/** Without keys whose value is undefined, which a spread would write over what is there. */
const defined = <T extends object>(value: T) =>
  Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
