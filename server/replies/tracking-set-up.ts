import { isBadReport, problemSentences, reportSentence, setUpLine } from "@/lib/set-up/words";
import { codeSpan } from "./neutralise";
import type { TrackingView } from "./tracking-view";

/** The rest is on the task's page. */
const MOST_PROBLEMS = 3;
/** What files of the repository say: a text of whoever may write there. */
const code = (text: string): string => codeSpan(text, 80);

/**
 * What was chosen and from where, in one line, with what is wrong in the files, and that it failed; nothing where no file
 * says anything.
 */
export function setUpSection(setUp: NonNullable<TrackingView["setUp"]>, report: TrackingView["setUpReport"]): string[] {
  const line = setUpLine(setUp, code);
  const problems = problemSentences(setUp.problems, { code, most: MOST_PROBLEMS }).map((words) => `⚠ ${words}`);
  const failure = report === null || !isBadReport(report) ? [] : [`⚠ ${reportSentence(report)}`];
  const lines = [...(line === null ? [] : [line]), ...problems, ...failure].map((words) => `<sub>${words}</sub>`);
  return lines.length === 0 ? [] : [lines.join("  \n")];
}
