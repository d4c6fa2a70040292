"use client";
import { X } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { hostMistake } from "@/lib/host-name";
import { MOST_NAMES } from "@/lib/network-settings";
import { withCapital } from "@/lib/sentence";
import { LiveInput } from "./live-input";

type HostNamesProps = {
  names: readonly string[];
  put: (names: string[]) => void;
  /** Stands in the field already, to be added or not. */
  wanted?: string | null;
};

/** A list of names, and a field that adds one. */
export function HostNames({ names, put, wanted = null }: HostNamesProps) {
  return (
    <>
      {names.length === 0 ? <p className="py-1 text-soft">None.</p> : null}
      <ul>
        {names.map((name) => (
          <li key={name} className="flex min-h-9 items-center gap-1">
            <code className="min-w-0 flex-1 font-mono text-xs break-all">{name}</code>
            <Button
              tone="quiet"
              size="icon"
              aria-label={`Remove ${name}`}
              onClick={() => put(names.filter((other) => other !== name))}
            >
              <X aria-hidden />
            </Button>
          </li>
        ))}
      </ul>
      {names.length < MOST_NAMES ? (
        <AddName names={names} add={(name) => put([...names, name])} wanted={wanted} />
      ) : (
        <p className="mt-1 text-soft">There is room for {MOST_NAMES} names.</p>
      )}
    </>
  );
}

type AddNameProps = { names: readonly string[]; add: (name: string) => void; wanted: string | null };

function AddName({ names, add, wanted }: AddNameProps) {
  const [text, setText] = useState(wanted ?? "");
  const name = text.trim().toLowerCase();
  const mistake = name === "" ? null : names.includes(name) ? "it is in the list already" : hostMistake(name);
  const submit = () => {
    if (name === "" || mistake !== null) return;
    add(name);
    setText("");
  };
  return (
    <div className="mt-1">
      <div className="flex gap-2">
        <LiveInput
          id="add-host"
          aria-label="Add a name"
          aria-invalid={mistake !== null}
          aria-describedby="host-mistake"
          className="flex-1 font-mono text-xs"
          spellCheck={false}
          autoCapitalize="none"
          placeholder="registry.example.com or *.example.com"
          maxLength={260}
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter") return;
            // The list may stand in a form of its own, which is not what is meant.
            event.preventDefault();
            submit();
          }}
        />
        <Button onClick={submit} disabled={name === "" || mistake !== null}>
          Add
        </Button>
      </div>
      <p id="host-mistake" aria-live="polite" className={mistake === null ? "" : "mt-1 text-bad"}>
        {mistake === null ? null : `${withCapital(mistake)}.`}
      </p>
    </div>
  );
}
