import { z } from "zod";
import { keptJudgementSchema, whyBundleSchema } from "./change-set-judgement.ts";
import { noteSchema, otherLineSchema } from "./change-set.ts";
import { heldBackSchema, holdReasonSchema } from "./held-back.ts";
import { workRefusalSchema } from "./work-refusal.ts";

const count = z.number().int().min(0);

/** Where a task's work is, as far as Porter knows (lib/work-location.ts says what follows of it). */
const workFactsSchema = z.object({
  isSaving: z.boolean(),
  pull: z.object({ number: count, url: z.string() }).nullable(),
  branch: z.object({ name: z.string(), url: z.string(), compareUrl: z.string() }).nullable(),
  set: z
    .object({
      files: count,
      heldBack: count,
      whyBundle: whyBundleSchema.nullable(),
      isThere: z.boolean(),
      keptUntil: z.string(),
    })
    .nullable(),
  refusal: workRefusalSchema.nullable(),
});

/** So many files are named; the patch and the bundle have all of them. */
export const FILES_NAMED = 500;

/** What an attempt handed over. */
const handedOverSchema = z.object({
  attempt: count,
  number: count,
  madeAt: z.string(),
  commits: count,
  files: z
    .array(z.object({ path: z.string(), mode: z.string().nullable(), bytes: count.nullable() }))
    .describe(`The first ${FILES_NAMED} of them; \`mode\` null: the file goes. \`bytes\` null: not a file of its own`),
  fileCount: count,
  heldBack: z
    .array(
      heldBackSchema.extend({ reason: holdReasonSchema, entries: z.array(z.string()), isKept: z.boolean().nullable() }),
    )
    .describe(
      "`entries`: the files of it that can be pushed all the same. `isKept`: it was handed over; false: it went with its machine; null: nobody knows",
    ),
  notes: z.array(noteSchema),
  otherLines: z.array(otherLineSchema),
  judgement: keptJudgementSchema.pick({ draft: true, look: true, isDraft: true, suggestsClick: true }).nullable(),
  /** null: there is none. */
  patchBytes: count.nullable(),
  bundleBytes: count.nullable(),
});
export type HandedOverWork = z.infer<typeof handedOverSchema>;

/** `GET /api/tasks/:id/changes`: the work of a task's newest run that has any, and where it is. */
export const workViewSchema = z.object({
  facts: workFactsSchema,
  isUnpublished: z.boolean().describe("A click brings it to where people look, without a further run"),
  /** null: nothing was handed over, or it was deleted when its time was over. */
  handedOver: handedOverSchema.nullable(),
  /** Attempts before it whose work is kept too, oldest first. */
  earlier: z.array(z.object({ attempt: count, files: count, keptUntil: z.string() })),
});
export type WorkView = z.infer<typeof workViewSchema>;

/** The change of a task as GitHub has it; null while it has none of it, or does not tell. */
export const diffViewSchema = z
  .object({
    files: z.array(
      z.object({
        path: z.string(),
        from: z.string().nullable(),
        kind: z.enum(["added", "deleted", "renamed", "changed"]),
        additions: count,
        deletions: count,
        /** Hunks; null where GitHub shows none (binary, or very large). */
        patch: z.string().nullable(),
      }),
    ),
    /** GitHub names 300 files at most. */
    isWhole: z.boolean(),
  })
  .nullable();
export type DiffView = z.infer<typeof diffViewSchema>;
