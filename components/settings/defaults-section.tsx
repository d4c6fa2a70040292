"use client";
import { FixWords } from "@/components/ui/fix-words";
import { Time } from "@/components/layout/clock";
import { Select } from "@/components/ui/select";
import { Switch } from "@/components/ui/switch";
import { guestWords, MACHINE_SIZES, type MachineSize } from "@/lib/machine-size";
import { MAX_RUNNING_TASKS_PER_USER } from "@/lib/task";
import { useState } from "react";
import { readBudget } from "@/lib/budget";
import { LiveInput } from "./live-input";
import { describedBy, FieldRow, SettingsSection } from "./field-row";
import { NumberSetting } from "./number-setting";
import { machineWords, type Setting, SETTINGS } from "./setting";
import { useSettings } from "./use-settings";

export function DefaultsSection() {
  return (
    <SettingsSection id="defaults" title="Defaults" lead="For every task that starts from now on.">
      <NumberSetting
        setting={SETTINGS.taskTimeout}
        unit="minutes"
        range={[1, 90]}
        help="Then the agent is stopped. What it changed is saved on a branch and linked."
      />
      <NumberSetting
        setting={SETTINGS.maxRetries}
        unit="times"
        range={[0, 5]}
        help="New attempts after faults of machines and networks. What an agent gets wrong is never repeated by itself."
      />
      <NumberSetting
        setting={SETTINGS.pollInterval}
        unit="seconds"
        range={[5, 60]}
        help="How often Porter asks Fly about a machine that has gone silent."
      />
      <MachineSetting
        setting={SETTINGS.machineSize}
        help="For every run that does not ask for another one with --machine. Fly bills by size."
      />
      <MachineSetting
        setting={SETTINGS.largestMachine}
        help="What --machine in a comment may ask for at most. No run of yours gets a larger one by it."
      />
      <BudgetSetting />
      <ExecutionMode />
      <PriorityGuest />
      <NumberSetting
        setting={SETTINGS.logRetentionDays}
        unit="days"
        range={[1, 365]}
        help="After this, a run's log is deleted, with the calls that its network refused. Its summary, cost and pull request stay."
      />
      <GistMirror />
    </SettingsSection>
  );
}

const MODES = {
  cloud: {
    word: "Cloud",
    help: `Up to ${MAX_RUNNING_TASKS_PER_USER} tasks at once, in the order they were asked for.`,
  },
  priority: { word: "Priority", help: "High-priority tasks go before all that wait, in every repository." },
} as const;

function ExecutionMode() {
  const { shown, edits, set } = useSettings();
  const setting = SETTINGS.executionMode;
  const value = setting.read(shown);
  return (
    <FieldRow
      id={setting.id}
      label={setting.label}
      help="What happens when more is asked for than may run."
      isGroup
      isEdited={edits[setting.id] !== undefined}
    >
      {(["cloud", "priority"] as const).map((mode) => (
        <label key={mode} className="flex cursor-pointer items-start gap-2 py-1">
          <input
            type="radio"
            name={setting.id}
            className="mt-1 accent-ink"
            checked={value === mode}
            onChange={() => set(setting, mode)}
          />
          <span>
            {MODES[mode].word} <span className="block text-soft">{MODES[mode].help}</span>
          </span>
        </label>
      ))}
    </FieldRow>
  );
}

/** Sizes worth having of those that Fly sells; another one that was saved through the API is shown beside them. */
const GUESTS = [
  { cpus: 2, memoryMb: 4096 },
  { cpus: 4, memoryMb: 4096 },
  { cpus: 4, memoryMb: 8192 },
  { cpus: 8, memoryMb: 8192 },
  { cpus: 8, memoryMb: 16384 },
];

function MachineSetting({ setting, help }: { setting: Setting<MachineSize>; help: string }) {
  const { shown, edits, mistakes, set } = useSettings();
  const { id, label } = setting;
  return (
    <FieldRow id={id} label={label} help={help} error={mistakes[id]} isEdited={edits[id] !== undefined}>
      <Select
        id={id}
        className="w-full max-w-72"
        value={setting.read(shown)}
        aria-describedby={describedBy(id)}
        onChange={({ target }) => set(setting, MACHINE_SIZES.find((size) => size === target.value) ?? "small")}
      >
        {MACHINE_SIZES.map((size) => (
          <option key={size} value={size}>
            {machineWords(size)}
          </option>
        ))}
      </Select>
    </FieldRow>
  );
}

/** Dollars; empty: none. What is typed is kept as it is, and what is no amount is said to be wrong. */
function BudgetSetting() {
  const { shown, edits, mistakes, set } = useSettings();
  const setting = SETTINGS.budget;
  const value = setting.read(shown);
  const [typed, setTyped] = useState<{ text: string; value: number | null } | null>(null);
  const text = typed !== null && Object.is(typed.value, value) ? typed.text : value === null ? "" : String(value);
  const { id, label } = setting;
  const change = (next: string) => {
    const read = next.trim() === "" ? null : (readBudget(next.trim()) ?? Number.NaN);
    setTyped({ text: next, value: read });
    set(setting, read);
  };
  return (
    <FieldRow
      id={id}
      label={label}
      help="What a task may spend on its models, all attempts together; --budget in a comment can ask for less. Then it ends, and its work is kept."
      error={mistakes[id]}
      isEdited={edits[id] !== undefined}
    >
      <span className="flex items-center gap-2">
        <LiveInput
          id={id}
          inputMode="decimal"
          placeholder="none"
          className="w-24! text-right tabular"
          value={text}
          aria-invalid={mistakes[id] !== undefined}
          aria-describedby={describedBy(id)}
          onChange={(event) => change(event.target.value)}
        />
        <span className="text-soft">dollars</span>
      </span>
    </FieldRow>
  );
}

function PriorityGuest() {
  const { shown, edits, mistakes, set } = useSettings();
  const setting = SETTINGS.priorityGuest;
  const value = setting.read(shown);
  const key = value === null ? "" : guestWords(value);
  const guests = value === null || GUESTS.some((guest) => guestWords(guest) === key) ? GUESTS : [...GUESTS, value];
  const isOff = shown.executionMode !== "priority";
  return (
    <FieldRow
      id={setting.id}
      label={setting.label}
      help={
        isOff ? "Needs the execution mode Priority." : "A larger machine for tasks of high priority. Fly bills by size."
      }
      error={mistakes[setting.id]}
      isEdited={edits[setting.id] !== undefined}
    >
      <Select
        id={setting.id}
        className="w-full max-w-72"
        disabled={isOff}
        value={key}
        aria-describedby={describedBy(setting.id)}
        onChange={({ target }) => set(setting, guests.find((guest) => guestWords(guest) === target.value) ?? null)}
      >
        <option value="">Same as for all</option>
        {guests.map((guest) => (
          <option key={guestWords(guest)}>{guestWords(guest)}</option>
        ))}
      </Select>
    </FieldRow>
  );
}

function GistMirror() {
  const { shown, saved, edits, set } = useSettings();
  const setting = SETTINGS.gistMirror;
  const last = saved.gistMirrorStatus;
  return (
    <FieldRow
      id={setting.id}
      label={setting.label}
      help="Copies these settings, never a key, into a secret gist of yours after each save. The App needs the gist permission of your account for it."
      isEdited={edits[setting.id] !== undefined}
    >
      <Switch
        id={setting.id}
        checked={setting.read(shown)}
        aria-describedby={describedBy(setting.id)}
        onCheckedChange={(checked) => set(setting, checked)}
      />
      {last === null ? null : (
        <p className={last.ok ? "mt-1 text-soft" : "mt-1"}>
          {last.message} <Time at={last.at} className="text-soft" />{" "}
          {last.url === null ? null : (
            <a href={last.url} className="link">
              Open the gist
            </a>
          )}
          {last.fix === null ? null : <FixWords fix={last.fix} />}
        </p>
      )}
    </FieldRow>
  );
}
