import { AGENTS, type AgentId } from "@/lib/agents";
import { guestWords, MACHINES, type MachineSize } from "@/lib/machine-size";
import type { AgentSettings, ConfigUpdate, PorterConfig } from "@/lib/porter-config";
import type { NetworkMode } from "@/lib/network";
import { MODE_WORDS } from "@/lib/network-settings";
import { costText } from "@/lib/format";
import type { PriorityName } from "@/lib/task";

/** The parts of the settings page whose edits wait in the dirty bar. */
export type SettingGroup = "Agents" | "Fly" | "Defaults" | "Network" | "Repositories";

/**
 * One setting: where it stands in the config, how an update says it, how people read it. `id` is the dotted path that
 * `configUpdateSchema` and a refused save name.
 */
export type Setting<Value> = {
  id: string;
  label: string;
  group: SettingGroup;
  read: (config: PorterConfig) => Value;
  update: (value: Value) => ConfigUpdate;
  show: (value: Value) => string;
};

const define = <Value>(setting: Setting<Value>): Setting<Value> => setting;
export const machineWords = (size: MachineSize) => `${size} (${guestWords(MACHINES[size])})`;
const onOff = (value: boolean) => (value ? "on" : "off");
const unit = (name: string) => (value: number) => `${value} ${name}`;
const listed = (empty: string) => (values: string[]) => (values.length === 0 ? empty : values.join(", "));

const settingOf = (
  name: keyof PorterConfig["settings"],
  words: { label: string; show: (value: number) => string },
): Setting<number> => ({
  id: `settings.${name}`,
  group: "Defaults",
  ...words,
  read: (config) => config.settings[name],
  update: (value) => ({ settings: { [name]: value } }),
});

/** Every setting that is not an agent's. */
export const SETTINGS = {
  taskTimeout: settingOf("taskTimeout", { label: "Time limit", show: unit("min") }),
  maxRetries: settingOf("maxRetries", { label: "Retries after faults", show: String }),
  pollInterval: settingOf("pollInterval", { label: "Check a silent machine every", show: unit("s") }),
  logRetentionDays: settingOf("logRetentionDays", { label: "Keep logs for", show: unit("days") }),
  executionMode: define<PorterConfig["executionMode"]>({
    id: "executionMode",
    label: "Execution mode",
    group: "Defaults",
    read: (config) => config.executionMode,
    update: (executionMode) => ({ executionMode }),
    show: String,
  }),
  machineSize: define<MachineSize>({
    id: "machineSize",
    label: "Machine",
    group: "Defaults",
    read: (config) => config.machineSize,
    update: (machineSize) => ({ machineSize }),
    show: machineWords,
  }),
  largestMachine: define<MachineSize>({
    id: "largestMachine",
    label: "Largest machine",
    group: "Defaults",
    read: (config) => config.largestMachine,
    update: (largestMachine) => ({ largestMachine }),
    show: machineWords,
  }),
  budget: define<number | null>({
    id: "budget",
    label: "Budget of a task",
    group: "Defaults",
    read: (config) => config.budget,
    update: (budget) => ({ budget }),
    show: (budget) => (budget === null ? "no limit" : costText(budget)),
  }),
  priorityGuest: define<PorterConfig["priorityGuest"]>({
    id: "priorityGuest",
    label: "Machine for high priority",
    group: "Defaults",
    read: (config) => config.priorityGuest,
    update: (priorityGuest) => ({ priorityGuest }),
    show: (guest) => (guest === null ? "the same as for all" : `${guest.cpus} CPUs, ${guest.memoryMb} MB`),
  }),
  gistMirror: define<boolean>({
    id: "gistMirror",
    label: "Mirror to a gist",
    group: "Defaults",
    read: (config) => config.gistMirror,
    update: (gistMirror) => ({ gistMirror }),
    show: onOff,
  }),
  networkPreset: define<NetworkMode>({
    id: "network.preset",
    label: "Network",
    group: "Network",
    read: (config) => config.network.preset,
    update: (preset) => ({ network: { preset } }),
    show: (preset) => MODE_WORDS[preset].word,
  }),
  networkNames: define<string[]>({
    id: "network.names",
    label: "Further names",
    group: "Network",
    read: (config) => config.network.names,
    update: (names) => ({ network: { names } }),
    show: listed("none"),
  }),
  flyAppName: define<string>({
    id: "flyAppName",
    label: "App",
    group: "Fly",
    read: (config) => config.flyAppName ?? "",
    update: (name) => ({ flyAppName: name.trim() === "" ? null : name }),
    show: (name) => (name === "" ? "none" : name),
  }),
  regions: define<string[]>({
    id: "regions",
    label: "Regions",
    group: "Fly",
    read: (config) => config.regions,
    update: (regions) => ({ regions }),
    show: listed("the app's own"),
  }),
  selectedRepos: define<string[]>({
    id: "onboarding.selectedRepos",
    label: "Repositories",
    group: "Repositories",
    read: (config) => config.onboarding.selectedRepos,
    update: (selectedRepos) => ({ onboarding: { selectedRepos } }),
    show: listed("all"),
  }),
};

type AgentPart = "enabled" | "priority" | "defaultModel";

function agentSetting<Part extends AgentPart>(
  agent: AgentId,
  part: Part,
  words: { label: string; fallback: AgentSettings[Part]; show: (value: AgentSettings[Part]) => string },
): Setting<AgentSettings[Part]> {
  const { settingsKey, name } = AGENTS[agent];
  return {
    id: `agents.${settingsKey}.${part}`,
    label: `${name}: ${words.label}`,
    group: "Agents",
    read: (config) => config.agents[settingsKey]?.[part] ?? words.fallback,
    update: (value) => ({ agents: { [settingsKey]: { [part]: value } } }),
    show: words.show,
  };
}

/** An agent's three settings; its name stands in their labels, for dialogs that list settings of several agents. */
export const agentSettings = (agent: AgentId) => ({
  enabled: agentSetting(agent, "enabled", { label: "switched", fallback: AGENTS[agent].isMetered, show: onOff }),
  priority: agentSetting(agent, "priority", {
    label: "priority",
    fallback: "normal",
    show: (value: PriorityName) => value,
  }),
  defaultModel: agentSetting(agent, "defaultModel", {
    label: "model",
    fallback: null,
    show: (value) => value ?? AGENTS[agent].defaultModel ?? "the vendor's choice",
  }),
});
