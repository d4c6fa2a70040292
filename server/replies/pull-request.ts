import type { AgentId } from "@/lib/agents";
import { costText, durationText } from "@/lib/format";
import type { NetworkReport } from "@/lib/agent-protocol";
import { quietCode } from "@/lib/review/calls";
import { quoteWords } from "@/lib/voices/two-voices";
import { withoutTitle } from "@/lib/without-title";
import { type DiffStats, diffStats } from "./figures";
import { clippedCodeBlock, codeSpan, markdownLink, neutraliseLine, plainLine } from "./neutralise";
import { networkSections } from "./network-lines";
import { pullRequestTitle, type TitleHabit } from "./pull-request-title";

/** What Porter knows when it opens a pull request. Texts come raw; URLs are complete. */
export type PullRequestView = {
  taskId: string;
  issueNumber: number;
  issueTitle: string;
  agent: AgentId;
  model: string | null;
  requester: string;
  runUrl: string;
  /** Porter's own address, without a slash at its end. */
  publicUrl: string;
  network: NetworkReport | null;
  /** From the agent's work, one line. */
  title: string | null;
  /** How the repository titles its pull requests. */
  habit: TitleHabit;
  /** The repository's template, Markdown. */
  template: string | null;
  /** By Porter's own count. */
  changed: DiffStats | null;
  tookMs: number | null;
  costUsd: number | null;
  /** The agent's last message, Markdown. */
  summary: string | null;
  /** What the agent's program says that it ran. */
  checks: readonly { command: string; exitCode: number | null }[];
  /** Why it is a draft, what else a reviewer should look at, and what is not in it, one sentence each. */
  draftReasons: readonly string[];
  notices: readonly string[];
  heldBack: readonly string[];
  /** Changes to workflows that Porter may not push. */
  heldBackPatch: string | null;
};

/** GitHub refuses bodies above 65,536 characters; what is left over is for what is pushed later. */
const MAX_BODY = 60_000;
const MAX_LIST = 7_000;
const MAX_WORDS = 26_000;

/**
 * Title and body of a task's pull request. First what Porter itself knows, with the one closing reference; below a line
 * what the agent says, quoted, in the repository's template where there is one. Nothing of the agent's can be taken for
 * Porter's word, and nothing in either calls anybody.
 */
export function renderPullRequest(view: PullRequestView): { title: string; body: string } {
  const title = pullRequestTitle(view);
  const known = [
    ...namedList("This is a draft", view.draftReasons),
    ...whatChanged(view),
    ...namedList("Worth a look", view.notices),
    ...namedList("Left out", view.heldBack),
    ...networkSections(view.network, view),
    `Closes #${view.issueNumber}`,
    `<sub>${[`${madeBy(view)} for ${plainLine(view.requester, 60)}`, markdownLink("run", view.runUrl), codeSpan(view.taskId, 40)].join(" · ")}</sub>`,
  ].join("\n\n");
  const said = whatIsSaid(view, title);
  const patch = heldBackPatch(view, MAX_BODY - known.length - said.length);
  return { title, body: `${known}\n\n---\n\n${said}${patch}` };
}

function whatIsSaid(view: PullRequestView, title: string): string {
  const { agent, template, summary } = view;
  // The title stands above the body, as it came or as it was cut, and is not said again.
  const said = [view.title, title].reduce<string>((text, one) => withoutTitle(text, one), summary ?? "");
  const words = quoteWords({ speaker: agent, said, template, room: MAX_WORDS });
  return [
    ...((summary ?? "").trim() === "" ? [`${agent} left no summary of its work.`] : []),
    ...(words.text === "" ? [] : [words.text]),
    ...(words.isCut ? [`… (cut; the rest is on the ${markdownLink("run's page", view.runUrl)})`] : []),
    ...(view.checks.length > 0
      ? [
          view.checks
            .slice(0, 20)
            .map((check) => claim(agent, check))
            .join("\n"),
        ]
      : []),
  ].join("\n\n");
}

function whatChanged({ changed, tookMs, costUsd }: PullRequestView): string[] {
  const figures = [
    ...(changed === null ? [] : [diffStats(changed)]),
    ...(tookMs === null ? [] : [durationText(tookMs)]),
    ...(costUsd === null ? [] : [`${costText(costUsd)} by the machine's count`]),
  ];
  return figures.length === 0 ? [] : [figures.join(" · ")];
}

const madeBy = (view: PullRequestView): string =>
  `Made by ${view.agent}${view.model ? ` (${plainLine(view.model, 128)})` : ""}`;

/** Sentences of Porter's as a list with its name, each said once, however many say it; empty without any. */
export function namedList(name: string, sentences: readonly string[], most: number = MAX_LIST): string[] {
  const lines: string[] = [];
  let room = most;
  for (const sentence of new Set(sentences)) {
    const line = `- ${quietCode(neutraliseLine(sentence, 500))}`;
    room -= line.length + 1;
    if (room < 0 || lines.length === 20) {
      lines.push("- and more, on the run's page");
      break;
    }
    lines.push(line);
  }
  return lines.length === 0 ? [] : [`**${name}:**\n${lines.join("\n")}`];
}

/** Porter did not see it run. */
function claim(agent: AgentId, { command, exitCode }: { command: string; exitCode: number | null }): string {
  const end = exitCode === null ? "did not end" : `exit ${exitCode}`;
  return `- ${agent} says that it ran ${quietCode(codeSpan(command, 200))} (${end})`;
}

/** The machine's own word for what it held back. A patch is shown as it is, or not at all. */
function heldBackPatch({ heldBackPatch: patch, runUrl }: PullRequestView, room: number): string {
  if (patch === null || patch.trim() === "") return "";
  if (quietCode(patch) !== patch)
    return `\n\nThe changes to workflows that were held back are on the ${markdownLink("run's page", runUrl)}.`;
  const before =
    "\n\n<details><summary>Changes to workflows that were held back, as the machine tells it</summary>\n\n";
  const after = "\n\n</details>";
  const note = "… (cut; the whole patch is on the run's page)";
  return before + clippedCodeBlock(patch, { language: "diff", max: room - before.length - after.length, note }) + after;
}
