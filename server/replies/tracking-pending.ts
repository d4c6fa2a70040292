import { nearsBudget, spentWords } from "@/lib/budget";
import { FAILURES, type FailureCode, fixFor } from "@/lib/failures";
import { familyOf } from "@/lib/model-family";
import { providerFor } from "@/lib/model-provider";
import { PROVIDERS } from "@/lib/providers";
import { type Part, PARTS } from "@/lib/phases";
import { durationText } from "@/lib/format";
import { queueSentence } from "@/lib/queue";
import { clockText } from "./figures";
import { markdownLink, neutraliseLine, plainLine } from "./neutralise";
import { attemptText, commandText, firstLine, laterAttempt, whoRuns } from "./tracking-head";
import { phaseLine } from "./tracking-phases";
import type { TrackingView } from "./tracking-view";
import { addressOf, isWay, linkTo } from "@/lib/fix";
import { waitWords } from "@/lib/wait-reason";

/** The sections of a task that has not ended. */
export function pendingSections(view: TrackingView): string[] {
  if (view.status === "running") return runningSections(view);
  return view.blockedReason ? blockedSections(view, view.blockedReason) : queuedSections(view);
}

function queuedSections(view: TrackingView): string[] {
  const verdict = view.queue === null ? "⏳ Queued" : `⏳ Queued, ${queueSentence(view.queue, view.waitReason)}`;
  const takes = view.typicalRunMs === null ? "" : ` Runs here take about ${durationText(view.typicalRunMs)}.`;
  const last = [`This starts by itself.${takes} ${commandText(view, "stop")} cancels it.`, ...laterAttempt(view)].join(
    " · ",
  );
  return [firstLine(verdict, whoRuns(view), [markdownLink("live page", view.runUrl)]), last];
}

function blockedSections(view: TrackingView, reason: FailureCode): string[] {
  if (reason === "provider_credit") return creditSections(view);
  const fix = fixFor(reason, view.mention);
  const way = fix !== null && isWay(fix) ? fix : linkTo("see why", view.runUrl);
  const label = reason === "missing_credentials" || reason === "missing_fly_token" ? "add it" : way.label;
  const target = addressOf(way, view.publicUrl);
  const last = [
    ...whoRuns(view)
      .slice(0, 1)
      .map((who) => plainLine(who, 120)),
    markdownLink("live page", view.runUrl),
    `${commandText(view, "stop")} cancels it`,
    ...laterAttempt(view),
  ];
  return [
    `${firstLine(`🔑 ${needs(view, reason)}`, [], [markdownLink(label, target)])} and this starts by itself`,
    last.join(" · "),
  ];
}

/** Nobody but its owner knows when there is credit again, so this wait ends by their word. */
function creditSections(view: TrackingView): string[] {
  const { name, billingUrl } = PROVIDERS[providerFor(view.agent, view.model)];
  const then = `then comment ${commandText(view, "retry")}`;
  const last = [
    markdownLink("live page", view.runUrl),
    `${commandText(view, "stop")} cancels it`,
    ...laterAttempt(view),
  ];
  return [
    `${firstLine(`🔑 Needs credit with ${name}`, [], [markdownLink("add it", billingUrl)])}, ${then}`,
    last.join(" · "),
  ];
}

function needs(view: TrackingView, reason: FailureCode): string {
  switch (reason) {
    case "missing_credentials":
      return view.providerName ? `Needs your ${view.providerName} key` : `Needs your key for ${view.agent}`;
    case "model_unavailable":
      return `Needs another model: your ${view.providerName ?? "provider's"} key sees no ${familyName(view)}`;
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

function familyName({ agent, model }: TrackingView): string {
  const family = familyOf(agent, model);
  return family === null ? "such model" : `${family.charAt(0).toUpperCase()}${family.slice(1)}`;
}

const VERDICTS: Record<Part, string> = {
  starting: "🔧 Starting",
  cloning: "🔧 Cloning",
  preparing: "🔧 Setting the machine up",
  working: "🔧 Working",
  pushing: "🔧 Pushing",
  reporting: "🔧 Opening the pull request",
};

function runningSections(view: TrackingView): string[] {
  const verdict = PARTS.find((part) => part === view.phase) ?? "starting";
  // Before there is a machine the reason why there is none is the news.
  const waits = view.phase === "starting" && view.waitReason ? [neutraliseLine(waitWords(view.waitReason), 200)] : [];
  const plan = view.plan ? [`${view.plan.at} of ${view.plan.of}: ${neutraliseLine(view.plan.item, 200)}`] : [];
  const step = view.lastStep ? [`Step ${view.steps}: ${neutraliseLine(view.lastStep, 200)}`] : [];
  const spent = nearsBudget(view.spentUsd, view.budgetUsd) ? [spentWords(view.spentUsd, view.budgetUsd)] : [];
  // Two spaces at a line's end keep the next one below it.
  const quoted = [...waits, ...plan, ...step, ...spent].map((line) => `> ${line}`).join("  \n");
  const last = [
    `${clockText(view.now, view.now)} UTC`,
    ...(view.deadlineAt ? [`stops at ${clockText(view.deadlineAt, view.now)}`] : []),
    attemptText(view),
    commandText(view, "stop"),
  ];
  return [
    firstLine(VERDICTS[verdict], whoRuns(view), [markdownLink("live page", view.runUrl)]),
    [phaseLine(view), quoted].filter((part) => part !== "").join("\n"),
    `<sub>${last.join(" · ")}</sub>`,
  ];
}
