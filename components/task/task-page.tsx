"use client";
import dynamic from "next/dynamic";
import Link from "next/link";
import { usePathname, useSearchParams } from "next/navigation";
import { useMemo } from "react";
import { StaleBanner } from "@/components/live/stale-banner";
import { Failure } from "@/components/tasks/failure";
import { Skeleton } from "@/components/ui/skeleton";
import { tabLook } from "@/components/ui/tabs";
import { Facts } from "./facts";
import { OutcomeStrip } from "./outcome-strip";
import { PhaseRail } from "./phase-rail";
import StepsView from "./steps-view";
import { TaskHeader } from "./task-header";
import { type Run, type RunData, useRun } from "./use-run";

const Loading = () => <Skeleton className="mt-4 h-64" />;
const ChangesView = dynamic(() => import("./changes-view"), { ssr: false, loading: Loading });
const LogView = dynamic(() => import("./log-view"), { ssr: false, loading: Loading });
const PromptView = dynamic(() => import("./prompt-view"), { ssr: false, loading: Loading });
const AttemptsView = dynamic(() => import("./attempts-view"), { ssr: false, loading: Loading });

const TABS = { steps: "Steps", changes: "Changes", log: "Log", prompt: "Prompt", attempts: "Attempts" };
type Tab = keyof typeof TABS;
const isTab = (text: string | null): text is Tab => text !== null && text in TABS;

/** One task: what it is, what came of it, how it got there. */
export function TaskPage({ data, pinnedAttempt }: { data: RunData; pinnedAttempt: number | null }) {
  const run = useRun(data, pinnedAttempt);
  const pathname = usePathname();
  const query = useSearchParams();
  const given = query.get("tab");
  const tab: Tab = isTab(given) ? given : "steps";
  const pathOf = (next: Tab) => {
    const wanted = new URLSearchParams(next === "steps" ? {} : { tab: next });
    if (pinnedAttempt !== null) wanted.set("attempt", String(pinnedAttempt));
    return wanted.size === 0 ? pathname : `${pathname}?${wanted}`;
  };
  const { task, attempts, log } = run;
  const shown = attempts.find(({ attempt }) => attempt === log.attempt) ?? attempts.at(-1);
  return (
    <article>
      <TaskHeader run={run} />
      <div className="rail:grid rail:grid-cols-[minmax(0,1fr)_17rem] rail:gap-10">
        <div className="min-w-0">
          <div className="space-y-5 py-4">
            <StaleBanner />
            <Failure task={task} />
            <OutcomeStrip task={task} />
            <PhaseRail task={task} attempt={shown} onSeek={(part) => seek(run, part)} />
          </div>
          <nav
            id="run"
            aria-label="Parts of this task"
            className="flex scroll-mt-28 gap-5 overflow-x-auto border-b border-line"
          >
            {Object.entries(TABS).map(([one, word]) => (
              <Link
                key={one}
                href={pathOf(one as Tab)}
                scroll={false}
                prefetch={false}
                aria-current={one === tab ? "page" : undefined}
                className={tabLook}
              >
                {word}
                <TabCount tab={one as Tab} run={run} />
              </Link>
            ))}
          </nav>
          {pinnedAttempt === null || pinnedAttempt === task.attempt ? null : (
            <p className="pt-3 text-soft">
              This is attempt {pinnedAttempt} of {task.attempt}.{" "}
              <Link href={pathname} className="link">
                Show the newest
              </Link>
            </p>
          )}
          <TabBody tab={tab} run={run} logPath={(n) => `${pathOf("log")}#r${n}`} />
        </div>
        <aside
          aria-label="Facts"
          className="py-4 max-rail:border-t max-rail:border-line rail:sticky rail:top-27 rail:self-start"
        >
          <Facts run={run} />
        </aside>
      </div>
    </article>
  );
}

/** To the step with which a part began, or to the steps where it has none. */
function seek({ log }: Run, part: string): void {
  const begin = log.records.find((record) => record.k === "p" && record.phase === part);
  const step = begin === undefined ? null : document.getElementById(`s${begin.n}`);
  (step ?? document.getElementById("run"))?.scrollIntoView();
}

function TabCount({ tab, run }: { tab: Tab; run: Run }) {
  const { records } = run.log;
  const edited = useMemo(() => new Set(records.flatMap((one) => (one.k === "d" ? [one.path] : []))).size, [records]);
  const count = tab === "changes" ? edited : tab === "attempts" ? run.attempts.length : 0;
  return count < (tab === "attempts" ? 2 : 1) ? null : <span className="text-faint tabular">{count}</span>;
}

function TabBody({ tab, run, logPath }: { tab: Tab; run: Run; logPath: (n: number) => string }) {
  switch (tab) {
    case "steps":
      return <StepsView run={run} logPath={logPath} />;
    case "changes":
      return <ChangesView run={run} />;
    case "log":
      return <LogView key={run.log.attempt} run={run} />;
    case "prompt":
      return <PromptView id={run.task.id} />;
    case "attempts":
      return <AttemptsView run={run} />;
  }
}
