"use client";
import clsx from "clsx";
import { Search, X } from "lucide-react";
import Link from "next/link";
import { usePathname, useRouter } from "next/navigation";
import { type ReactNode, useEffect, useRef, useState, useTransition } from "react";
import { Kbd } from "@/components/ui/kbd";
import { Select } from "@/components/ui/select";
import { AGENT_IDS, AGENTS } from "@/lib/agents";
import { FILTER_LIMITS, isNarrow, type TaskFilter, writeFilter } from "@/lib/task-filter";
import { ENDED_STATES, TASK_STATES } from "@/lib/task-state";

const TYPING_MS = 250;

/** The path with a filter, without a page: another filter begins at its first page. */
export const pathOf = (pathname: string, filter: TaskFilter): string => {
  const query = writeFilter(filter);
  return query === "" ? pathname : `${pathname}?${query}`;
};

/** Two of them share a phone's width. */
const HALF = "max-sm:basis-[calc(50%-0.25rem)]";

type FilterBarProps = { filter: TaskFilter; repositories: string[]; isOfEnded?: boolean };

/** Search and filters as a form whose result is an address: it works before any script, survives reload and back. */
export function FilterBar({ filter, repositories, isOfEnded = false }: FilterBarProps) {
  const pathname = usePathname();
  const { go, isGoing } = useGo(pathname, filter);
  const names =
    filter.repository === undefined || repositories.includes(filter.repository)
      ? repositories
      : [filter.repository, ...repositories];
  return (
    <search aria-busy={isGoing}>
      <form
        action={pathname}
        onSubmit={(event) => event.preventDefault()}
        className="flex flex-wrap items-center gap-2"
      >
        <TextFilter text={filter.text ?? ""} onText={(text) => go({ text: text || undefined }, "replace")} />
        {filter.section === undefined ? null : <input type="hidden" name="show" value={filter.section} />}
        <Choice
          name="agent"
          label="Agent"
          className={`w-32 ${HALF}`}
          value={filter.agent ?? ""}
          onPick={(picked) => go({ agent: AGENT_IDS.find((id) => id === picked) })}
        >
          <option value="">All agents</option>
          {AGENT_IDS.map((id) => (
            <option key={id} value={id}>
              {AGENTS[id].name}
            </option>
          ))}
        </Choice>
        <Choice
          name="repo"
          label="Repository"
          className={`w-44 ${HALF}`}
          value={filter.repository ?? ""}
          onPick={(picked) => go({ repository: picked || undefined })}
        >
          <option value="">All repositories</option>
          {names.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </Choice>
        {isOfEnded ? (
          <>
            <Choice
              name="state"
              label="Outcome"
              className="w-32 max-sm:basis-full"
              value={filter.state ?? ""}
              onPick={(picked) => go({ state: ENDED_STATES.find((state) => state === picked) })}
            >
              <option value="">All outcomes</option>
              {ENDED_STATES.map((state) => (
                <option key={state} value={state}>
                  {TASK_STATES[state].word}
                </option>
              ))}
            </Choice>
            <DayFilter name="from" label="From" day={filter.from} onDay={(from) => go({ from })} />
            <DayFilter name="to" label="To" day={filter.to} onDay={(to) => go({ to })} />
          </>
        ) : null}
        {isNarrow(filter) ? (
          <Link
            href={pathOf(pathname, { section: filter.section })}
            className="inline-flex h-8 items-center gap-1 px-1 text-soft hover:text-ink"
          >
            <X aria-hidden className="size-3.5" />
            Clear
          </Link>
        ) : null}
      </form>
    </search>
  );
}

/** Changes the address. Changes that follow each other faster than pages come add up. */
function useGo(pathname: string, filter: TaskFilter) {
  const router = useRouter();
  const [isGoing, startGoing] = useTransition();
  const wanted = useRef(filter);
  const seen = useRef(filter);
  useEffect(() => {
    if (isGoing || seen.current === filter) return;
    seen.current = filter;
    wanted.current = filter;
  }, [filter, isGoing]);
  const go = (change: TaskFilter, how: "push" | "replace" = "push") => {
    const next = { ...wanted.current, ...change };
    wanted.current = next;
    startGoing(() => router[how](pathOf(pathname, next), { scroll: false }));
  };
  return { go, isGoing };
}

type ChoiceProps = {
  name: string;
  label: string;
  className: string;
  value: string;
  onPick: (value: string) => void;
  children: ReactNode;
};

/** A list to choose from. Not controlled, so that a choice made before this script was here stands, and is followed. */
function Choice({ name, label, className, value, onPick, children }: ChoiceProps) {
  const field = useRef<HTMLSelectElement>(null);
  const isAlive = useRef(false);
  useEffect(() => {
    const select = field.current;
    if (select === null) return;
    if (isAlive.current) select.value = value;
    else if (select.value !== value) onPick(select.value);
    isAlive.current = true;
    // oxlint-disable-next-line react/exhaustive-deps -- follows the address
  }, [value]);
  return (
    <Select
      ref={field}
      name={name}
      aria-label={label}
      className={clsx(className, "max-sm:grow")}
      defaultValue={value}
      onChange={({ target }) => onPick(target.value)}
    >
      {children}
    </Select>
  );
}

const DayFilter = ({
  name,
  label,
  day,
  onDay,
}: {
  name: string;
  label: string;
  day: string | undefined;
  onDay: (day: string | undefined) => void;
}) => (
  <label className="flex items-center gap-1.5 text-soft max-sm:w-[calc(50%-0.25rem)]">
    {label}
    <input
      type="date"
      name={name}
      defaultValue={day}
      key={day ?? ""}
      onChange={({ target }) =>
        (target.value === "" || target.valueAsDate !== null) && onDay(target.value || undefined)
      }
      className="h-8 min-w-0 flex-1 rounded-md border border-edge/60 bg-raised px-2 text-ink hover:border-edge"
    />
  </label>
);

/** Asks when the typing pauses. What the address says wins when it changes by itself (back, clear). */
function TextFilter({ text, onText }: { text: string; onText: (text: string) => void }) {
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

export const focusFilter = () => document.querySelector<HTMLInputElement>("[data-filter]")?.select();
