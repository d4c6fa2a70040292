import { problemSentences, setUpLine } from "@/lib/set-up/words";
import { codeSpan } from "./neutralise";
import type { TrackingView } from "./tracking-view";

/** The rest is on the task's page. */
const MOST_PROBLEMS = 3;
/** What files of the repository say: a text of whoever may write there. */
const code = (text: string): string => codeSpan(text, 80);

/** What was chosen and from where, in one line, with what is wrong in the files; nothing where no file says anything. */
export function setUpSection(setUp: NonNullable<TrackingView["setUp"]>): string[] {
  const line = setUpLine(setUp, code);
  const problems = problemSentences(setUp.problems, { code, most: MOST_PROBLEMS }).map((words) => `⚠ ${words}`);
  const lines = [...(line === null ? [] : [line]), ...problems].map((words) => `<sub>${words}</sub>`);
  return lines.length === 0 ? [] : [lines.join("  \n")];
}
