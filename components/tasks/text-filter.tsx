"use client";
import clsx from "clsx";
import { Search } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Kbd } from "@/components/ui/kbd";
import { FILTER_LIMITS } from "@/lib/task-filter";

const TYPING_MS = 250;

/** Asks when the typing pauses. What the address says wins when it changes by itself (back, clear). */
export function TextFilter({ text, onText }: { text: string; onText: (text: string) => void }) {
  const [typed, setTyped] = useState(text);
  // What was asked for comes back as the address a moment later, perhaps after more was typed: that is no news.
  const [asked, setAsked] = useState<string[]>([]);
  const [seen, setSeen] = useState(text);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  if (seen !== text) {
    setSeen(text);
    const place = asked.indexOf(text);
    setAsked(asked.slice(place + 1));
    if (place < 0) setTyped(text);
  }
  const field = useRef<HTMLInputElement>(null);
  const send = useRef(onText);
  useEffect(() => {
    send.current = onText;
  });
  const type = (next: string) => {
    setTyped(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      setAsked((known) => [...known, next.trim()]);
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
