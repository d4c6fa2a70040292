"use client";
import { useQuery } from "@tanstack/react-query";
import { ArrowDown, ChevronRight } from "lucide-react";
import { useMemo, useState } from "react";
import { useNow } from "@/components/layout/clock";
import { useTRPC } from "@/components/layout/trpc-provider";
import { Skeleton } from "@/components/ui/skeleton";
import { duration } from "@/lib/format";
import { isTerminal, MAX_RUNNING_TASKS_PER_USER } from "@/lib/task";
import { elapsedMs } from "@/lib/task-words";
import { StepRow } from "./step-rows";
import { countSteps, type Step, stepsOf } from "./steps";
import { useFollow } from "./use-follow";
import type { Run } from "./use-run";

/** What the agent said and did. Of work that went well the last word is open and the way there is folded. */
export default function StepsView({ run, logPath }: { run: Run; logPath: (n: number) => string }) {
  const { task, log } = run;
  const steps = useMemo(() => stepsOf(log.records), [log.records]);
  const isLive = task.status === "running" && log.attempt === task.attempt;
  const { isFollowing, missed, jump } = useFollow(steps.length, isLive);
  if (steps.length === 0) return <NoSteps run={run} />;
  const lastWord = isTerminal(task.status) && task.status === "success" ? lastMessage(steps) : null;
  return (
    <>
      {lastWord === null ? (
        <Steps steps={steps} isLive={isLive} logPath={logPath} />
      ) : (
        <Folded run={run} steps={steps} lastWord={lastWord} logPath={logPath} />
      )}
      {log.loading === "pages" ? <p className="py-2 text-xs text-faint">Loading the rest…</p> : null}
      {isLive && !isFollowing ? (
        <div className="pointer-events-none sticky bottom-20 z-20 flex h-0 items-end justify-center sm:bottom-6">
          <button
            type="button"
            onClick={jump}
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

const lastMessage = (steps: readonly Step[]) => steps.findLast((step) => step.is === "message") ?? null;

const Steps = ({
  steps,
  isLive,
  logPath,
}: {
  steps: readonly Step[];
  isLive: boolean;
  logPath: (n: number) => string;
}) => (
  <ol className="py-2">
    {steps.map((step) => (
      <StepRow key={step.n} step={step} isLive={isLive} logPath={logPath} />
    ))}
  </ol>
);

type FoldedProps = { run: Run; steps: readonly Step[]; lastWord: Step; logPath: (n: number) => string };

function Folded({ run, steps, lastWord, logPath }: FoldedProps) {
  // An address that names a step opens the fold that it is in.
  const [isOpen, setOpen] = useState(() => typeof location !== "undefined" && location.hash.startsWith("#s"));
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
        Worked {took === null ? "" : `${duration(took)}, `}
        {count} step{count === 1 ? "" : "s"}
      </button>
      {isOpen ? <Steps steps={steps.filter((step) => step !== lastWord)} isLive={false} logPath={logPath} /> : null}
      {isSaidAbove(run, lastWord) ? null : (
        <ol className="border-t border-line py-3">
          <StepRow step={lastWord} isLive={false} logPath={logPath} />
        </ol>
      )}
    </>
  );
}

/** Where it stands in line and what will start it. */
function Waiting({ task }: { task: Run["task"] }) {
  const trpc = useTRPC();
  const { data: place } = useQuery(trpc.tasks.place.queryOptions({ id: task.id }, { refetchInterval: 15_000 }));
  const reason = task.waitReason === undefined ? "" : `${task.waitReason}. `;
  const line =
    place == null
      ? "Steps appear here as soon as the agent begins."
      : `Number ${place.position} of ${place.waiting} in line; ${place.running} of your tasks run, and ${MAX_RUNNING_TASKS_PER_USER} may. It starts by itself when one of them ends.`;
  return (
    <p className="py-8 text-soft">
      {reason}
      {line}
    </p>
  );
}

/** The summary stands at the top of the page already. */
const isSaidAbove = ({ task }: Run, step: Step) =>
  step.is === "message" && task.summary !== undefined && task.summary.trim() === step.text.trim();

function NoSteps({ run: { task, log } }: { run: Run }) {
  const nowMs = useNow(3_600_000);
  if (log.loading === "failed")
    return (
      <p className="py-8 text-soft">The log could not be read. Reload to try again; the task is not touched by it.</p>
    );
  if (log.expiresAt !== null && log.total > 0 && Date.parse(log.expiresAt) < nowMs)
    return <p className="py-8 text-soft">The log was deleted after its time. Outcome and attempts stay.</p>;
  if (log.loading === "pages")
    return (
      <div className="space-y-3 py-4" aria-busy="true">
        {[60, 75, 40, 80, 55, 65].map((width) => (
          <Skeleton key={width} className="h-4" />
        ))}
      </div>
    );
  if (task.status === "queued") return <Waiting task={task} />;
  if (task.status === "running")
    return <p className="py-8 text-soft">The machine is being made ready. The first step comes soon.</p>;
  return <p className="py-8 text-soft">The agent did not get to its first step.</p>;
}
