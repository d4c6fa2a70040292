import * as z from "zod";

/**
 * What the reader (`reader.ts`) is asked and answers. It runs as the agent's user, so whatever it says is the agent's
 * word: data to check, never a reason to trust a path.
 */
const questionSchema = z.discriminatedUnion("ask", [
  z.object({ ask: z.literal("repository"), work: z.string(), into: z.string() }),
  z.object({
    ask: z.literal("files"),
    work: z.string(),
    paths: z.array(z.string()),
    /** Repositories inside the work tree, whose files are listed. */
    folders: z.array(z.string()),
    /** Folders of these names are named, not listed. */
    closed: z.array(z.string()),
    /** Whether to look for what git passes over in silence: pipes, sockets, folders that cannot be read. */
    survey: z.boolean(),
  }),
]);
export type Question = z.infer<typeof questionSchema>;

/** `as`: whom to become first; null: the supervisor's user is the agent's. */
export const readerRequestSchema = z.object({
  as: z.object({ uid: z.number().int().min(1), gid: z.number().int().min(0) }).nullable(),
  question: questionSchema,
});

const sha = z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/);
const name = z.string().max(1024);

export const MIDDLES = ["rebase", "merge", "cherry-pick", "revert", "am", "bisect"] as const;

export const repositoryAnswerSchema = z.object({
  /** Where its objects are, as an absolute path. */
  objects: z.string().max(4096),
  head: sha.nullable(),
  isOnBranch: z.boolean(),
  /** Whether `into` holds a copy of its index now. */
  hasIndex: z.boolean(),
  refs: z.array(z.object({ name, sha })).max(200),
  stashes: z.array(sha).max(20),
  /** Commits that HEAD left without a branch. */
  detached: z.array(sha).max(20),
  workTrees: z
    .array(
      z.object({
        name,
        path: z.string().max(4096),
        head: sha,
        /** Below `into`: what git needs to work on it. */
        gitDir: z.string().regex(/^worktrees\/\d$/),
        hasIndex: z.boolean(),
      }),
    )
    .max(10),
  middles: z.array(z.enum(MIDDLES)),
});
export type RepositoryAnswer = z.infer<typeof repositoryAnswerSchema>;

export const fileAnswerSchema = z.object({
  kind: z.enum(["file", "link", "folder", "pipe", "socket", "device", "gone"]),
  size: z.number().int().min(0),
  readable: z.boolean(),
  /** Nanoseconds, as text. */
  ctime: z.string(),
  mtime: z.string(),
});
export type FileAnswer = z.infer<typeof fileAnswerSchema>;

export const filesAnswerSchema = z.object({
  files: z.array(fileAnswerSchema),
  odd: z.array(z.object({ path: z.string(), what: z.enum(["pipe", "socket", "device", "unreadable"]) })),
  folders: z.array(
    z.object({
      /** A work tree of the same repository: a line of work of its own, not files. */
      isWorkTree: z.boolean(),
      paths: z.array(z.string()),
      closed: z.array(z.string()),
      isCut: z.boolean(),
    }),
  ),
});
export type FilesAnswer = z.infer<typeof filesAnswerSchema>;
