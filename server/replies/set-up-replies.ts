import type { RichText } from "@/lib/rich-text";
import type { SetUp } from "@/lib/set-up/find";
import { PORTER_FILE } from "@/lib/set-up/porter-file";
import { problemSentences, setUpLine } from "@/lib/set-up/words";
import { codeSpan, markdownLink, plainLine } from "./neutralise";
import { markdownOf } from "./where-text";

const code = (text: string): string => codeSpan(text, 200);
const file = code(PORTER_FILE);

type Pull = { number: number; url: string; state: "open" | "closed"; merged: boolean };

/** Answers to the command that opens a pull request with the repository's own file. */
export const setUpReplies = {
  there: () => `There is a ${file} here already. Porter reads it from the branch that the work begins from.`,
  nothing: () =>
    `Nothing in this repository says how a machine is set up, so there is nothing to write down. Add a ${file} such as ${code("setup: npm ci")}.`,
  known: ({ number, url, state, merged }: Pull) => {
    const name = markdownLink(`pull request #${number}`, url);
    if (state === "open") return `It is in ${name} already, which is open.`;
    return merged
      ? `It was merged with ${name}.`
      : `Porter's ${name} with it was closed. Reopen it, or write ${file} by hand.`;
  },
  opened: ({ number, url }: Pull) =>
    `${markdownLink(`Pull request #${number}`, url)} adds the ${file} that says what Porter does now. No machine was started.`,
  refused: (sentence: RichText) => `Porter could not open a pull request with ${file}: ${markdownOf(sentence)}`,
};

/** The text of that pull request. Nothing in it closes the issue in which it was asked for. */
export function setUpPullRequest(of: { setUp: SetUp; requester: string; issueNumber: number }): string {
  const problems = problemSentences(of.setUp.problems, { code, most: 10 }).map((words) => `- ${words}`);
  return [
    `This writes down what Porter found out about setting a machine up for this repository. ${setUpLine(of.setUp, code) ?? ""}.`,
    "Once it is merged, Porter reads this file and none of the others. Change it as you like: it may also say which services, variables, secrets, agent and time limit runs here have.",
    ...(problems.length === 0 ? [] : [["What could not be taken over:", ...problems].join("\n")]),
    `Asked for by ${plainLine(of.requester, 60)} in #${of.issueNumber}.`,
  ].join("\n\n");
}
