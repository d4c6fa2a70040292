"use client";
import { NETWORK_MODES, type NetworkMode, PRESET_HOSTS } from "@/lib/network";
import { MODE_WORDS } from "@/lib/network-settings";
import { FieldRow, SettingsSection } from "./field-row";
import { HostNames } from "./host-names";
import { SETTINGS } from "./setting";
import { useSettings } from "./use-settings";

/** `wanted`: the name that a link asks to add; it is saved by nobody but the person. */
export function NetworkSection({ wanted }: { wanted: string | null }) {
  const { shown, edits, mistakes, set } = useSettings();
  const names = SETTINGS.networkNames;
  return (
    <SettingsSection
      id="network"
      title="Network"
      lead="A machine reaches only what is on its list, on ports 80 and 443. What is refused is told on the task's page and in the pull request. The agent's own hosts are always open to it, and public repositories on GitHub can be cloned."
    >
      <Preset />
      <FieldRow
        id={names.id}
        label={names.label}
        isGroup
        help="Hosts that every run of yours may reach besides. What the agent reads can be sent there."
        error={mistakes[names.id]}
        isEdited={edits[names.id] !== undefined}
      >
        <HostNames names={names.read(shown)} put={(next) => set(names, next)} wanted={wanted} />
      </FieldRow>
    </SettingsSection>
  );
}

function Preset() {
  const { shown, edits, set } = useSettings();
  const setting = SETTINGS.networkPreset;
  const value = setting.read(shown);
  return (
    <FieldRow
      id={setting.id}
      label="Machines may reach"
      help="An open host is a way out for what the agent can read: choose the least that your work needs."
      isGroup
      isEdited={edits[setting.id] !== undefined}
    >
      {NETWORK_MODES.map((preset) => (
        <div key={preset} className="py-1">
          <label className="flex cursor-pointer items-start gap-2">
            <input
              type="radio"
              name={setting.id}
              className="mt-1 accent-ink"
              checked={value === preset}
              onChange={() => set(setting, preset)}
            />
            <span>
              {MODE_WORDS[preset].word} <span className="block text-soft">{MODE_WORDS[preset].help}</span>
            </span>
          </label>
          <Hosts mode={preset} />
        </div>
      ))}
    </FieldRow>
  );
}

/** What a mode adds to the one before it, name by name. */
function Hosts({ mode }: { mode: NetworkMode }) {
  if (mode !== "registries" && mode !== "toolchains") return null;
  const hosts = PRESET_HOSTS[mode];
  return (
    <details className="ml-5.5">
      <summary className="cursor-pointer text-xs text-faint">{hosts.length} hosts</summary>
      <p className="font-mono text-xs break-words text-soft">{hosts.join(", ")}</p>
    </details>
  );
}
