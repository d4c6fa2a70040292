import { FAILURES, type FailureCode, fixFor } from "@/lib/failures";
import { removeInvisible } from "@/lib/markdown/invisible";
import { durationText } from "@/lib/format";
import { withoutTitle } from "@/lib/without-title";
import { clockText, diffStats, tokensText } from "./figures";
import { codeBlock, codeSpan, markdownLink, neutraliseLine, plainLine } from "./neutralise";
import { summaryLines } from "./summary-lines";
import { phasesReached } from "./tracking-phases";
import { commandText, firstLine, laterAttempt, spentOn, whatItTook, whoRuns } from "./tracking-head";
import type { TrackingView } from "./tracking-view";
import { addressOf } from "@/lib/fix";
import { isUnpublished, type WorkLocation } from "@/lib/work-location";
import { isWorkKnown, shortName, whereText, withList, wordsOf } from "./where-text";
import { withoutFullStop } from "@/lib/sentence";

/** Without the task's id it would only be answered that there is work that needs no further run. */
const retryText = (view: TrackingView): string =>
  isUnpublished(view.where) ? codeSpan(`@${view.mention} retry ${view.taskId}`, 80) : commandText(view, "retry");
const startsAgain = (view: TrackingView): string => `${retryText(view)} starts again`;
const MAX_LOG_LINES = 20;
const MAX_LOG_CHARACTERS = 2048;

/** The sections of a task that has ended. */
export function endedSections(view: TrackingView): string[] {
  if (view.status === "success") return successSections(view);
  if (view.status === "timed_out") return timedOutSections(view);
  switch (view.failureCode) {
    case "no_changes":
      return noChangesSections(view);
    case "agent_asks":
      return askingSections(view);
    case "waits_for_click":
      return waitingSections(view, `📬 ${WAITING[view.where.is] ?? "Done"}`);
    case "never_published":
      return waitingSections(view, "🗑 Not published in time", `${startsAgain(view)}.`);
    case "stopped_by_user":
      return stoppedSections(view, `⏹ Stopped by ${view.stopped?.by ?? view.requester}`);
    case "issue_closed":
      return stoppedSections(view, "⏹ Stopped: the issue was closed");
    default:
      return failedSections(view, view.failureCode ?? "internal");
  }
}

const runLink = (view: TrackingView): string[] => [markdownLink("run", view.runUrl)];

function successSections(view: TrackingView): string[] {
  const pull = view.pullRequest;
  const verdict = pull ? `✅ Opened ${pull.draft ? "draft " : ""}#${pull.number}: ` : "✅ Done";
  const figures = [
    ...(view.diff ? [diffStats(view.diff)] : []),
    ...(view.tokens === null ? [] : [tokensText(view.tokens)]),
    ...heldBackLink(view),
    `asked by ${plainLine(view.requester, 60)}`,
    ...laterAttempt(view),
  ];
  return [
    pull ? pullRequestLine(view, verdict, pull.title) : firstLine(verdict, whatItTook(view), runLink(view)),
    pull ? endOfPull(view) : "",
    bullets(view),
    pull === null && isWorkKnown(view) ? withList(whereText(view).line, view) : "",
    figures.join(" · "),
  ];
}

function endOfPull({ pullEnd }: TrackingView): string {
  if (pullEnd === null) return "";
  if (pullEnd.is === "closed") return "Closed without a merge.";
  const by = pullEnd.by === null ? "" : ` by ${plainLine(pullEnd.by, 60)}`;
  const after = pullEnd.afterMs === null ? "" : ` after ${durationText(pullEnd.afterMs)}`;
  return `🟣 Merged${by}${after}.`;
}

/** The rest of the work, beside a pull request. */
const heldBackLink = ({ where, runUrl }: TrackingView): string[] =>
  where.is === "pull" && where.heldBack > 0 ? [markdownLink(`${where.heldBack} held back`, `${runUrl}#work`)] : [];

/** The verdict is Porter's own and keeps its `#128`, which GitHub links; the title behind it is the agent's. */
function pullRequestLine(view: TrackingView, verdict: string, title: string): string {
  const details = whatItTook(view)[0] ?? "";
  const room = 80 - Array.from(verdict).length;
  const short = room - Array.from(details).length - 3;
  const shown =
    short >= 20
      ? { title: plainLine(title, short), details: [details] }
      : { title: plainLine(title, room), details: [] };
  return [`**${verdict}${shown.title}**`, ...shown.details, ...runLink(view)].join(" · ");
}

const bullets = (view: TrackingView): string =>
  // The title stands above.
  summaryLines(withoutTitle(view.summary ?? "", view.pullRequest?.title), 3)
    .map((line) => `- ${line}`)
    .join("\n");

function noChangesSections(view: TrackingView): string[] {
  const quoted = quote(summaryLines(view.summary, 3));
  const took = spentOn(view).join(", ");
  const words = view.where.is === "nothing" ? "No changes needed" : "Done";
  const verdict = `➖ ${words}, says ${view.agent}`;
  const last = [...(isWorkKnown(view) ? [whereText(view).line] : []), ...laterAttempt(view)].join(" · ");
  return [firstLine(verdict, [took], runLink(view)), quoted, withList(last, view)];
}

function askingSections(view: TrackingView): string[] {
  const quoted = quote(summaryLines(view.failureDetail ?? view.summary, 8, { isNumbered: true }));
  const took = spentOn(view).join(", ");
  const reply = codeSpan(`@${view.mention} your answer`, 60);
  const way = `Answer with ${reply}: the next run gets the question and what was asked for before.`;
  const last = [way, ...(isWorkKnown(view) ? [whereText(view).line] : []), ...laterAttempt(view)].join(" · ");
  return [firstLine(`❓ ${view.agent} asks`, [took], runLink(view)), quoted, withList(last, view)];
}

const WAITING: Partial<Record<WorkLocation["is"], string>> = {
  kept: "Ready to be published",
  saving: "On its way to GitHub",
};

/** It ended well, and the repository's setting wants a click before anything is shown. */
function waitingSections(view: TrackingView, verdict: string, again = ""): string[] {
  const where = [isWorkKnown(view) ? whereText(view).line : "", again].filter((part) => part !== "").join(" ");
  const last = [where, ...laterAttempt(view)].filter((part) => part !== "").join(" · ");
  return [firstLine(verdict, whatItTook(view), runLink(view)), bullets(view), withList(last, view)];
}

const quote = (lines: readonly string[]): string => lines.map((line) => `> ${line}`).join("\n");

function failedSections(view: TrackingView, code: FailureCode): string[] {
  // As it is written in its table: a sentence may begin with a name.
  const said = view.failureDetail ?? FAILURES[code].sentence;
  const verdict = `❌ Failed: ${withoutFullStop(said.trimEnd())}`;
  const last = [`${fixText(view, code)} ${whereText(view).line}`.trim(), ...laterAttempt(view)].join(" · ");
  return [
    firstLine(verdict, whoRuns({ ...view, model: null }), runLink(view)),
    phasesReached(view),
    `${withList(last, view)}${logTail(view)}`,
  ];
}

/** One link or one command that puts the failure right. */
function fixText(view: TrackingView, code: FailureCode): string {
  const fix = fixFor(code, view.mention);
  if (fix === null) return "";
  if (fix.kind === "command") return `**Fix:** comment ${retryText(view)}.`;
  if (fix.kind === "advice") return `**Fix:** ${fix.advice}`;
  return `**Fix:** ${markdownLink(fix.label, addressOf(fix, view.publicUrl))}, then comment ${retryText(view)}.`;
}

function timedOutSections(view: TrackingView): string[] {
  const { where } = view;
  const verdict = `⌛ Timed out after ${durationText(view.timeLimitMs)}; ${wordsOf(view).short}`;
  const step = view.lastStep
    ? `last step: ${neutraliseLine(view.lastStep, 160)}${view.lastStepMs === null ? "" : ` (running ${durationText(view.lastStepMs)})`}`
    : "";
  const isSaved = where.is === "branch" && where.refusal === null;
  const first = [...(isSaved ? savedParts(view, where.branch) : []), step].filter((part) => part !== "").join(" · ");
  const second = [
    startsAgain(view),
    `longer limit: ${markdownLink("settings", `${view.publicUrl}${FAILURES.timed_out.fix.path}`)}`,
    ...laterAttempt(view),
  ].join(" · ");
  const third = isWorkKnown(view) && !isSaved ? whereText(view).line : "";
  return [
    firstLine(verdict, whoRuns({ ...view, model: null }), runLink(view)),
    withList([first, second, third].filter((part) => part !== "").join("\n"), view),
  ];
}

const savedParts = (view: TrackingView, branch: { url: string; compareUrl: string; name: string }): string[] => [
  `${view.diff ? `${diffStats(view.diff)} on ` : ""}${markdownLink(codeSpan(shortName(view, branch), 60), branch.url)}`,
  markdownLink("compare", branch.compareUrl),
];

function stoppedSections(view: TrackingView, who: string): string[] {
  const at = view.stopped ? ` at ${clockText(view.stopped.at, view.stopped.at)} UTC` : "";
  const again =
    view.failureCode === "issue_closed"
      ? `Reopen the issue and comment ${retryText(view)} to start again.`
      : `${startsAgain(view)}.`;
  return [
    firstLine(`${who}${at}`, whatItTook(view), runLink(view)),
    withList([`${whereText(view).line} ${again}`, ...laterAttempt(view)].join(" · "), view),
  ];
}

/** The folded end of the log: 20 lines or 2 KB of it. */
function logTail(view: TrackingView): string {
  const log = removeInvisible(view.logTail ?? "").text.trimEnd();
  const tail = log.slice(-MAX_LOG_CHARACTERS).split("\n").slice(-MAX_LOG_LINES).join("\n");
  if (tail === "") return "";
  return `\n<details><summary>Last lines</summary>\n\n${codeBlock(tail, "text")}\n\n</details>`;
}
