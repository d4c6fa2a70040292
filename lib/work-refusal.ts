import { z } from "zod";

const line = z.string().max(500);
const name = z.string().max(255);
const permission = z.string().max(100);
const count = z.number().int().min(0);

/**
 * Why work that Porter keeps is not on GitHub, or has no pull request there. Data alone, as GitHub said it; the words
 * are made at the end (lib/work-refusal-words.ts). Those of `pull_request` leave the branch written.
 */
export const workRefusalSchema = z.discriminatedUnion("kind", [
  /** The repository's setting: nobody has clicked yet. */
  z.object({ kind: z.literal("waits_for_click") }),
  /** Rules of the repository that the branch does not meet, in GitHub's own words, one each. */
  z.object({ kind: z.literal("rules"), rules: z.array(line).max(30) }),
  /** What GitHub's push protection found, with the page on which somebody may let each pass. */
  z.object({
    kind: z.literal("push_protection"),
    secrets: z.array(z.object({ what: line, address: z.url().max(1000).nullable() })).max(30),
  }),
  /** A permission that the App lacks, by GitHub's name: `workflows`, `contents`. */
  z.object({ kind: z.literal("permission"), permission }),
  /** Somebody else wrote to Porter's branch since. */
  z.object({ kind: z.literal("branch_moved"), branch: name }),
  /** A branch of this name (`porter`) leaves no room for Porter's. */
  z.object({ kind: z.literal("branch_blocked"), by: name }),
  /** The commit that the work stands on is not in the repository any more. */
  z.object({ kind: z.literal("base_gone") }),
  /** GitHub made another tree of it than the work is. */
  z.object({ kind: z.literal("tree_differs") }),
  /** More than Porter writes: kept as a bundle. */
  z.object({ kind: z.literal("too_large"), bytes: count, paths: count }),
  /** GitHub does not tell the whole of what it stands on, or it does not stand on it as one line. */
  z.object({ kind: z.literal("cannot_be_judged") }),
  /** What the run was given is not known any more, so that nobody can look for it. */
  z.object({ kind: z.literal("secrets_unknown") }),
  /** A part of what was handed over is not there, or is not what it says. */
  z.object({ kind: z.literal("broken") }),
  /** Its files were kept for so long, and are deleted. */
  z.object({ kind: z.literal("deleted") }),
  /** After everything that stays out nothing was left. */
  z.object({ kind: z.literal("all_held_back") }),
  /** Nothing of what somebody wanted to let in may be pushed. */
  z.object({ kind: z.literal("still_held_back") }),
  /** Somebody closed or merged the pull request to which more was to be added. */
  z.object({ kind: z.literal("pull_request_closed") }),
  z.object({ kind: z.literal("pull_request_permission"), permission }),
  z.object({ kind: z.literal("pull_request_refused"), errors: z.array(line).max(10) }),
  /** Anything else, in GitHub's words. */
  z.object({ kind: z.literal("github"), message: line }),
]);
export type WorkRefusal = z.infer<typeof workRefusalSchema>;
