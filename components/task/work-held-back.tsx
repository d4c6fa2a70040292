"use client";
import { useState } from "react";
import { ConfirmButton } from "@/components/ui/confirm-button";
import { holdSentence } from "@/lib/held-back-words";
import type { HandedOverWork } from "@/lib/work-view";

type Props = {
  heldBack: HandedOverWork["heldBack"];
  canPush: boolean;
  isPending: boolean;
  onPush: (paths: string[]) => void;
};

/** What stayed out and why. What a person may overrule has a box: those are pushed as one commit more. */
export function WorkHeldBack({ heldBack, canPush, isPending, onPush }: Props) {
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  if (heldBack.length === 0) return null;
  const canAny = canPush && heldBack.some(({ entries }) => entries.length > 0);
  const paths = heldBack.filter(({ path }) => picked.has(path)).flatMap(({ entries }) => entries);
  const toggle = (path: string): void =>
    setPicked((known) =>
      known.has(path) ? new Set([...known].filter((one) => one !== path)) : new Set([...known, path]),
    );
  return (
    <fieldset className="min-w-0">
      <legend className="text-xs text-faint">Held back</legend>
      <ul>
        {heldBack.map(({ path, reason, entries, isKept }) => {
          const words = (
            <span className="min-w-0 break-words">
              <code className="break-all">{path}</code> {holdSentence(reason)}
              {isKept === false ? "; it was not handed over, and went with the machine" : null}
            </span>
          );
          return (
            <li key={`${path} ${reason.kind}`} className="py-0.5">
              {canAny && entries.length > 0 ? (
                <label className="flex items-start gap-2">
                  <input
                    type="checkbox"
                    className="mt-0.5 size-4 shrink-0 accent-ink"
                    checked={picked.has(path)}
                    onChange={() => toggle(path)}
                  />
                  {words}
                </label>
              ) : (
                <span className={`flex ${canAny ? "pl-6" : ""}`}>{words}</span>
              )}
            </li>
          );
        })}
      </ul>
      {canAny ? (
        <div className="mt-1">
          <ConfirmButton
            label="Push these too"
            question={`Push ${paths.length === 1 ? "this file" : `these ${paths.length} files`} to GitHub?`}
            confirm="Push"
            leave="Leave them out"
            disabled={isPending || paths.length === 0}
            onConfirm={() => onPush(paths)}
          />
        </div>
      ) : null}
    </fieldset>
  );
}
