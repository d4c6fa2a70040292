import { z } from "zod";
import { CLOSED_ISSUE } from "./closed-issue.ts";
import { FAILURES, type FailureCode } from "./failures.ts";

/** Why a comment or a delivery had no effect, besides what fails or is refused by a code of `failures.ts`. */
const IGNORED = {
  no_command: "It names Porter, but holds no command.",
  comment_edited: "Only new comments are commands, edited ones never are.",
  comment_deleted: "The comment was deleted before Porter had looked at it.",
  ignored_app: "An App wrote it in your name.",
  ignored_bot: "A bot wrote it.",
  no_write_access: "Porter takes commands from people who can write to the repository.",
  issue_closed: CLOSED_ISSUE,
  issue_missing: "The issue is not there any more.",
  no_installation: "Porter's App is not installed there.",
  github_unreachable: "GitHub did not answer Porter for three days.",
  unreadable: "Porter could not read it. Its operator can see why.",
} as const;

/** Outcomes of deliveries in which something was not heard; others are GitHub's ordinary talk. */
export const IGNORED_OUTCOMES = ["unreadable", "no_command", "comment_edited", "ignored_app", "ignored_bot"] as const;

/** A sentence for whoever wrote the comment. */
export function ignoredSentence(outcome: string): string {
  if (outcome in IGNORED) return IGNORED[outcome as keyof typeof IGNORED];
  if (outcome in FAILURES) return FAILURES[outcome as FailureCode].sentence;
  return "It started nothing.";
}

/** A comment of somebody's own that started nothing, with the reason in words and the way to it on GitHub. */
export const ignoredCommentSchema = z.object({
  at: z.string(),
  outcome: z.string(),
  sentence: z.string(),
  /** `owner/name#12` */
  place: z.string(),
  url: z.string(),
});
export type IgnoredComment = z.infer<typeof ignoredCommentSchema>;

/** `GET /api/operator/ignored`: what came in since then and had no effect. */
export const ignoredReportSchema = z.object({
  since: z.string(),
  outcomes: z.array(z.object({ outcome: z.string(), count: z.number(), newestAt: z.string() })),
  /** The newest that may be Porter's or the operator's fault; never what somebody wrote. */
  newest: z.array(
    z.object({
      at: z.string(),
      outcome: z.string(),
      event: z.string(),
      delivery: z.string(),
      detail: z.string().nullable(),
    }),
  ),
  /** What Porter owes and does no more, however long ago: with the reason of the last try. */
  givenUp: z.array(
    z.object({
      kind: z.string(),
      /** The task, mention or delivery; of an attempt `task/number`. */
      subject: z.string(),
      tries: z.number(),
      gaveUpReason: z.string().nullable(),
    }),
  ),
});
export type IgnoredReport = z.infer<typeof ignoredReportSchema>;
