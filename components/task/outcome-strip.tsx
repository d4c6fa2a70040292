"use client";
import { useQuery } from "@tanstack/react-query";
import clsx from "clsx";
import { GitMerge, GitPullRequest, GitPullRequestClosed, GitPullRequestDraft } from "lucide-react";
import dynamic from "next/dynamic";
import { type ReactNode, useState } from "react";
import { loadPart } from "@/components/layout/late";
import { useTRPC } from "@/components/layout/trpc-provider";
import { Elapsed } from "@/components/tasks/elapsed";
import { DiffStat } from "@/components/tasks/outcome";
import { costText } from "@/lib/format";
import type { PullReview } from "@/lib/pull-state";
import { withoutEnd } from "@/lib/sentence";
import type { PullView } from "@/lib/task-pages";
import { isTerminal } from "@/lib/task";
import { withoutTitle } from "@/lib/without-title";
import type { TaskView } from "@/lib/task-view";
import { Message } from "./message";
import { countCommands } from "./steps";
import type { Run } from "./use-run";

const SavedWork = dynamic(() => loadPart(() => import("./saved-work")));

/** What came of it so far: the pull request first, then what it took. */
export function OutcomeStrip({ run: { task, log } }: { run: Run }) {
  const commands = log.attempt === task.attempt ? countCommands(log) : null;
  // What an attempt before it left, which may be nothing.
  const isWaiting = task.status === "queued";
  const isFree = isWaiting && task.costUsd === 0;
  // No run takes none: they were not counted.
  const tokens = (task.inputTokens ?? 0) + (task.outputTokens ?? 0);
  const figures: [string, ReactNode][] = [
    ["Time", task.startedAt === undefined || isWaiting ? null : <Elapsed key="time" task={task} />],
    ["Steps", task.steps === 0 ? null : task.steps],
    ["Files", task.filesChanged ?? null],
    ["Tokens", tokens === 0 ? null : compact(tokens)],
    [
      isTerminal(task.status) ? "Cost" : "Cost so far",
      isFree || task.costUsd === undefined ? null : costText(task.costUsd),
    ],
    // The last one, because it is known only when the whole log is here.
    ["Commands", commands === 0 ? null : commands],
  ];
  // A question stands above all of it.
  const asked = task.failureCode === "agent_asks" ? task.errorMessage : undefined;
  const summary = withoutEnd(withoutTitle(task.summary ?? "", task.prTitle).trimEnd(), asked);
  const shown = figures.filter(([, value]) => value !== null);
  return (
    <>
      {task.prUrl !== undefined ? (
        // What GitHub told of it meanwhile is asked for at once.
        <PullCard key={[task.prState, task.prChecks, task.prReview].join()} task={task} />
      ) : task.wipBranchUrl === undefined ? null : (
        <SavedWork task={task} />
      )}
      {shown.length === 0 ? null : (
        <dl className="grid grid-cols-3 gap-x-8 gap-y-2 sm:flex sm:flex-wrap">
          {shown.map(([name, value]) => (
            <div key={name}>
              <dt className="text-xs text-faint">{name}</dt>
              <dd className="text-base font-medium tabular">{value}</dd>
            </div>
          ))}
        </dl>
      )}
      {summary === "" || task.status === "running" ? null : <Summary text={summary} />}
    </>
  );
}

/** So much of a summary stands at the top; an agent may write pages. */
const SUMMARY = { lines: 8, characters: 700 };

function Summary({ text }: { text: string }) {
  const isLong = text.length > SUMMARY.characters || text.split("\n").length > SUMMARY.lines;
  const [isOpen, setOpen] = useState(false);
  return (
    <div className="max-w-3xl">
      <div className={clsx(isLong && !isOpen && "max-h-34 overflow-hidden mask-b-from-60%")}>
        <Message text={text} />
      </div>
      {isLong ? (
        <button type="button" aria-expanded={isOpen} className="link mt-1 text-sm" onClick={() => setOpen(!isOpen)}>
          {isOpen ? "Show less" : "Show the whole summary"}
        </button>
      ) : null}
    </div>
  );
}

const compact = (count: number): string =>
  count < 1000
    ? String(count)
    : count < 1e6
      ? `${(count / 1000).toFixed(count < 10_000 ? 1 : 0)}k`
      : `${(count / 1e6).toFixed(1)}M`;

const STATES: Record<NonNullable<PullView>["state"], { word: string; look: string; Icon: typeof GitMerge }> = {
  open: { word: "Open", look: "text-good", Icon: GitPullRequest },
  draft: { word: "Draft", look: "text-soft", Icon: GitPullRequestDraft },
  merged: { word: "Merged", look: "text-merged", Icon: GitMerge },
  closed: { word: "Closed", look: "text-bad", Icon: GitPullRequestClosed },
};

const UNKNOWN = { word: "Pull request", look: "text-soft", Icon: GitPullRequest };

const PULL_MS = 60_000;
/** Who comes back from GitHub to this page sees at once what they did there. */
const FRESH_MS = 5000;

/** As Porter opened it at once, as GitHub has it now a moment later. */
function PullCard({ task }: { task: TaskView }) {
  const trpc = useTRPC();
  const { data } = useQuery(
    trpc.tasks.pull.queryOptions(
      { id: task.id },
      {
        staleTime: FRESH_MS,
        // GitHub may not tell of it, and of checks that began it does not.
        refetchInterval: ({ state: { data: known } }) =>
          known?.state === "merged" || known?.state === "closed" ? false : PULL_MS,
        // While GitHub is away, what was last known of it stays.
        structuralSharing: (known, now) => now ?? known,
      },
    ),
  );
  const state = data?.state ?? task.prState;
  const { word, look, Icon } = state === undefined ? UNKNOWN : STATES[state];
  return (
    <a
      href={task.prUrl}
      className="group flex items-center gap-3 rounded-lg border border-line bg-raised px-4 py-3 hover:border-edge"
    >
      <Icon aria-hidden className={clsx("size-5 shrink-0", look)} />
      <span className="min-w-0 flex-1">
        <span className="block truncate text-base font-medium group-hover:underline">
          {data?.title ?? task.prTitle ?? "Pull request"}
        </span>
        {/* One line, whatever comes into it later. */}
        <span className="block truncate text-xs text-soft">
          <span className={look}>{word}</span>
          <span className="tabular"> #{task.prNumber}</span>
          {data ? <Checks checks={data.checks} /> : null}
          {state === "open" || state === "draft" ? <ReviewWords review={task.prReview} /> : null}
          {task.commits === undefined ? "" : ` · ${task.commits} commit${task.commits === 1 ? "" : "s"}`}
        </span>
      </span>
      <span className="shrink-0 text-sm">
        <DiffStat additions={data?.additions ?? task.additions} deletions={data?.deletions ?? task.deletions} />
      </span>
    </a>
  );
}

/** What its checks say, worst first. Nothing where there are none; that they are hidden is not that. */
function Checks({ checks }: { checks: NonNullable<PullView>["checks"] }) {
  if (checks === null) return " · checks hidden";
  const { passed, failed, running } = checks;
  const all = passed + failed + running;
  if (all === 0) return null;
  const [look, words] =
    failed > 0
      ? ["text-bad", `${failed} of ${counted(all)} failed${running > 0 ? `, ${running} running` : ""}`]
      : running > 0
        ? ["text-running", `${running} of ${counted(all)} running`]
        : ["text-good", `${counted(all)} passed`];
  return (
    <>
      {" · "}
      <span className={`${look} tabular`}>{words}</span>
    </>
  );
}

const REVIEWS: Record<PullReview, { words: string; look: string }> = {
  approved: { words: "approved", look: "text-good" },
  changes_requested: { words: "changes requested", look: "text-waiting" },
};

const ReviewWords = ({ review }: { review: PullReview | undefined }) =>
  review === undefined ? null : (
    <>
      {" · "}
      <span className={REVIEWS[review].look}>{REVIEWS[review].words}</span>
    </>
  );

const counted = (all: number): string => `${all} check${all === 1 ? "" : "s"}`;
