"use client";
import clsx from "clsx";
import {
  Bot,
  ChevronRight,
  FileText,
  Globe,
  ListTodo,
  MessageSquareText,
  Pencil,
  Search,
  Terminal,
  TriangleAlert,
  Wrench,
} from "lucide-react";
import dynamic from "next/dynamic";
import { type ReactNode, useState } from "react";
import { loadPart } from "@/components/layout/late";
import { durationText } from "@/lib/format";
import { Message } from "./message";
import { More } from "./more";
import { statOf } from "./patch";
import { type LooksStep, type TimelineStep, type ToolKind, type ToolStep } from "./steps";
import { DiffStat } from "@/components/tasks/outcome";

/** In the first HTML, but their scripts come by themselves. */
const DiffView = dynamic(() => loadPart(() => import("./diff-view")));
const Output = dynamic(() => loadPart(() => import("./step-output")));

const ICONS: Record<ToolKind, typeof Terminal> = {
  command: Terminal,
  read: FileText,
  search: Search,
  edit: Pencil,
  todo: ListTodo,
  web: Globe,
  agent: Bot,
  other: Wrench,
};
const VERBS: Record<ToolKind, string> = {
  command: "Ran",
  read: "Read",
  search: "Searched",
  edit: "Edited",
  todo: "Plan",
  web: "Fetched",
  agent: "Asked an agent",
  other: "Used",
};

const DIFF_LINES = 40;

/** `+02:14`, minutes and seconds since the attempt began. */
export const offsetText = (ms: number): string => {
  const seconds = Math.floor(ms / 1000);
  return `+${String(Math.floor(seconds / 60)).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}`;
};

/** Where more of a step is. */
export type StepPaths = { log: (n: number) => string; changes: (path: string) => string };
type RowProps = { step: TimelineStep; isLive: boolean; paths: StepPaths };

export function StepRow({ step, isLive, paths }: RowProps) {
  switch (step.is) {
    case "message":
      return (
        <Frame step={step} icon={<MessageSquareText />}>
          <Message text={step.text} />
        </Frame>
      );
    case "tool":
      return <ToolRow step={step} isLive={isLive} paths={paths} />;
    case "looks":
      return <LooksRow step={step} />;
    case "note":
      return (
        <Frame step={step} icon={<span className="mx-1 size-1.5 rounded-full bg-edge" />}>
          <p className={clsx("text-soft", step.isPhase && "font-medium text-ink")}>{step.text}</p>
        </Frame>
      );
    case "gap":
      return (
        <Frame step={step} icon={<TriangleAlert className="text-waiting" />}>
          <p className="text-waiting">{step.text}</p>
        </Frame>
      );
  }
}

/**
 * Time, icon, and what happened, in three fixed columns. Rows far from sight are not laid out, but for the last ones:
 * whoever jumps to the end would see them settle.
 */
const Frame = ({ step, icon, children }: { step: { n: number; t: number }; icon: ReactNode; children: ReactNode }) => (
  <li
    id={`s${step.n}`}
    className="grid scroll-mt-44 grid-cols-[3.25rem_1rem_minmax(0,1fr)] gap-x-3 py-1.5 [contain-intrinsic-size:auto_1.25rem] [content-visibility:auto] nth-last-[-n+30]:[content-visibility:visible] target:bg-running-wash max-sm:grid-cols-[1rem_minmax(0,1fr)]"
  >
    <span className="pt-px text-right text-xs leading-5 text-faint tabular max-sm:hidden">{offsetText(step.t)}</span>
    <span aria-hidden className="flex h-5 items-center text-faint [&_svg]:size-3.5">
      {icon}
    </span>
    <div className="min-w-0">{children}</div>
  </li>
);

function ToolRow({ step, isLive, paths }: { step: ToolStep; isLive: boolean; paths: StepPaths }) {
  const { kind, result } = step;
  const Icon = ICONS[kind];
  const failed = result?.ok === false;
  const [isOpen, setOpen] = useState(failed || kind === "edit" || kind === "todo");
  const [summary = ""] = step.summary.split("\n");
  const hasBody = step.edits.length > 0 || (result?.output ?? "") !== "" || step.todos.length > 0;
  const state = result === undefined ? (isLive ? "running" : "unfinished") : failed ? "failed" : "ok";
  const { additions, deletions } = statOf(step.edits.map(({ patch }) => patch));
  return (
    <Frame step={step} icon={<Icon className={clsx(failed && "text-bad")} />}>
      <button
        type="button"
        disabled={!hasBody}
        aria-expanded={hasBody ? isOpen : undefined}
        onClick={() => setOpen(!isOpen)}
        className="group flex w-full min-w-0 items-baseline gap-2 text-left"
      >
        <span className="shrink-0 text-soft">{kind === "other" ? step.tool : VERBS[kind]}</span>
        <span className={clsx("min-w-0 truncate", kind === "todo" ? "" : "font-mono text-xs")}>{summary}</span>
        {step.edits.length === 0 ? null : (
          <span className="shrink-0 text-xs">
            <DiffStat additions={additions} deletions={deletions} />
          </span>
        )}
        {hasBody ? (
          <ChevronRight
            aria-hidden
            className={clsx("size-3 shrink-0 self-center text-faint transition-transform", isOpen && "rotate-90")}
          />
        ) : null}
        <Ending state={state} ms={result?.ms} exit={result?.exit ?? null} />
      </button>
      {isOpen && hasBody ? <ToolBody step={step} paths={paths} /> : null}
    </Frame>
  );
}

type EndingProps = {
  state: "running" | "unfinished" | "failed" | "ok";
  ms: number | undefined;
  exit: number | null;
};

const Ending = ({ state, ms, exit }: EndingProps) => (
  <span className="ml-auto flex shrink-0 items-baseline gap-2 pl-2 text-xs tabular">
    {state === "running" ? <span className="animate-breathe font-medium text-running">running</span> : null}
    {state === "unfinished" ? <span className="text-faint">no result</span> : null}
    {state === "failed" ? (
      <span className="font-medium text-bad">{exit === null || exit === 0 ? "failed" : `exit ${exit}`}</span>
    ) : null}
    {ms === undefined || ms < 500 ? null : <span className="text-faint">{durationText(ms)}</span>}
  </span>
);

function ToolBody({ step, paths }: { step: ToolStep; paths: StepPaths }) {
  const { result, edits, todos } = step;
  return (
    <div className="mt-1.5 space-y-2">
      {todos.length === 0 ? null : <Todos todos={todos} />}
      {edits.map(({ path, patch, isCut, n }) => (
        <div key={n} className="overflow-hidden rounded-md border border-line">
          <DiffView
            path={path}
            patch={patch}
            isCut={isCut}
            maxLines={DIFF_LINES}
            more={<More path={paths.changes(path)}>· show in changes</More>}
          />
        </div>
      ))}
      {result === undefined || result.output === "" || (edits.length > 0 && result.ok) || todos.length > 0 ? null : (
        <Output text={result.output} isBad={!result.ok} more={paths.log(result.n)} />
      )}
    </div>
  );
}

const MARKS = { done: "text-good", now: "text-running", open: "text-faint" };

const Todos = ({ todos }: { todos: ToolStep["todos"] }) => (
  <ul className="space-y-0.5">
    {todos.map(({ text, state }, index) => (
      <li key={index} className="flex items-baseline gap-2">
        <span aria-hidden className={clsx("w-3 shrink-0 text-center", MARKS[state])}>
          {state === "done" ? "✓" : state === "now" ? "●" : "○"}
        </span>
        <span className={clsx(state === "done" && "text-soft line-through", state === "now" && "font-medium")}>
          <span className="sr-only">{state === "done" ? "Done: " : state === "now" ? "Now: " : "Open: "}</span>
          {text}
        </span>
      </li>
    ))}
  </ul>
);

function LooksRow({ step }: { step: LooksStep }) {
  const [isOpen, setOpen] = useState(false);
  const reads = step.steps.filter(({ kind }) => kind === "read").length;
  const searches = step.steps.length - reads;
  const words = [
    ...(reads > 0 ? [`Read ${reads} file${reads === 1 ? "" : "s"}`] : []),
    ...(searches > 0 ? [`searched ${searches} time${searches === 1 ? "" : "s"}`] : []),
  ].join(", ");
  return (
    <Frame step={step} icon={<FileText />}>
      <button type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)} className="flex items-center gap-2">
        <span className="text-soft first-letter:uppercase">{words}</span>
        <ChevronRight aria-hidden className={clsx("size-3 text-faint transition-transform", isOpen && "rotate-90")} />
      </button>
      {isOpen ? (
        <ul className="mt-1 space-y-0.5 font-mono text-xs text-soft">
          {step.steps.map((one) => (
            <li key={one.n} className="truncate">
              {one.summary}
            </li>
          ))}
        </ul>
      ) : null}
    </Frame>
  );
}
