"use client";
import { type ReactNode, useState } from "react";
import { LiveInput } from "./live-input";
import { describedBy, FieldRow } from "./field-row";
import type { Setting } from "./setting";
import { useSettings } from "./use-settings";

type NumberSettingProps = { setting: Setting<number>; unit: string; range: [number, number]; help: ReactNode };

/** A whole number; what is typed is kept as it is, right or wrong, and said to be wrong at once. */
export function NumberSetting({ setting, unit, range, help }: NumberSettingProps) {
  const { shown, edits, mistakes, set } = useSettings();
  const value = setting.read(shown);
  const [typed, setTyped] = useState<{ text: string; value: number } | null>(null);
  // Another tab's value or a discard replaces what was typed.
  const text = typed !== null && Object.is(typed.value, value) ? typed.text : Number.isNaN(value) ? "" : String(value);
  const id = setting.id;
  const change = (next: string) => {
    const parsed = /^\s*-?\d+\s*$/.test(next) ? Number(next) : Number.NaN;
    setTyped({ text: next, value: parsed });
    set(setting, parsed);
  };
  return (
    <FieldRow id={id} label={setting.label} help={help} error={mistakes[id]} isEdited={edits[id] !== undefined}>
      <span className="flex items-center gap-2">
        <LiveInput
          id={id}
          inputMode="numeric"
          className="w-20! text-right tabular"
          value={text}
          aria-invalid={mistakes[id] !== undefined}
          aria-describedby={describedBy(id)}
          onChange={(event) => change(event.target.value)}
        />
        <span className="text-soft">
          {unit} <span className="text-faint">({range.join(" to ")})</span>
        </span>
      </span>
    </FieldRow>
  );
}
