"use client";
import dynamic from "next/dynamic";
import Link from "next/link";
import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { type KeyboardEvent, useMemo, useState } from "react";
import { loadPart } from "@/components/layout/late";
import { StaleBanner } from "@/components/live/stale-banner";
import { Skeleton } from "@/components/ui/skeleton";
import { tabLook } from "@/components/ui/tabs";
import { isTerminal } from "@/lib/task";
import type { WorkView } from "@/lib/work-view";
import { OutcomeStrip } from "./outcome-strip";
import { PhaseRail, type SeekTo } from "./phase-rail";
import { countChanged, fileAnchor } from "./changed-files";
import type { StepPaths } from "./step-rows";
import StepsView, { type SoughtRecord } from "./steps-view";
import { TaskHeader } from "./task-header";
import { type Run, type RunData, useRun } from "./use-run";

const Loading = () => <Skeleton className="mt-4 h-64" />;
const Failure = dynamic(() => loadPart(() => import("@/components/tasks/failure")));
const Facts = dynamic(() => loadPart(() => import("./facts")));
const WorkSection = dynamic(() => loadPart(() => import("./work-section")));
const NetworkNotes = dynamic(() => loadPart(() => import("./network-notes")));
const OutcomeOnly = dynamic(() => loadPart(() => import("./outcome-only")));
const Untold = dynamic(() => loadPart(() => import("./untold")));
const ChangesView = dynamic(() => loadPart(() => import("./changes-view")), { ssr: false, loading: Loading });
const LogView = dynamic(() => loadPart(() => import("./log-view")), { ssr: false, loading: Loading });
const PromptView = dynamic(() => loadPart(() => import("./prompt-view")), { ssr: false, loading: Loading });
const AttemptsView = dynamic(() => loadPart(() => import("./attempts-view")), { ssr: false, loading: Loading });

/** Something was handed over, or was once. */
const hasWork = ({ handedOver, facts, earlier }: WorkView): boolean =>
  handedOver !== null || facts.set?.isThere === false || earlier.length > 0;

const TABS = { steps: "Steps", changes: "Changes", log: "Log", prompt: "Prompt", attempts: "Attempts" };
type Tab = keyof typeof TABS;
const isTab = (text: string | null): text is Tab => text !== null && text in TABS;

/** Over, while the machine still saves what there is of the work. */
const isSaving = ({ task, attempts }: Run): boolean => {
  const last = attempts.at(-1);
  return isTerminal(task.status) && last?.attempt === task.attempt && last.startedAt !== null && last.endedAt === null;
};

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
  const { task } = run;
  const router = useRouter();
  const [sought, setSought] = useState<SoughtRecord | null>(null);
  const seek = (to: SeekTo) => {
    setSought({ n: placeOf(run, to) });
    if (tab !== "steps") router.push(pathOf("steps"), { scroll: false });
  };
  return (
    <article>
      <TaskHeader run={run} />
      <div className="rail:grid rail:grid-cols-[minmax(0,1fr)_17rem] rail:gap-10">
        <div className="min-w-0">
          <div className="space-y-5 py-4">
            <StaleBanner />
            <WhatCame run={run} untold={data.task.untold} />
            <PhaseRail run={run} onSeek={seek} />
          </div>
          {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- keys between its links */}
          <nav
            id="run"
            aria-label="Parts of this task"
            onKeyDown={moveByArrow}
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
          <TabBody
            tab={tab}
            run={run}
            sought={sought}
            paths={{
              log: (n) => `${pathOf("log")}#r${n}`,
              changes: (path) => `${pathOf("changes")}#${fileAnchor(path)}`,
            }}
          />
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

const WhatCame = ({ run, untold }: { run: Run; untold: string | undefined }) => (
  <>
    {run.task.explanation && (
      <Failure
        task={run.task}
        explanation={run.task.explanation}
        isSaving={isSaving(run)}
        hasWork={run.work?.isUnpublished === true}
      />
    )}
    {run.task.isOutcomeOnly === true ? <OutcomeOnly /> : null}
    {untold === undefined ? null : <Untold why={untold} />}
    <OutcomeStrip run={run} />
    {run.work !== null && hasWork(run.work) ? <WorkSection run={run} work={run.work} /> : null}
    <Network run={run} />
  </>
);

/** Of the attempt that is shown. */
function Network({ run: { attempts, log } }: { run: Run }) {
  const report = attempts.find(({ attempt }) => attempt === log.attempt)?.network ?? null;
  const hasNotes = report !== null && (report.seal === "open" || report.blocked.length > 0);
  return hasNotes ? <NetworkNotes report={report} /> : null;
}

/** The record with which a part began, or the last one before a moment. */
function placeOf({ log: { records } }: Run, to: SeekTo): number {
  const found =
    "part" in to
      ? records.find((record) => record.k === "p" && record.phase === to.part)
      : records.findLast(({ t, k }) => t <= to.t && (k === "m" || k === "c"));
  return found?.n ?? 0;
}

/** Arrows, Home and End go from tab to tab, as they do in rows of tabs elsewhere. */
function moveByArrow(event: KeyboardEvent<HTMLElement>): void {
  const links = [...event.currentTarget.querySelectorAll("a")];
  const present = links.findIndex((link) => link === document.activeElement);
  const to = { ArrowRight: present + 1, ArrowLeft: present - 1, Home: 0, End: links.length - 1 }[event.key];
  const next = to === undefined ? undefined : links.at(to % links.length);
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
  next.click();
}

function TabCount({ tab, run }: { tab: Tab; run: Run }) {
  const { records } = run.log;
  const changed = useMemo(() => countChanged(records), [records]);
  const { handedOver } = run.work ?? { handedOver: null };
  const handed = handedOver?.attempt === run.log.attempt ? handedOver.fileCount : 0;
  const count = tab === "changes" ? handed || changed : tab === "attempts" ? run.attempts.length : 0;
  return count < (tab === "attempts" ? 2 : 1) ? null : <span className="text-faint tabular">{count}</span>;
}

type Body = { tab: Tab; run: Run; sought: SoughtRecord | null; paths: StepPaths };

function TabBody({ tab, run, sought, paths }: Body) {
  switch (tab) {
    case "steps":
      return <StepsView run={run} sought={sought} paths={paths} />;
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
