"use client";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import type { Conflict } from "./edits";
import { useSettings } from "./use-settings";

/** Shows what another tab saved meanwhile beside what is meant here, and lets one choose setting by setting. */
export function ConflictDialog() {
  const { clash, cancel } = useSettings();
  return (
    <Dialog
      open={clash !== null}
      onOpenChange={(open) => (open ? null : cancel())}
      title="These settings changed elsewhere"
      description="Another tab or device saved them after you began. Nothing of yours is saved yet."
      className="max-w-xl"
    >
      {clash === null ? null : <Choices key={clash.latest.revision} conflicts={clash.conflicts} />}
    </Dialog>
  );
}

function Choices({ conflicts }: { conflicts: Conflict[] }) {
  const { resolve, cancel, isSaving } = useSettings();
  const [dropped, setDropped] = useState<ReadonlySet<string>>(new Set());
  const choose = (id: string, isMine: boolean) =>
    setDropped((known) => {
      const next = new Set(known);
      if (isMine) next.delete(id);
      else next.add(id);
      return next;
    });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        resolve(dropped);
      }}
    >
      <ul className="divide-y divide-line px-4">
        {conflicts.map(({ id, label, mine, theirs }) => (
          <li key={id} className="py-3">
            <fieldset>
              <legend className="font-medium">{label}</legend>
              <div className="mt-1 grid gap-1 sm:grid-cols-2">
                <Choice
                  name={id}
                  words="Yours"
                  value={mine}
                  isChosen={!dropped.has(id)}
                  choose={() => choose(id, true)}
                />
                <Choice
                  name={id}
                  words="Saved elsewhere"
                  value={theirs}
                  isChosen={dropped.has(id)}
                  choose={() => choose(id, false)}
                />
              </div>
            </fieldset>
          </li>
        ))}
      </ul>
      <div className="flex justify-end gap-2 border-t border-line px-4 py-3">
        <Button tone="quiet" onClick={cancel}>
          Back to editing
        </Button>
        <Button type="submit" tone="primary" disabled={isSaving}>
          {dropped.size === conflicts.length ? "Take what was saved elsewhere" : "Save my choice"}
        </Button>
      </div>
    </form>
  );
}

type ChoiceProps = { name: string; words: string; value: string; isChosen: boolean; choose: () => void };

const Choice = ({ name, words, value, isChosen, choose }: ChoiceProps) => {
  const id = `${name}-${words}`;
  return (
    <div className="flex items-start gap-2 rounded-md border border-line px-3 py-2 has-checked:border-ink">
      <input id={id} type="radio" name={name} checked={isChosen} onChange={choose} className="mt-1 accent-ink" />
      <label htmlFor={id} className="min-w-0 flex-1 cursor-pointer">
        <span className="block text-xs text-soft">{words}</span>
        <span className="block break-words">{value}</span>
      </label>
    </div>
  );
};
