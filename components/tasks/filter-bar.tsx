"use client";
import clsx from "clsx";
import { X } from "lucide-react";
import Link from "next/link";
import { usePathname, useRouter } from "next/navigation";
import { type ReactNode, useEffect, useRef, useTransition } from "react";
import { buttonLook } from "@/components/ui/button";
import { Select } from "@/components/ui/select";
import { AGENT_IDS, AGENTS } from "@/lib/agents";
import { isNarrow, TEXT_SEARCH_TASKS, type TaskFilter, writeFilter } from "@/lib/task-filter";
import { TextFilter } from "./text-filter";

/** The path with a filter, without a page: another filter begins at its first page. */
export const pathOf = (pathname: string, filter: TaskFilter): string => {
  const query = writeFilter(filter);
  return query === "" ? pathname : `${pathname}?${query}`;
};

/** Two of them share a phone's width. */
const HALF = "max-sm:basis-[calc(50%-0.25rem)]";

/** Another address of the page. */
export type Go = (change: TaskFilter, how?: "push" | "replace") => void;
type FilterBarProps = {
  filter: TaskFilter;
  repositories: string[];
  /** Fields of this page alone. */
  more?: (go: Go) => ReactNode;
};

/** Search and filters as a form whose result is an address: it works before any script, survives reload and back. */
export function FilterBar({ filter, repositories, more }: FilterBarProps) {
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
        {more?.(go)}
        <noscript>
          <button type="submit" className={buttonLook()}>
            Apply
          </button>
        </noscript>
        {filter.text === undefined ? null : (
          <span className="text-xs text-faint">In your newest {TEXT_SEARCH_TASKS.toLocaleString("en")} tasks</span>
        )}
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
  const go: Go = (change, how = "push") => {
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
export function Choice({ name, label, className, value, onPick, children }: ChoiceProps) {
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

export const focusFilter = () => document.querySelector<HTMLInputElement>("[data-filter]")?.select();
