import { z } from "zod";
import { FINDING_KINDS } from "./review/findings.ts";

const findings = z.array(z.object({ kind: z.enum(FINDING_KINDS), path: z.string(), detail: z.string() }));

/**
 * What Porter found in a set, as its row keeps it. `leaveOut`: paths that are never written, and all of them. `squash`: it
 * may only be written as one commit on the base, because a commit of it stands on one that nobody has looked at.
 */
export const keptJudgementSchema = z.object({
  draft: findings,
  look: findings,
  isDraft: z.boolean(),
  suggestsClick: z.boolean(),
  squash: z.boolean(),
  leaveOut: z.array(z.string()),
});
export type KeptJudgement = z.infer<typeof keptJudgementSchema>;

/** Why Porter does not write a set, so that it is for download alone. */
export const whyBundleSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("too_large"), bytes: z.number().int().min(0), paths: z.number().int().min(0) }),
  /** The commit that it stands on is not in the history of the branch that the task works on. */
  z.object({ kind: z.literal("base_unknown") }),
  /** GitHub does not tell the whole of the base's tree, or more stays out than Porter keeps. */
  z.object({ kind: z.literal("cannot_be_judged") }),
  /** What the run was given is not known any more, so that nobody can look for it in there. */
  z.object({ kind: z.literal("secrets_unknown") }),
]);
export type WhyBundle = z.infer<typeof whyBundleSchema>;
