import { z } from "zod";
import { CHANGE_SET_LIMITS, manifestSchema, partSchema } from "./change-set.ts";
import { TASK_ID_PATTERN } from "./task.ts";

/** How the work of an attempt comes to Porter: parts by their numbers, then what makes the set whole. */
export const UPLOAD_LIMITS = {
  /** Sets of an attempt: the first one, and what is made of Porter's answers. */
  sets: 5,
  contentBytes: CHANGE_SET_LIMITS.totalBytes,
  bundleBytes: 100 * 1024 ** 2,
  patchBytes: 50 * 1024 ** 2,
  /** All sets of an attempt that are kept at a time: two of the largest. */
  attemptBytes: 400 * 1024 ** 2,
  /** The body that makes a set whole. */
  manifestBytes: 6 * 1024 ** 2,
} as const;

/** `content`: parts that the manifest's blobs lie in. `bundle`, `patch`: a file each, as git made it. */
export const PART_KINDS = ["content", "bundle", "patch"] as const;
export type PartKind = (typeof PART_KINDS)[number];

export const MOST_BYTES: Record<PartKind, number> = {
  content: UPLOAD_LIMITS.contentBytes,
  bundle: UPLOAD_LIMITS.bundleBytes,
  patch: UPLOAD_LIMITS.patchBytes,
};

const setNumber = z.number().int().min(1).max(UPLOAD_LIMITS.sets);
const inQuery = z
  .string()
  .regex(/^[1-9][0-9]{0,3}$/)
  .transform(Number);

/**
 * Query of `POST /api/callbacks/part`, whose body is the part. 200 also for a repeat; 409 `{expected}` where the part
 * before is missing or another one has the number; 410 when the attempt has its last word or its time is over; 413.
 */
export const partQuerySchema = z.strictObject({
  task: z.string().regex(TASK_ID_PATTERN),
  attempt: inQuery.pipe(z.number().max(1000)),
  set: inQuery.pipe(setNumber),
  kind: z.enum(PART_KINDS),
  number: inQuery,
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
export type PartQuery = z.infer<typeof partQuerySchema>;

const parts = z.array(partSchema).max(64);

/** `POST /api/callbacks/changes`: makes the set whole. The same body again gets the same answer, another one 409. */
export const changesRequestSchema = z
  .object({
    taskId: z.string().regex(TASK_ID_PATTERN),
    attempt: z.number().int().min(1).max(1000),
    set: setNumber,
    /** null: it is too large, and the work is what the bundle holds. */
    manifest: manifestSchema.nullable(),
    tooLarge: z.object({ bytes: z.number().int().min(0), paths: z.number().int().min(0) }).nullable(),
    /** All parts of the two files, in order; empty where there is none. */
    bundle: parts,
    patch: parts,
  })
  .refine(({ manifest, tooLarge }) => (manifest === null) !== (tooLarge === null), {
    message: "exactly one of manifest and tooLarge is wanted",
    path: ["manifest"],
  });
export type ChangesRequest = z.infer<typeof changesRequestSchema>;

/** Paths that Porter does not write. Not empty: the machine makes the series without them and hands over the next set. */
export const changesAnswerSchema = z.object({ leaveOut: z.array(z.string().max(4096)).max(500) });
export type ChangesAnswer = z.infer<typeof changesAnswerSchema>;
