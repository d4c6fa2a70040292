import { type IssueAuthor, mayWrite } from "@/lib/issue-author";
import { type Omission, omissionCounter } from "./omissions";
import { type CleanPart, cleanPart } from "./part";
import { sanitiseText } from "./sanitise";

/** One comment as GitHub has it. `bot`: any App, `own`: Porter's. Times are GitHub's, in UTC. */
export type ThreadComment = {
  id: number;
  author: IssueAuthor;
  writer: "person" | "bot" | "own";
  createdAt: string;
  lastEditedAt: string | null;
  /** Folded away on the page, as spam, outdated or off topic. */
  isMinimized: boolean;
  body: string;
};

/** Up to where a thread is read. `commentId`: the command's own comment; null: the run was not asked for in one. */
export type ThreadEnd = { commentId: number | null; at: string };

/** `untold`: comments that came before the first of `comments`. */
export type Thread = {
  comments: readonly ThreadComment[];
  untold: number;
  end: ThreadEnd;
  /** What the command's own comment says before it; absent: nothing. */
  wordsBefore?: string;
  /** What becomes of words by people without write access. */
  outsiders: "left out" | "quoted";
};

export type KeptComment = { id: number; author: IssueAuthor; createdAt: string; text: string };
export type KeptThread = {
  comments: KeptComment[];
  bots: { login: string | null; count: number }[];
  omissions: Omission[];
};

/** A comment of which less would be left is left out. */
const LEAST_CUT = 500;
/** Characters that are read for each one that may be kept: reading is what text costs that hides most of itself. */
const READ_FOR_ONE = 2;

/** NaN for a time that nobody can read: it is before nothing. */
const whenOf = (time: string): number => Date.parse(time);

/**
 * What a run hears of a thread: the comments before its command, and what its own says before it, in order of time, of which the newest fill `budget`
 * characters. Each text as `sanitiseText` shows it; why another one is not there stands in `omissions`.
 */
export function keepThread(thread: Thread, limits: { nonce: string; budget: number }): KeptThread {
  const counter = omissionCounter();
  const end = endOf(thread);
  const people: ThreadComment[] = [];
  const bots = new Map<string | null, number>();
  if (thread.untold > 0) counter.note("comment that GitHub did not tell", thread.untold);
  for (const told of thread.comments) {
    const comment = told.id === end.commentId ? { ...told, body: thread.wordsBefore ?? "" } : told;
    if (told.id === end.commentId && comment.body.trim() === "") continue;
    const reason = whyUnheard(comment, end, thread.outsiders);
    if (reason !== null) counter.note(reason, 1);
    else if (comment.writer === "person") people.push(comment);
    else {
      counter.note("comment by a bot, without its words", 1);
      bots.set(comment.author.login, (bots.get(comment.author.login) ?? 0) + 1);
    }
  }
  const filled = fill(people, limits);
  if (filled.over > 0) counter.note("comment over the limit", filled.over);
  return {
    comments: filled.comments,
    bots: [...bots].map(([login, count]) => ({ login, count })),
    omissions: [...counter.counted().map((one) => ({ where: "discussion" as const, ...one })), ...filled.omissions],
  };
}

/** GitHub's own time of the command's comment is nearer than when Porter heard of it. */
function endOf({ comments, end }: Thread): { commentId: number | null; at: number } {
  const own = comments.find(({ id }) => id === end.commentId);
  return {
    commentId: end.commentId,
    at: Math.min(whenOf(end.at), own === undefined ? Infinity : whenOf(own.createdAt)),
  };
}

function whyUnheard(
  comment: ThreadComment,
  end: { commentId: number | null; at: number },
  outsiders: Thread["outsiders"],
) {
  const isLater = end.commentId !== null && comment.id > end.commentId;
  if (comment.writer === "own") return "comment by Porter";
  if (isLater || !(whenOf(comment.createdAt) <= end.at)) return "comment after the command";
  // GitHub tells seconds: an edit within the command's own may have been after it.
  if (comment.lastEditedAt !== null && !(whenOf(comment.lastEditedAt) < end.at))
    return "comment edited after the command";
  if (comment.isMinimized) return "comment that is hidden on GitHub";
  if (comment.writer === "person" && outsiders === "left out" && !mayWrite(comment.author.role))
    return "comment by somebody without write access";
  return null;
}

const byTime = (a: ThreadComment, b: ThreadComment): number => whenOf(a.createdAt) - whenOf(b.createdAt) || a.id - b.id;

/** The newest first, as far as they go; the one that is over the edge is cut. */
function fill(people: readonly ThreadComment[], { nonce, budget }: { nonce: string; budget: number }) {
  const kept: { comment: KeptComment; part: CleanPart }[] = [];
  let room = budget;
  let toRead = budget * READ_FOR_ONE;
  let over = 0;
  for (const { id, author, createdAt, body } of people.toSorted(byTime).toReversed()) {
    if (room < LEAST_CUT || toRead < LEAST_CUT) {
      room = 0;
      over += 1;
      continue;
    }
    const part = cleanPart("discussion", sanitiseText(body, toRead), { nonce, budget: room });
    toRead -= Math.min(body.length, toRead);
    room -= part.text.length;
    kept.unshift({ comment: { id, author, createdAt, text: part.text }, part });
  }
  return {
    comments: kept.flatMap(({ comment }) => (comment.text === "" ? [] : [comment])),
    omissions: countOmissions(kept.flatMap(({ part }) => part.omissions)),
    over,
  };
}

/** One entry a kind. */
export function countOmissions(omissions: readonly Omission[]): Omission[] {
  const counter = omissionCounter();
  for (const { what, count } of omissions) counter.note(what, count);
  return counter.counted().map((one) => ({ where: "discussion", ...one }));
}

/** To the second, as GitHub tells it. A comment whose time nobody can read is never kept. */
export const shownTime = (time: string): string => `${new Date(time).toISOString().slice(0, 19)}Z`;
