import { z } from "zod";
import { keptJudgementSchema } from "./change-set-judgement.ts";

const sha = z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/);
const count = z.number().int().min(0);
const headSchema = z.object({ commit: sha, tree: sha, verified: z.boolean() });

/** What GitHub has already of commits that are being made. */
const makingSchema = z.object({
  /** Files that do not go along as text; null: nobody has looked yet. */
  apart: z.array(sha).nullable(),
  /** How many of the uploads of the plan are there. */
  uploaded: count,
  /** Commits that are there, by their ids in the set. */
  made: z.array(z.object({ id: sha, commit: sha, tree: sha, verified: z.boolean() })),
  /** Of the current commit: its tree after so many requests. */
  at: z.object({ tree: sha, requests: count }).nullable(),
  /** The last commit. Once it stands here no other one is ever shown. */
  head: headSchema.nullable(),
});
export type Making = z.infer<typeof makingSchema>;

/** What is known of the set once this is in: JSON as its row keeps it, and what is new of it. */
const foundSchema = z.object({
  judgement: z.string(),
  heldBack: z.string(),
  fresh: keptJudgementSchema.pick({ draft: true, look: true }),
});
export type FoundNow = z.infer<typeof foundSchema>;

/** How far the writing of a set is, so that it goes on after any line. */
export const writeProgressSchema = makingSchema.extend({
  branch: z.string(),
  /** When the branch showed it. */
  shownAt: z.string().nullable(),
  /** Somebody clicked: publish what is not yet, with these held-back paths. */
  asked: z.object({ paths: z.array(z.string()), via: z.string().optional() }).nullable(),
  /** One more commit on the head, of held-back paths, with what was found before it was made. */
  more: makingSchema.extend({ paths: z.array(z.string()), found: foundSchema }).nullable(),
  /** Held-back paths that were pushed anyway. */
  pushedToo: z.array(z.string()),
});
export type WriteProgress = z.infer<typeof writeProgressSchema>;
export type WrittenHead = z.infer<typeof headSchema>;

export const nothingMade = (): Making => ({ apart: null, uploaded: 0, made: [], at: null, head: null });
export const nothingWritten = (branch: string): WriteProgress => ({
  ...nothingMade(),
  branch,
  shownAt: null,
  asked: null,
  more: null,
  pushedToo: [],
});
