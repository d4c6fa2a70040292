"use client";
import { ArrowDown, ChevronRight } from "lucide-react";
import { useEffect, useMemo, useState } from "react";
import { useNow } from "@/components/layout/clock";
import { useLive } from "@/components/live/live-provider";
import { durationText } from "@/lib/format";
import { positionInQueue } from "@/lib/queue";
import { isTerminal, MAX_RUNNING_TASKS_PER_USER } from "@/lib/task";
import { elapsedMs, situationLine } from "@/lib/task-words";
import { isGone, LogAbsence, LogRest } from "./log-absence";
import { type StepPaths, StepRow } from "./step-rows";
import { countSteps, type TimelineStep, stepsOf } from "./steps";
import { usePageTail } from "./use-page-tail";
import type { Run } from "./use-run";

/** A record that the reader wants to see; a new object each time. */
export type SoughtRecord = { n: number };
type StepsViewProps = { run: Run; sought: SoughtRecord | null; paths: StepPaths };

/** What the agent said and did. Of work that went well the last word is open and the way there is folded. */
export default function StepsView({ run, sought, paths }: StepsViewProps) {
  const { task, log } = run;
  const steps = useMemo(() => stepsOf(log.records), [log.records]);
  const isLive = task.status === "running" && log.attempt === task.attempt;
  const { isFollowing, missed, follow, release } = usePageTail(steps.length, isLive);
  useEffect(() => {
    if (sought === null) return undefined;
    release();
    // After the fold has opened.
    const frame = requestAnimationFrame(() => showStep(sought.n));
    return () => cancelAnimationFrame(frame);
  }, [sought, release]);
  if (steps.length === 0) return <NoSteps run={run} />;
  const lastWord = isTerminal(task.status) && task.status === "success" ? lastMessage(steps) : null;
  return (
    <>
      {lastWord === null ? (
        <Steps steps={steps} isLive={isLive} paths={paths} />
      ) : (
        <Folded key={sought?.n} run={run} steps={steps} lastWord={lastWord} isSought={sought !== null} paths={paths} />
      )}
      <LogRest run={run} />
      {isLive && !isFollowing ? (
        <div className="pointer-events-none sticky bottom-20 z-20 flex h-0 items-end justify-center sm:bottom-6">
          <button
            type="button"
            onClick={follow}
            className="pointer-events-auto flex h-8 items-center gap-1.5 rounded-full bg-ink px-3.5 text-xs font-medium text-bg shadow-float"
          >
            <ArrowDown aria-hidden className="size-3.5" />
            Jump to live{missed > 0 ? ` (${missed} new)` : ""}
          </button>
        </div>
      ) : null}
    </>
  );
}

/** Scrolls to a record's step, or to the nearest before it: several looks share one. */
function showStep(n: number): void {
  const steps = [...document.querySelectorAll("li[id^='s']")];
  const step = steps.findLast(({ id }) => /^s\d+$/.test(id) && Number(id.slice(1)) <= n);
  (step ?? document.getElementById("run"))?.scrollIntoView();
}

const lastMessage = (steps: readonly TimelineStep[]) => steps.findLast((step) => step.is === "message") ?? null;

const Steps = ({ steps, isLive, paths }: { steps: readonly TimelineStep[]; isLive: boolean; paths: StepPaths }) => (
  <ol className="py-2">
    {steps.map((step) => (
      <StepRow key={step.n} step={step} isLive={isLive} paths={paths} />
    ))}
  </ol>
);

type FoldedProps = {
  run: Run;
  steps: readonly TimelineStep[];
  lastWord: TimelineStep;
  isSought: boolean;
  paths: StepPaths;
};

function Folded({ run, steps, lastWord, isSought, paths }: FoldedProps) {
  // An address that names a step opens the fold that it is in.
  const [isOpen, setOpen] = useState(
    () => isSought || (typeof location !== "undefined" && location.hash.startsWith("#s")),
  );
  const took = elapsedMs(run.task, 0);
  const count = countSteps(steps);
  return (
    <>
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
        className="mt-3 flex h-8 items-center gap-2 text-soft hover:text-ink"
      >
        <ChevronRight aria-hidden className={`size-3.5 transition-transform ${isOpen ? "rotate-90" : ""}`} />
        Worked {took === null ? "" : `${durationText(took)}, `}
        {count} step{count === 1 ? "" : "s"}
      </button>
      {isOpen ? <Steps steps={steps.filter((step) => step !== lastWord)} isLive={false} paths={paths} /> : null}
      {isSaidAbove(run, lastWord) ? null : (
        <ol className="border-t border-line py-3">
          <StepRow step={lastWord} isLive={false} paths={paths} />
        </ol>
      )}
    </>
  );
}

/** Where it stands in line and what will start it. */
function Waiting({ task }: { task: Run["task"] }) {
  const { counts } = useLive();
  const queue = task.blockedReason === undefined ? positionInQueue(task.id, counts) : null;
  const start =
    queue === null
      ? "Steps appear here as soon as the agent begins."
      : queue.running >= MAX_RUNNING_TASKS_PER_USER
        ? `${MAX_RUNNING_TASKS_PER_USER} of your tasks may run at once; this starts by itself when its turn comes.`
        : "It starts by itself.";
  return (
    <p className="py-8 text-soft">
      {situationLine(task, queue)}. {start}
    </p>
  );
}

/** The summary stands at the top of the page already. */
const isSaidAbove = ({ task }: Run, step: TimelineStep) =>
  step.is === "message" && task.summary !== undefined && task.summary.trim() === step.text.trim();

/** Longer than this a start is worth a word. */
const SLOW_START_MS = 30_000;

function NoSteps({ run }: { run: Run }) {
  const { task, attempts, log } = run;
  const nowMs = useNow(5000);
  const waits = log.loading === "done" && !isGone(run);
  if (waits && task.status === "queued") return <Waiting task={task} />;
  const since = attempts.at(-1)?.createdAt;
  const startMs = since === undefined ? 0 : nowMs - Date.parse(since);
  const words =
    task.status !== "running"
      ? "The agent did not get to its first step."
      : task.phase === "starting" && startMs > SLOW_START_MS
        ? `Fly has been starting the machine for ${durationText(startMs)}. Porter waits 3 minutes for its first word, then gives it up.`
        : "The machine is being made ready. The first step comes soon.";
  return <LogAbsence run={run} words={words} />;
}
