"use client";
import { useEffect } from "react";
import { Button } from "@/components/ui/button";
import { CommandKey } from "@/components/ui/command-key";
import { useSettings } from "./use-settings";

/** Stands at the bottom while something is not saved; ⌘S saves it. */
export function DirtyBar() {
  const { edits, mistakes, isSaving, save, discard } = useSettings();
  const all = Object.values(edits);
  const isDirty = all.length > 0;
  const isWrong = Object.keys(mistakes).length > 0;
  useEffect(() => {
    if (!isDirty) return;
    const keep = (event: BeforeUnloadEvent) => event.preventDefault();
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "s" || !(event.metaKey || event.ctrlKey)) return;
      event.preventDefault();
      if (!isWrong && !isSaving) save();
    };
    window.addEventListener("beforeunload", keep);
    window.addEventListener("keydown", onKey);
    return () => {
      window.removeEventListener("beforeunload", keep);
      window.removeEventListener("keydown", onKey);
    };
  }, [isDirty, isWrong, isSaving, save]);
  const groups = [...new Set(all.map(({ group }) => group))].join(", ");
  return (
    <section
      aria-label="Unsaved changes"
      hidden={!isDirty}
      className="sticky bottom-16 z-10 mt-6 flex flex-wrap items-center gap-3 rounded-lg bg-raised px-4 py-2.5 shadow-float sm:bottom-4"
    >
      <output className="min-w-0 flex-1">
        {isDirty ? (
          <>
            <strong className="font-medium">
              {all.length} {all.length === 1 ? "change" : "changes"} not saved
            </strong>{" "}
            <span className="text-soft">in {groups}</span>
            {isWrong ? <span className="text-bad"> · one needs another value</span> : null}
          </>
        ) : null}
      </output>
      <Button tone="quiet" disabled={isSaving} onClick={discard}>
        Discard
      </Button>
      <Button tone="primary" disabled={isSaving || isWrong} onClick={save}>
        Save
        <span aria-hidden className="hidden sm:inline">
          <CommandKey with="S" />
        </span>
      </Button>
    </section>
  );
}
