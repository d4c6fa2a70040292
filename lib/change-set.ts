import { z } from "zod";
import { heldBackSchema, LARGEST_FILE_BYTES } from "./held-back.ts";

/**
 * What a machine hands over: a manifest, and parts that hold the contents of files. Parts come first, by number; the
 * manifest comes last and makes the set whole.
 */
export const CHANGE_SET_VERSION = 1;

export const CHANGE_SET_LIMITS = {
  partBytes: 8 * 1024 ** 2,
  fileBytes: LARGEST_FILE_BYTES,
  totalBytes: 50 * 1024 ** 2,
  paths: 5000,
  commits: 200,
  heldBack: 500,
  heldEntries: 500,
  lines: 50,
} as const;

const sha = z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/);
const count = z.number().int().min(0);
/** A path as git has it: no empty, `.` or `..` step, and never git's own folder. */
const path = z
  .string()
  .min(1)
  .max(4096)
  .refine((text) => text.split("/").every((step) => !["", ".", ".."].includes(step) && step.toLowerCase() !== ".git"));

const entryModeSchema = z.enum(["100644", "100755", "120000", "160000"]);
const entrySchema = z.object({ mode: entryModeSchema, sha });

/** What a commit does to a path, against its first parent. `entry` null: it goes. */
const changedPathSchema = z.object({ path, entry: entrySchema.nullable() });

/** `parents` are commits of the set or of the repository. `author` is the agent's word, for display alone. */
export const commitSchema = z.object({
  sha,
  tree: sha,
  parents: z.array(sha).min(1).max(16),
  message: z.string().max(64 * 1024),
  author: z.string().max(512),
  paths: z.array(changedPathSchema).max(CHANGE_SET_LIMITS.paths),
});
export type SetCommit = z.infer<typeof commitSchema>;

export const partSchema = z.object({
  number: z.number().int().min(1),
  size: z.number().int().min(1).max(CHANGE_SET_LIMITS.partBytes),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
export type SetPart = z.infer<typeof partSchema>;

/** Where the content of a blob lies: at `at` of part `part`, and from the start of the next ones where it is longer. */
export const blobLocationSchema = z.object({
  sha,
  size: count.max(CHANGE_SET_LIMITS.fileBytes),
  part: z.number().int().min(1),
  at: count,
});
export type BlobLocation = z.infer<typeof blobLocationSchema>;

/** Another line of work that the agent left: in the bundle, but not in the commits. */
export const otherLineSchema = z.object({
  kind: z.enum(["head", "branch", "tag", "worktree", "stash", "detached"]),
  name: z.string().max(255),
  commits: count,
  files: count,
  additions: count,
  deletions: count,
});
export type OtherLine = z.infer<typeof otherLineSchema>;

export const noteSchema = z.discriminatedUnion("kind", [
  /** The work is not what was checked out at the end. */
  z.object({ kind: z.literal("taken_from"), line: otherLineSchema }),
  z.object({ kind: z.literal("other_line"), line: otherLineSchema }),
  z.object({ kind: z.literal("unrelated_line"), name: z.string().max(255) }),
  z.object({
    kind: z.literal("in_the_middle"),
    of: z.enum(["rebase", "merge", "cherry-pick", "revert", "am", "bisect"]),
  }),
  z.object({ kind: z.literal("conflict_markers"), paths: z.array(z.string().max(4096)).max(50) }),
  /** git itself would write these paths otherwise (line endings, filters); they stay as they were. */
  z.object({ kind: z.literal("rewritten_by_git"), paths: z.array(z.string().max(4096)).max(50), count }),
  z.object({ kind: z.literal("squashed"), why: z.enum(["rewrote", "many"]), commits: count }),
  z.object({ kind: z.literal("imports_ignored"), path: z.string().max(4096), by: z.string().max(4096) }),
  z.object({ kind: z.literal("files_only") }),
]);
export type Note = z.infer<typeof noteSchema>;

export const manifestSchema = z.object({
  version: z.literal(CHANGE_SET_VERSION),
  base: sha,
  baseTree: sha,
  /** The last commit's. */
  tree: sha,
  commits: z.array(commitSchema).max(CHANGE_SET_LIMITS.commits),
  parts: z.array(partSchema).max(64),
  blobs: z.array(blobLocationSchema).max(CHANGE_SET_LIMITS.paths),
  heldBack: z.array(heldBackSchema).max(CHANGE_SET_LIMITS.heldBack),
  /** Files that are held back, as they would be in the last commit; their contents are handed over like any other. */
  heldEntries: z.array(z.object({ path, entry: entrySchema })).max(CHANGE_SET_LIMITS.heldEntries),
  notes: z.array(noteSchema).max(100),
  otherLines: z.array(otherLineSchema).max(CHANGE_SET_LIMITS.lines),
});
export type Manifest = z.infer<typeof manifestSchema>;
