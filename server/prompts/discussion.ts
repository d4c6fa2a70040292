import { authorWords, mayWrite } from "@/lib/issue-author";
import { type Omission, omissionCounter } from "./omissions";
import { cleanPart, fenceText } from "./part";
import { sanitiseTitle } from "./sanitise";
import { countOmissions, keepThread, type KeptThread, shownTime, type Thread } from "./thread";

/** Characters of comments that an agent is given. */
export const DISCUSSION_BUDGET = 24_000;
const MAX_LINKED = 50;
const MAX_LINKED_TITLE = 300;

export type LinkedIssue = {
  relation: "parent" | "sub-issue" | "blocked by";
  number: number;
  title: string;
  state: "open" | "closed";
  /** `owner/name`; null: of the same repository. */
  elsewhere: string | null;
};

/** `thread`: null where GitHub did not tell it: then nothing of it is heard. */
export type Discussion = { thread: Thread | null; linked: readonly LinkedIssue[] };

export type DiscussionPart = {
  /** "" without a comment or a linked issue. */
  text: string;
  hasOutsiders: boolean;
  omissions: Omission[];
  kept: KeptThread;
};

const NOTHING: KeptThread = { comments: [], bots: [], omissions: [] };
const UNTOLD: KeptThread = {
  ...NOTHING,
  omissions: [{ where: "discussion", what: "comment that GitHub did not tell", count: 1 }],
};

/**
 * What stands below `## Discussion`. Who said something stands outside of the lines with the nonce, so that no comment
 * can put words into another one's mouth.
 */
export function discussionPart(discussion: Discussion | undefined, nonce: string): DiscussionPart {
  if (discussion === undefined) return { text: "", hasOutsiders: false, omissions: [], kept: NOTHING };
  const { thread } = discussion;
  const kept = thread === null ? UNTOLD : keepThread(thread, { nonce, budget: DISCUSSION_BUDGET });
  const linked = linkedText(discussion.linked, nonce);
  const said = kept.comments.map(
    ({ author, createdAt, text }) =>
      `${authorWords(author)} wrote at ${shownTime(createdAt)}:\n${fenceText(text, nonce)}`,
  );
  const isEmpty = said.length === 0 && linked.text === "";
  return {
    text: isEmpty ? "" : [linked.text, botsLine(kept), ...said].filter((each) => each !== "").join("\n\n"),
    hasOutsiders: kept.comments.some(({ author }) => !mayWrite(author.role)),
    omissions: countOmissions([...kept.omissions, ...linked.omissions]),
    kept,
  };
}

/** One line for all that programs said; their words often are somebody else's. */
function botsLine({ bots }: KeptThread): string {
  const counts = bots.map(({ login, count }) => `${nameOf(login)} (${count})`);
  return counts.length === 0 ? "" : `Comments by bots, not shown: ${counts.join(", ")}.`;
}
const nameOf = (login: string | null): string => `@${(login ?? "unknown").replace(/[^\w[\]-]/g, "").slice(0, 100)}`;

/**
 * Titles of linked issues. Of another repository only the place is told: who reads this one's pull requests may not be
 * allowed to read that one.
 */
function linkedText(linked: readonly LinkedIssue[], nonce: string): { text: string; omissions: Omission[] } {
  const counter = omissionCounter();
  const shown = linked.slice(0, MAX_LINKED);
  if (linked.length > shown.length) counter.note("linked issue over the limit", linked.length - shown.length);
  const parts = shown.map(({ relation, number, title, state, elsewhere }) => {
    const start = `- ${relation}: ${elsewhere === null ? "" : elsewhere.replace(/[^\w./-]/g, "")}#${number} (${state})`;
    if (elsewhere !== null) counter.note("title of a linked issue of another repository", 1);
    const part = cleanPart("discussion", elsewhere === null ? sanitiseTitle(title) : { text: "", omitted: [] }, {
      nonce,
      budget: MAX_LINKED_TITLE,
    });
    const line = part.text.replace(/\s+/g, " ");
    return { line: line === "" ? start : `${start} ${line}`, omissions: part.omissions };
  });
  const lines = parts.map(({ line }) => line).join("\n");
  return {
    text: lines === "" ? "" : `Linked issues:\n${fenceText(lines, nonce)}`,
    omissions: [
      ...counter.counted().map((one) => ({ where: "discussion" as const, ...one })),
      ...parts.flatMap(({ omissions }) => omissions),
    ],
  };
}
