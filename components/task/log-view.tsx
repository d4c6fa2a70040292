"use client";
import { ArrowDown, ArrowDownToLine, Download } from "lucide-react";
import { type RefObject, useEffect, useMemo, useReducer, useRef, useState, useSyncExternalStore } from "react";
import { VList, type VListHandle } from "virtua";
import { Button, buttonLook } from "@/components/ui/button";
import { Select } from "@/components/ui/select";
import { isTerminal } from "@/lib/task";
import { LogAbsence, LogRest } from "./log-absence";
import { FindBar, useLogFind } from "./log-find";
import { createLineBuffer, type LogLine, readLineAddress } from "./log-lines";
import { LogRow, type Stamps } from "./log-row";
import type { Run } from "./use-run";
import { useTail } from "./use-tail";

const ROW_PX = 18;
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
  const tail = useTail(list, lines.length, isLive);
  const find = useLogFind(lines, list, tail.release);
  const { range, pick } = useLineAddress({ lines, attempt: log.attempt, list, onJump: tail.release });
  const shown = attempts.find(({ attempt }) => attempt === log.attempt);
  // Records count from the runner's beginning, which is when its machine was heard first.
  const began = shown?.startedAt ?? shown?.createdAt;
  const matches = useMemo(() => new Set(find.found), [find.found]);
  if (lines.length === 0)
    return <LogAbsence run={run} words={isTerminal(task.status) ? "Nothing was logged." : "Nothing was logged yet."} />;
  const isBeyond = range !== null && range.from > lines.length && log.loading === "done";
  return (
    <div className="pt-3">
      <div className="flex flex-wrap items-center gap-2 pb-2">
        <FindBar find={find} />
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
          {isBeyond ? <span className="text-waiting">Line {range.from} is not here: </span> : null}
          {lines.length.toLocaleString("en")} line{lines.length === 1 ? "" : "s"}
          {log.loading === "pages" ? ", loading…" : ""}
        </span>
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
          tabIndex={0}
          style={LIST_SIZE}
          className="py-1 font-mono text-xs leading-[18px] outline-offset-[-2px]"
          data={lines}
          onScroll={tail.onScroll}
        >
          {(line, index) => (
            <LogRow
              key={index}
              line={line}
              number={index + 1}
              stamps={stamps}
              beganMs={began === undefined ? null : Date.parse(began)}
              isMatch={matches.has(index)}
              isCurrent={find.found[find.at] === index}
              isPicked={range !== null && index + 1 >= range.from && index + 1 <= range.to}
              onPick={pick}
            />
          )}
        </VList>
        {isLive && !tail.isFollowing ? <JumpToLive missed={tail.missed} onJump={tail.follow} /> : null}
      </section>
      {log.loading === "failed" ? <LogRest run={run} /> : null}
    </div>
  );
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

type Addressed = {
  lines: readonly LogLine[];
  attempt: number;
  list: RefObject<VListHandle | null>;
  onJump: () => void;
};

/** The lines that the address names. A click on a number names it, with shift the range up to it. */
function useLineAddress({ lines, attempt, list, onJump }: Addressed) {
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
    // Numbers belong to one attempt: the address goes on meaning these lines when another one follows.
    const query = new URLSearchParams(location.search);
    query.set("attempt", String(attempt));
    history.replaceState(history.state, "", `${location.pathname}?${query}${shownFor.current}`);
    redraw();
  };
  return { range, pick };
}
