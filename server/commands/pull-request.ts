import type { AgentId } from "@/lib/agents";
import { withoutTitle } from "@/lib/without-title";
import {
  clippedCodeBlock,
  codeSpan,
  link,
  neutraliseLine,
  neutraliseMarkdown,
  plainLine,
  titleLine,
} from "./neutralise";

/** What Porter knows when it opens a pull request. Texts come raw; URLs are complete. */
export type PullRequestView = {
  taskId: string;
  issueNumber: number;
  issueTitle: string;
  agent: AgentId;
  model: string | null;
  requester: string;
  runUrl: string;
  /** From the agent's work, one line. */
  title: string | null;
  /** The agent's last message, Markdown. */
  summary: string | null;
  checks: readonly { command: string; exitCode: number | null }[];
  /** Why it is a draft, and what else a reviewer should look at, one sentence each. */
  draftReasons: readonly string[];
  notices: readonly string[];
  /** Changes to workflows that Porter may not push (rulings 26). */
  heldBackPatch: string | null;
};

/** GitHub takes 256 and shows about 70. */
const MAX_TITLE = 120;
const MAX_SUMMARY = 8192;
/** GitHub refuses bodies above 65,536 characters. */
const MAX_BODY = 59_000;

/**
 * Title and body of a task's pull request: what was done, how it was checked, `Closes #n`, who made it and where to
 * see it run; then what keeps it a draft. The agent's words are neutralised; the one closing reference is Porter's.
 */
export function renderPullRequest(view: PullRequestView): { title: string; body: string } {
  const title = titleOf(view);
  const said = view.summary ?? "";
  const sections = [
    ...(view.draftReasons.length > 0 ? [`**This is a draft:**\n${bullets(view.draftReasons)}`] : []),
    ...(said.trim() === "" ? [`${view.agent} left no summary of its work.`] : summaryOf(said, [view.title, title])),
    ...(view.checks.length > 0 ? [`**Checked with**\n${view.checks.slice(0, 20).map(checkText).join("\n")}`] : []),
    ...(view.notices.length > 0 ? [`**Worth a look**\n${bullets(view.notices)}`] : []),
    `Closes #${view.issueNumber}`,
    `<sub>${[`${madeBy(view)} for ${plainLine(view.requester, 60)}`, link("run", view.runUrl), codeSpan(view.taskId, 40)].join(" · ")}</sub>`,
  ];
  const body = sections.join("\n\n");
  return { title, body: body + heldBack(view.heldBackPatch, MAX_BODY - body.length) };
}

/** The title stands above the body, as it came or as it was cut, and is not said again. */
function summaryOf(said: string, titles: readonly (string | null)[]): string[] {
  const rest = titles.reduce<string>((text, title) => withoutTitle(text, title), said);
  const shown = neutraliseMarkdown(rest, MAX_SUMMARY);
  return shown === "" ? [] : [shown];
}

const titleOf = (view: PullRequestView): string =>
  titleLine(view.title ?? "", MAX_TITLE) ||
  titleLine(view.issueTitle, MAX_TITLE) ||
  `Resolve issue ${view.issueNumber}`;

const madeBy = (view: PullRequestView): string =>
  `Made by ${view.agent}${view.model ? ` (${plainLine(view.model, 128)})` : ""}`;

const bullets = (sentences: readonly string[]): string =>
  sentences
    .slice(0, 20)
    .map((sentence) => `- ${neutraliseLine(sentence, 500)}`)
    .join("\n");

function checkText(check: { command: string; exitCode: number | null }): string {
  return `- ${codeSpan(check.command, 200)}, ${check.exitCode === null ? "did not end" : `exit ${check.exitCode}`}`;
}

function heldBack(patch: string | null, room: number): string {
  if (patch === null || patch.trim() === "") return "";
  const before = "\n\n<details><summary>Held back: changes to workflows, which Porter may not push</summary>\n\n";
  const after = "\n\n</details>";
  const note = "… (cut; the whole patch is on the run's page)";
  return before + clippedCodeBlock(patch, { language: "diff", max: room - before.length - after.length, note }) + after;
}
