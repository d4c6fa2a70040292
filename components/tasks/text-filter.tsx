"use client";
import clsx from "clsx";
import { Search } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Kbd } from "@/components/ui/kbd";
import { FILTER_LIMITS } from "@/lib/task-filter";
import { withAddress, withAsked, filterText } from "./filter-text";

const TYPING_MS = 250;

/** Asks when the typing pauses. */
export function TextFilter({ text, onText }: { text: string; onText: (text: string) => void }) {
  const [known, setKnown] = useState(() => filterText(text));
  const state = withAddress(known, text);
  if (state !== known) setKnown(state);
  const { typed } = state;
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const field = useRef<HTMLInputElement>(null);
  const send = useRef(onText);
  useEffect(() => {
    send.current = onText;
  });
  const type = (next: string) => {
    setKnown((before) => ({ ...before, typed: next }));
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      setKnown(withAsked);
      send.current(next.trim());
    }, TYPING_MS);
  };
  useEffect(() => {
    // What was typed before this script was here.
    const given = field.current?.value ?? "";
    if (given !== text) type(given);
    return () => clearTimeout(timer.current);
    // oxlint-disable-next-line react/exhaustive-deps -- once, when it becomes alive
  }, []);
  return (
    <label className="relative flex min-w-40 flex-1 items-center max-sm:basis-full sm:w-64 sm:flex-none">
      <span className="sr-only">Search tasks</span>
      <Search aria-hidden className="pointer-events-none absolute left-2.5 size-3.5 text-faint" />
      <input
        ref={field}
        type="search"
        name="q"
        data-filter
        value={typed}
        maxLength={FILTER_LIMITS.text}
        placeholder="Title, repo#123, requester"
        onChange={({ target }) => type(target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          if (typed === "") event.currentTarget.blur();
          else type("");
        }}
        className="h-8 w-full rounded-md border border-edge/60 bg-raised pr-8 pl-8 text-ink placeholder:text-faint hover:border-edge [&::-webkit-search-cancel-button]:hidden"
      />
      <span className={clsx("pointer-events-none absolute right-2 hidden sm:block", typed !== "" && "invisible")}>
        <Kbd>/</Kbd>
      </span>
    </label>
  );
}
