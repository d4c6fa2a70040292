"use client";
import { ArrowDown, ArrowDownToLine, ChevronDown, ChevronUp, Download, Regex, Search } from "lucide-react";
import {
  type RefObject,
  useCallback,
  useEffect,
  useMemo,
  useReducer,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";
import { VList, type VListHandle } from "virtua";
import { Button, buttonLook } from "@/components/ui/button";
import { Select } from "@/components/ui/select";
import { createLineBuffer, findLines, type LogLine, readLineAddress } from "./log-lines";
import { LogRow, type Stamps } from "./log-row";
import { useHand } from "./use-hand";
import type { Run } from "./use-run";

const ROW_PX = 18;
const NEAR_END_PX = 36;
/** Fills the window below the tabs when they are scrolled up to the header. */
const LIST_SIZE = { height: "max(20rem, calc(100dvh - 16rem))" };

/** Every line as it came: virtual rows of 18 px, colours, search, links to lines. */
export default function LogView({ run }: { run: Run }) {
  const { task, log, attempts } = run;
  const [buffer] = useState(createLineBuffer);
  const lines = useMemo(() => buffer.of(log), [buffer, log]);
  const list = useRef<VListHandle>(null);
  const [stamps, setStamps] = useState<Stamps>("off");
  const isLive = task.status === "running" && log.attempt === task.attempt;
  const { isFollowing, setFollowing, onScroll } = useTail(list, lines.length, isLive);
  const release = useCallback(() => setFollowing(false), [setFollowing]);
  const search = useSearch(lines, list, release);
  const { range, pick } = useLineAddress(lines, list, release);
  const began = attempts.find(({ attempt }) => attempt === log.attempt)?.createdAt;
  const matches = useMemo(() => new Set(search.found), [search.found]);
  if (lines.length === 0)
    return <p className="py-8 text-soft">{log.loading === "pages" ? "Loading the log…" : "Nothing was logged yet."}</p>;
  return (
    <div className="pt-3">
      <div className="flex flex-wrap items-center gap-2 pb-2">
        <SearchBar search={search} />
        <Select
          aria-label="Times"
          className="w-32"
          value={stamps}
          onChange={({ target }) => setStamps(target.value as Stamps)}
        >
          <option value="off">No times</option>
          <option value="relative">Since start</option>
          <option value="absolute">Clock</option>
        </Select>
        <span className="ml-auto text-xs text-faint tabular">
          {lines.length.toLocaleString("en")} lines{log.loading === "pages" ? ", loading…" : ""}
        </span>
        {isLive ? (
          <Button aria-pressed={isFollowing} onClick={() => setFollowing(!isFollowing)}>
            <ArrowDownToLine aria-hidden />
            {isFollowing ? "Following" : "Follow"}
          </Button>
        ) : null}
        <a href={`/api/tasks/${task.id}/log.txt?attempt=${log.attempt}`} download className={buttonLook()}>
          <Download aria-hidden />
          Download
        </a>
      </div>
      <section aria-label="Log" className="relative overflow-hidden rounded-md border border-line bg-sunken">
        <VList
          ref={list}
          itemSize={ROW_PX}
          tabIndex={0}
          style={LIST_SIZE}
          className="py-1 font-mono text-xs leading-[18px] outline-offset-[-2px]"
          data={lines}
          onScroll={onScroll}
        >
          {(line, index) => (
            <LogRow
              key={index}
              line={line}
              number={index + 1}
              stamps={stamps}
              beganMs={began === undefined ? null : Date.parse(began)}
              isMatch={matches.has(index)}
              isCurrent={search.current === index}
              isPicked={range !== null && index + 1 >= range.from && index + 1 <= range.to}
              onPick={pick}
            />
          )}
        </VList>
        {isLive && !isFollowing ? <JumpToLive onJump={() => setFollowing(true)} /> : null}
      </section>
    </div>
  );
}

const JumpToLive = ({ onJump }: { onJump: () => void }) => (
  <button
    type="button"
    onClick={onJump}
    className="absolute bottom-3 left-1/2 flex h-7 -translate-x-1/2 items-center gap-1.5 rounded-full bg-ink px-3 font-sans text-xs font-medium text-bg"
  >
    <ArrowDown aria-hidden className="size-3.5" />
    Jump to live
  </button>
);

/** Follows the end until the reader scrolls away by hand. */
function useTail(list: RefObject<VListHandle | null>, count: number, isLive: boolean) {
  const [isFollowing, setFollowing] = useState(isLive);
  useEffect(() => {
    if (isFollowing && count > 0) list.current?.scrollToIndex(count - 1, { align: "end" });
  }, [list, count, isFollowing]);
  const isByHand = useHand();
  const onScroll = useCallback(() => {
    const now = list.current;
    if (now === null || !isByHand()) return;
    setFollowing(isLive && now.scrollOffset + now.viewportSize >= now.scrollSize - NEAR_END_PX);
  }, [list, isByHand, isLive]);
  return { isFollowing: isFollowing && isLive, setFollowing, onScroll };
}

type SearchState = {
  text: string;
  isRegex: boolean;
  isInvalid: boolean;
  found: number[];
  current: number | null;
  setText: (text: string) => void;
  toggleRegex: () => void;
  go: (by: 1 | -1) => void;
};

function useSearch(lines: readonly LogLine[], list: RefObject<VListHandle | null>, onGo: () => void): SearchState {
  const [text, setText] = useState("");
  const [isRegex, setRegex] = useState(false);
  const [found, setFound] = useState<number[]>([]);
  const [isInvalid, setInvalid] = useState(false);
  const [at, setAt] = useState(0);
  useEffect(() => {
    const stop = new AbortController();
    if (text === "") return () => stop.abort();
    findLines(lines, { text, isRegex }, stop.signal).then(
      (places) => {
        if (stop.signal.aborted) return;
        setInvalid(places === null);
        setFound(places ?? []);
      },
      () => {},
    );
    return () => stop.abort();
  }, [lines, text, isRegex]);
  const shown = text === "" ? NONE : found;
  const go = (by: 1 | -1) => {
    if (shown.length === 0) return;
    const next = (at + by + shown.length) % shown.length;
    setAt(next);
    onGo();
    list.current?.scrollToIndex(shown[next] ?? 0, { align: "center" });
  };
  return {
    text,
    isRegex,
    isInvalid: isInvalid && text !== "",
    found: shown,
    current: shown[Math.min(at, shown.length - 1)] ?? null,
    setText: (next) => {
      setText(next);
      setAt(-1);
    },
    toggleRegex: () => setRegex(!isRegex),
    go,
  };
}
const NONE: number[] = [];

const SearchBar = ({ search }: { search: SearchState }) => (
  <div className="flex items-center gap-1 max-sm:w-full">
    <label className="relative flex items-center max-sm:min-w-0 max-sm:flex-1">
      <span className="sr-only">Find in the log</span>
      <Search aria-hidden className="pointer-events-none absolute left-2.5 size-3.5 text-faint" />
      <input
        type="search"
        data-filter
        value={search.text}
        aria-invalid={search.isInvalid}
        placeholder={search.isRegex ? "Find by pattern" : "Find"}
        onChange={({ target }) => search.setText(target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter") return;
          event.preventDefault();
          search.go(event.shiftKey ? -1 : 1);
        }}
        className="h-8 w-full rounded-md border border-edge/60 bg-raised pr-2 pl-8 text-ink placeholder:text-faint aria-invalid:border-bad sm:w-60 [&::-webkit-search-cancel-button]:hidden"
      />
    </label>
    <Button
      tone="quiet"
      size="icon"
      aria-pressed={search.isRegex}
      aria-label="Pattern (regular expression)"
      title="Pattern (regular expression)"
      className={search.isRegex ? "bg-hover text-ink" : ""}
      onClick={search.toggleRegex}
    >
      <Regex aria-hidden />
    </Button>
    <Button tone="quiet" size="icon" aria-label="Match before" onClick={() => search.go(-1)}>
      <ChevronUp aria-hidden />
    </Button>
    <Button tone="quiet" size="icon" aria-label="Next match" onClick={() => search.go(1)}>
      <ChevronDown aria-hidden />
    </Button>
    <output className="text-xs whitespace-nowrap sm:min-w-20 text-soft tabular">
      {search.text === ""
        ? ""
        : search.isInvalid
          ? "not a pattern"
          : `${search.found.length.toLocaleString("en")} lines`}
    </output>
  </div>
);

const onHash = (listener: () => void) => {
  window.addEventListener("hashchange", listener);
  return () => window.removeEventListener("hashchange", listener);
};

/** The lines that the address names. A click on a number names it, with shift the range up to it. */
function useLineAddress(lines: readonly LogLine[], list: RefObject<VListHandle | null>, onJump: () => void) {
  const hash = useSyncExternalStore(
    onHash,
    () => location.hash,
    () => "",
  );
  const range = useMemo(() => readLineAddress(hash, lines), [hash, lines]);
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const shownFor = useRef("");
  useEffect(() => {
    if (range === null || shownFor.current === hash || range.from > lines.length) return;
    shownFor.current = hash;
    onJump();
    list.current?.scrollToIndex(range.from - 1, { align: "center" });
  }, [hash, range, lines.length, list, onJump]);
  const pick = (number: number, isRange: boolean) => {
    const other = isRange && range !== null ? range.from : number;
    const [from, to] = [Math.min(number, other), Math.max(number, other)];
    shownFor.current = from === to ? `#L${from}` : `#L${from}-L${to}`;
    history.replaceState(history.state, "", `${location.pathname}${location.search}${shownFor.current}`);
    redraw();
  };
  return { range, pick };
}
