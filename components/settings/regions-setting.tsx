"use client";
import { ArrowDown, ArrowUp, X } from "lucide-react";
import { type FormEvent, useState } from "react";
import { Button } from "@/components/ui/button";
import { LiveInput } from "./live-input";
import { FieldRow } from "./field-row";
import { SETTINGS } from "./setting";
import { useSettings } from "./use-settings";

const setting = SETTINGS.regions;
const MAX = 10;

/** Fly regions in order of choice. */
export function RegionsSetting() {
  const { shown, edits, mistakes, set } = useSettings();
  const regions = setting.read(shown);
  const put = (next: string[]) => set(setting, next);
  const move = (from: number, to: number) => {
    const next = regions.toSpliced(from, 1);
    put(next.toSpliced(to, 0, regions[from] ?? ""));
  };
  return (
    <FieldRow
      id={setting.id}
      label="Regions"
      isGroup
      help="Tried from the top when Fly has no room. Without any, Fly chooses as the app does."
      error={mistakes[setting.id]}
      isEdited={edits[setting.id] !== undefined}
    >
      {regions.length === 0 ? <p className="py-1 text-soft">The app's own.</p> : null}
      <ol>
        {regions.map((region, index) => (
          <li key={region} className="flex h-9 items-center gap-1">
            <span className="w-5 text-faint tabular">{index + 1}</span>
            <code className="flex-1 font-mono text-xs">{region}</code>
            <Button
              tone="quiet"
              size="icon"
              aria-label={`Move ${region} up`}
              disabled={index === 0}
              onClick={() => move(index, index - 1)}
            >
              <ArrowUp aria-hidden />
            </Button>
            <Button
              tone="quiet"
              size="icon"
              aria-label={`Move ${region} down`}
              disabled={index === regions.length - 1}
              onClick={() => move(index, index + 1)}
            >
              <ArrowDown aria-hidden />
            </Button>
            <Button
              tone="quiet"
              size="icon"
              aria-label={`Remove ${region}`}
              onClick={() => put(regions.filter((other) => other !== region))}
            >
              <X aria-hidden />
            </Button>
          </li>
        ))}
      </ol>
      {regions.length < MAX ? <AddRegion regions={regions} add={(region) => put([...regions, region])} /> : null}
    </FieldRow>
  );
}

function AddRegion({ regions, add }: { regions: string[]; add: (region: string) => void }) {
  const [text, setText] = useState("");
  const region = text.trim().toLowerCase();
  const mistake =
    region.length > 2 && !/^[a-z]{3}$/.test(region)
      ? "Three letters, such as iad or fra."
      : regions.includes(region)
        ? "It is in the list already."
        : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!/^[a-z]{3}$/.test(region) || mistake !== null) return;
    add(region);
    setText("");
  };
  return (
    <form onSubmit={submit} className="mt-1">
      <div className="flex gap-2">
        <LiveInput
          aria-label="Add a region"
          aria-invalid={mistake !== null}
          aria-describedby="region-mistake"
          className="w-24! font-mono text-xs"
          placeholder="iad"
          maxLength={12}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <Button type="submit" disabled={region === "" || mistake !== null}>
          Add
        </Button>
      </div>
      <p id="region-mistake" aria-live="polite" className={mistake === null ? "" : "mt-1 text-bad"}>
        {mistake}
      </p>
    </form>
  );
}
