"use client";
import { ChevronDown, ChevronUp, Regex, Search } from "lucide-react";
import { type RefObject, useEffect, useState } from "react";
import type { VListHandle } from "virtua";
import { Button } from "@/components/ui/button";
import type { Query } from "./find-lines";
import { withAnswer, withPattern, withText, NO_FIND, shownOf, stepTo } from "./find-state";
import type { LogLine } from "./log-lines";
import { createLogSearch } from "./log-search";

const startWorker = () => new Worker(new URL("./find-worker.ts", import.meta.url), { type: "module" });

export type LogFind = Query & {
  problem: "no_pattern" | "too_slow" | null;
  /** What was found is of what stood there before. */
  isLooking: boolean;
  found: readonly number[];
  /** Index in `found`, -1 before the reader went to one. */
  chosen: number;
  setText: (text: string) => void;
  toggleRegex: () => void;
  go: (by: 1 | -1) => void;
};

/** `onGo`: the reader is led to a line. */
export function useLogFind(lines: readonly LogLine[], list: RefObject<VListHandle | null>, onGo: () => void): LogFind {
  const [state, setState] = useState(NO_FIND);
  const [search] = useState(() => createLogSearch(startWorker));
  useEffect(() => search.close, [search]);
  const { query } = state;
  useEffect(() => {
    const stop = new AbortController();
    if (query.text === "") return () => stop.abort();
    search.find(lines, query, stop.signal).then(
      (found) => {
        if (!stop.signal.aborted) setState((known) => withAnswer(known, query, found));
      },
      () => {},
    );
    return () => stop.abort();
  }, [search, lines, query]);
  return {
    ...query,
    ...shownOf(state),
    setText: (text) => setState((known) => withText(known, text)),
    toggleRegex: () => setState((known) => withPattern(known, !known.query.isRegex)),
    go: (by) => {
      const next = stepTo(state, by);
      if (next === state) return;
      setState(next);
      onGo();
      list.current?.scrollToIndex(next.result.found[next.chosen] ?? 0, { align: "center" });
    },
  };
}

const count = (number: number): string => number.toLocaleString("en");

function words({ text, problem, isLooking, found, chosen }: LogFind): string {
  if (text === "") return "";
  if (isLooking) return "looking…";
  if (problem !== null) return problem === "no_pattern" ? "not a pattern" : "takes too long";
  return chosen < 0
    ? `${count(found.length)} line${found.length === 1 ? "" : "s"}`
    : `${count(chosen + 1)} of ${count(found.length)}`;
}

export const FindBar = ({ find }: { find: LogFind }) => (
  <div className="flex items-center gap-1 max-sm:w-full">
    <label className="relative flex items-center max-sm:min-w-0 max-sm:flex-1">
      <span className="sr-only">Find in the log</span>
      <Search aria-hidden className="pointer-events-none absolute left-2.5 size-3.5 text-faint" />
      <input
        type="search"
        data-filter
        value={find.text}
        aria-invalid={find.problem !== null}
        placeholder={find.isRegex ? "Find by pattern" : "Find"}
        onChange={({ target }) => find.setText(target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter") return;
          event.preventDefault();
          find.go(event.shiftKey ? -1 : 1);
        }}
        className="h-8 w-full rounded-md border border-edge/60 bg-raised pr-2 pl-8 text-ink placeholder:text-faint aria-invalid:border-bad sm:w-60 [&::-webkit-search-cancel-button]:hidden"
      />
    </label>
    <Button
      tone="quiet"
      size="icon"
      aria-pressed={find.isRegex}
      aria-label="Pattern (regular expression)"
      title="Pattern (regular expression)"
      className={find.isRegex ? "bg-hover text-ink" : ""}
      onClick={find.toggleRegex}
    >
      <Regex aria-hidden />
    </Button>
    <Button tone="quiet" size="icon" aria-label="Match before" onClick={() => find.go(-1)}>
      <ChevronUp aria-hidden />
    </Button>
    <Button tone="quiet" size="icon" aria-label="Next match" onClick={() => find.go(1)}>
      <ChevronDown aria-hidden />
    </Button>
    <output className="text-xs whitespace-nowrap sm:min-w-20 text-soft tabular">{words(find)}</output>
  </div>
);
