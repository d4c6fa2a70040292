"use client";
import clsx from "clsx";
import { Search, X } from "lucide-react";
import Link from "next/link";
import { usePathname, useRouter } from "next/navigation";
import { useEffect, useRef, useState, useTransition } from "react";
import { Kbd } from "@/components/ui/kbd";
import { Select } from "@/components/ui/select";
import { AGENT_IDS, AGENTS } from "@/lib/agents";
import { FILTER_LIMITS, isNarrow, type TaskFilter, writeFilter } from "@/lib/task-filter";

const TYPING_MS = 250;

/** The path with a filter, without a page: another filter begins at its first page. */
export const pathOf = (pathname: string, filter: TaskFilter): string => {
  const query = writeFilter(filter);
  return query === "" ? pathname : `${pathname}?${query}`;
};

type FilterBarProps = { filter: TaskFilter; repositories: string[]; withDays?: boolean };

/** Search and filters as a form whose result is an address: it works before any script, survives reload and back. */
export function FilterBar({ filter, repositories, withDays = false }: FilterBarProps) {
  const router = useRouter();
  const pathname = usePathname();
  const [isGoing, startGoing] = useTransition();
  const go = (next: TaskFilter, how: "push" | "replace" = "push") =>
    startGoing(() => router[how](pathOf(pathname, next), { scroll: false }));
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
        <TextFilter text={filter.text ?? ""} onText={(text) => go({ ...filter, text: text || undefined }, "replace")} />
        {filter.section === undefined ? null : <input type="hidden" name="show" value={filter.section} />}
        <Select
          name="agent"
          aria-label="Agent"
          className="w-32 max-sm:flex-1"
          value={filter.agent ?? ""}
          onChange={({ target }) => go({ ...filter, agent: AGENT_IDS.find((id) => id === target.value) })}
        >
          <option value="">All agents</option>
          {AGENT_IDS.map((id) => (
            <option key={id} value={id}>
              {AGENTS[id].name}
            </option>
          ))}
        </Select>
        <Select
          name="repo"
          aria-label="Repository"
          className="w-44 max-sm:flex-1"
          value={filter.repository ?? ""}
          onChange={({ target }) => go({ ...filter, repository: target.value || undefined })}
        >
          <option value="">All repositories</option>
          {names.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </Select>
        {withDays ? (
          <>
            <DayFilter name="from" label="From" day={filter.from} onDay={(from) => go({ ...filter, from })} />
            <DayFilter name="to" label="To" day={filter.to} onDay={(to) => go({ ...filter, to })} />
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
  const [known, setKnown] = useState(text);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  if (known !== text) {
    setKnown(text);
    setTyped(text);
  }
  useEffect(() => () => clearTimeout(timer.current), []);
  const type = (next: string) => {
    setTyped(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      setKnown(next.trim());
      onText(next.trim());
    }, TYPING_MS);
  };
  return (
    <label className="relative flex min-w-40 flex-1 items-center max-sm:basis-full sm:w-64 sm:flex-none">
      <span className="sr-only">Search tasks</span>
      <Search aria-hidden className="pointer-events-none absolute left-2.5 size-3.5 text-faint" />
      <input
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
