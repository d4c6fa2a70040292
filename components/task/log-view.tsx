"use client";
import { ArrowDown, ArrowDownToLine, Braces, Download } from "lucide-react";
import {
  type CSSProperties,
  type ReactNode,
  type Ref,
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
import { isTerminal } from "@/lib/task";
import { LogAbsence, LogRest } from "./log-absence";
import { FindBar, useLogFind } from "./log-find";
import { createLineBuffer, type LogLine, type LogLines, readLineAddress } from "./log-lines";
import { LogRow, type Stamps } from "./log-row";
import type { Run } from "./use-run";
import { useListTail } from "./use-list-tail";

const ROW_PX = 18;
/** Fills the window below the tabs when they are scrolled up to the header. */
const LIST_SIZE = { height: "max(20rem, calc(100dvh - 16rem))" };

/** Every line as it came: virtual rows of 18 px, colours, search, links to lines. */
export default function LogView({ run }: { run: Run }) {
  const { task, log, attempts } = run;
  const [buffer] = useState(createLineBuffer);
  const every = useMemo(() => buffer.of(log), [buffer, log]);
  const list = useRef<VListHandle>(null);
  const address = useLineAddress(every.all, log.attempt);
  const { range } = address;
  const events = useEvents(every, list, range);
  const lines = events.areShown ? every.all : every.readable;
  const [stamps, setStamps] = useState<Stamps>("off");
  const isLive = task.status === "running" && log.attempt === task.attempt;
  const tail = useListTail(list, lines.length, isLive);
  const find = useLogFind(lines, list, tail.release);
  useShowRange(address, { lines, list, onJump: tail.release });
  const shown = attempts.find(({ attempt }) => attempt === log.attempt);
  // Records count from the runner's beginning, which is when its machine was heard first.
  const began = shown?.startedAt ?? shown?.createdAt;
  const matches = useMemo(() => new Set(find.found), [find.found]);
  if (lines.length === 0)
    return <LogAbsence run={run} words={isTerminal(task.status) ? "Nothing was logged." : "Nothing was logged yet."} />;
  const isBeyond = range !== null && range.from > every.all.length && log.loading === "done";
  return (
    <div className="pt-3">
      <div className="flex flex-wrap items-center gap-2 pb-2">
        <FindBar find={find} />
        <TimesSelect stamps={stamps} onStamps={setStamps} />
        <span className="ml-auto text-xs text-faint tabular">
          {isBeyond ? <span className="text-waiting">Line {range.from} is not here: </span> : null}
          {lines.length.toLocaleString("en")} line{lines.length === 1 ? "" : "s"}
          {log.loading === "pages" ? ", loading…" : ""}
        </span>
        {every.all === every.readable ? null : <EventsButton areShown={events.areShown} onToggle={events.toggle} />}
        {isLive ? (
          <Button aria-pressed={tail.isFollowing} onClick={tail.isFollowing ? tail.release : tail.follow}>
            <ArrowDownToLine aria-hidden />
            {tail.isFollowing ? "Following" : "Follow"}
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
          item={Item}
          tabIndex={0}
          style={{ ...LIST_SIZE, "--columns": every.columns[events.areShown ? "all" : "readable"] } as CSSProperties}
          className="py-1 font-mono text-xs leading-[18px] outline-offset-[-2px]"
          data={lines}
          onScroll={tail.onScroll}
        >
          {(line, index) => (
            <LogRow
              key={index}
              line={line}
              stamps={stamps}
              beganMs={began === undefined ? null : Date.parse(began)}
              isMatch={matches.has(index)}
              isCurrent={find.found[find.chosen] === index}
              isPicked={range !== null && line.number >= range.from && line.number <= range.to}
              onPick={address.pick}
            />
          )}
        </VList>
        {isLive && !tail.isFollowing ? <JumpToLive missed={tail.missed} onJump={tail.follow} /> : null}
      </section>
      {log.loading === "failed" ? <LogRest run={run} /> : null}
    </div>
  );
}

const TimesSelect = ({ stamps, onStamps }: { stamps: Stamps; onStamps: (stamps: Stamps) => void }) => (
  <Select
    aria-label="Times"
    className="w-32"
    value={stamps}
    onChange={({ target }) => onStamps(target.value as Stamps)}
  >
    <option value="off">No times</option>
    <option value="relative">Since start</option>
    <option value="absolute">Clock</option>
  </Select>
);

const EventsButton = ({ areShown, onToggle }: { areShown: boolean; onToggle: () => void }) => (
  <Button
    aria-pressed={areShown}
    title="What the agent itself wrote; the lines around it are made of it"
    className={areShown ? "bg-hover" : ""}
    onClick={onToggle}
  >
    <Braces aria-hidden />
    Agent's JSON
  </Button>
);

/** As wide as the longest line, wherever that is, and never cut off: sideways it is scrolled to. */
type ItemProps = { style: CSSProperties; children: ReactNode; ref?: Ref<HTMLDivElement> };
const Item = ({ style, children, ref }: ItemProps) => (
  <div
    ref={ref}
    style={{ ...style, contain: "style", width: "max-content", minWidth: "max(100%, var(--columns) * 1ch + 6rem)" }}
  >
    {children}
  </div>
);

/** Whether the agent's own JSON is among the lines; the address remembers it. A line that is linked to is never hidden. */
function useEvents(every: LogLines, list: RefObject<VListHandle | null>, range: LineRange | null) {
  const [areWanted, setWanted] = useState(() => new URLSearchParams(location.search).has("json"));
  const isLinked = range !== null && range.from === range.to && every.all[range.from - 1]?.is === "event";
  const areShown = areWanted || isLinked;
  const top = useRef<number | null>(null);
  useEffect(() => {
    if (top.current === null) return;
    const lines = areShown ? every.all : every.readable;
    const index = lines.findIndex(({ number }) => number >= (top.current ?? 0));
    top.current = null;
    list.current?.scrollToIndex(Math.max(0, index), { align: "start" });
  }, [areShown, every, list]);
  const toggle = () => {
    const shown = areShown ? every.all : every.readable;
    // What stands at the top goes on standing there.
    const { current } = list;
    top.current = current === null ? null : (shown[current.findItemIndex(current.scrollOffset)]?.number ?? null);
    setWanted(!areShown);
    const query = new URLSearchParams(location.search);
    if (areShown) query.delete("json");
    else query.set("json", "1");
    history.replaceState(history.state, "", `${location.pathname}?${query}${isLinked ? "" : location.hash}`);
    if (isLinked) window.dispatchEvent(new HashChangeEvent("hashchange"));
  };
  return { areShown, toggle };
}

const JumpToLive = ({ missed, onJump }: { missed: number; onJump: () => void }) => (
  <button
    type="button"
    onClick={onJump}
    className="absolute bottom-3 left-1/2 flex h-7 -translate-x-1/2 items-center gap-1.5 rounded-full bg-ink px-3 font-sans text-xs font-medium text-bg"
  >
    <ArrowDown aria-hidden className="size-3.5" />
    Jump to live{missed > 0 ? ` (${missed.toLocaleString("en")} new)` : ""}
  </button>
);

const onHash = (listener: () => void) => {
  window.addEventListener("hashchange", listener);
  return () => window.removeEventListener("hashchange", listener);
};

type LineRange = { from: number; to: number };
/** `show`: runs `go` unless the lines of this address were shown already. */
type Address = {
  range: LineRange | null;
  show: (go: () => void) => void;
  pick: (number: number, isRange: boolean) => void;
};

/** The lines that the address names. A click on a number names it, with shift the range up to it. */
function useLineAddress(all: readonly LogLine[], attempt: number): Address {
  const hash = useSyncExternalStore(
    onHash,
    () => location.hash,
    () => "",
  );
  const range = useMemo(() => readLineAddress(hash, all), [hash, all]);
  const shownFor = useRef("");
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const pick = (number: number, isRange: boolean) => {
    const other = isRange && range !== null ? range.from : number;
    const [from, to] = [Math.min(number, other), Math.max(number, other)];
    // Numbers belong to one attempt: the address goes on meaning these lines when another one follows.
    const query = new URLSearchParams(location.search);
    query.set("attempt", String(attempt));
    shownFor.current = from === to ? `#L${from}` : `#L${from}-L${to}`;
    history.replaceState(history.state, "", `${location.pathname}?${query}${shownFor.current}`);
    redraw();
  };
  const show = useCallback(
    (go: () => void) => {
      if (shownFor.current === hash) return;
      shownFor.current = hash;
      go();
    },
    [hash],
  );
  return { range, show, pick };
}

type Shown = { lines: readonly LogLine[]; list: RefObject<VListHandle | null>; onJump: () => void };

/** Goes to the lines that the address names, once they are here. */
function useShowRange({ range, show }: Address, { lines, list, onJump }: Shown): void {
  useEffect(() => {
    const index = range === null ? -1 : lines.findIndex(({ number }) => number >= range.from);
    if (index < 0) return;
    show(() => {
      onJump();
      list.current?.scrollToIndex(index, { align: "center" });
    });
  }, [range, show, lines, list, onJump]);
}
