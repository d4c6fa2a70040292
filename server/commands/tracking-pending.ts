import { FAILURES, type FailureCode } from "@/lib/failures";
import type { TaskPhase } from "@/lib/task";
import { duration } from "@/lib/format";
import { queueSentence } from "@/lib/queue";
import { clock } from "./figures";
import { link, neutraliseLine, plainLine } from "./neutralise";
import { attemptText, firstLine, laterAttempt, whoRuns } from "./tracking-head";
import type { TrackingView } from "./tracking-view";

/** The sections of a task that has not ended. */
export function pendingSections(view: TrackingView): string[] {
  if (view.status === "running") return runningSections(view);
  return view.blockedReason ? blockedSections(view, view.blockedReason) : queuedSections(view);
}

function queuedSections(view: TrackingView): string[] {
  const verdict = view.queue === null ? "⏳ Queued" : `⏳ Queued, ${queueSentence(view.queue, view.waitReason)}`;
  const takes = view.typicalRunMs === null ? "" : ` Runs here take about ${duration(view.typicalRunMs)}.`;
  const last = [`This starts by itself.${takes} \`@porter stop\` cancels it.`, ...laterAttempt(view)].join(" · ");
  return [firstLine(verdict, whoRuns(view), [link("live page", view.runUrl)]), last];
}

function blockedSections(view: TrackingView, reason: FailureCode): string[] {
  const { fix } = FAILURES[reason];
  const label =
    reason === "missing_credentials" || reason === "missing_fly_token"
      ? "add it"
      : fix && "label" in fix
        ? fix.label
        : "see why";
  const target = fix && "path" in fix ? `${view.publicUrl}${fix.path}` : view.runUrl;
  const last = [
    ...whoRuns(view)
      .slice(0, 1)
      .map((who) => plainLine(who, 120)),
    link("live page", view.runUrl),
    "`@porter stop` cancels it",
    ...laterAttempt(view),
  ];
  return [
    `${firstLine(`🔑 ${needs(view, reason)}`, [], [link(label, target)])} and this starts by itself`,
    last.join(" · "),
  ];
}

function needs(view: TrackingView, reason: FailureCode): string {
  switch (reason) {
    case "missing_credentials":
      return view.providerName ? `Needs your ${view.providerName} key` : `Needs your key for ${view.agent}`;
    case "missing_account":
      return "Needs your Porter account";
    case "reconnect_github":
      return "Needs your GitHub account connected again";
    case "missing_fly_token":
      return "Needs your Fly token and app";
    case "agent_disabled":
      return `Needs ${view.agent} switched on`;
    default:
      return `Waiting: ${FAILURES[reason].sentence}`;
  }
}

/** The five parts of a run, in order: phase, its name when done or to do, its name while it runs. */
const PARTS: readonly { phase: TaskPhase; name: string; verdict: string }[] = [
  { phase: "starting", name: "machine", verdict: "🔧 Starting" },
  { phase: "cloning", name: "clone", verdict: "🔧 Cloning" },
  { phase: "working", name: "agent", verdict: "🔧 Working" },
  { phase: "pushing", name: "push", verdict: "🔧 Pushing" },
  { phase: "reporting", name: "pull request", verdict: "🔧 Opening the pull request" },
];

function runningSections(view: TrackingView): string[] {
  const current = Math.max(
    0,
    PARTS.findIndex((part) => part.phase === view.phase),
  );
  const verdict = PARTS[current]?.verdict ?? "🔧 Working";
  // Before there is a machine the reason why there is none is the news.
  const waits = view.phase === "starting" && view.waitReason ? `\n> ${neutraliseLine(view.waitReason, 200)}` : "";
  const step = view.lastStep ? `\n> Step ${view.steps}: ${neutraliseLine(view.lastStep, 200)}` : "";
  const last = [
    `${clock(view.now, view.now)} UTC`,
    ...(view.deadlineAt ? [`stops at ${clock(view.deadlineAt, view.now)}`] : []),
    attemptText(view),
    "`@porter stop`",
  ];
  return [
    firstLine(verdict, whoRuns(view), [link("live page", view.runUrl)]),
    `${PARTS.map((_, index) => partText(view, index, current)).join(" · ")}${waits}${step}`,
    `<sub>${last.join(" · ")}</sub>`,
  ];
}

function partText(view: TrackingView, index: number, current: number): string {
  const part = PARTS[index];
  if (!part) return "";
  const began = startOf(view, part.phase);
  if (index > current) return `○ ${part.name}`;
  if (index === current) return `**● ${part.name}${began ? ` since ${clock(began, view.now)} UTC` : ""}**`;
  const ended =
    PARTS.slice(index + 1)
      .map((later) => startOf(view, later.phase))
      .find((at) => at !== null) ?? null;
  return began && ended ? `✓ ${part.name} ${duration(Date.parse(ended) - Date.parse(began))}` : `✓ ${part.name}`;
}

const startOf = (view: TrackingView, phase: TaskPhase): string | null =>
  view.phases.find((one) => one.phase === phase)?.at ?? null;
