import { z } from "zod";

/** Of what a run is given beside its clone; the folder is `context`. */
export const CONTEXT_LIMITS = { pictures: 8, pictureBytes: 5 * 1024 * 1024, discussionCharacters: 200_000 } as const;

export const PICTURE_KINDS = ["png", "jpg", "gif", "webp"] as const;
export type PictureKind = (typeof PICTURE_KINDS)[number];

/** A picture's kind by its first bytes, whatever it is called; null: it is none that models take. */
export function pictureKind(content: Uint8Array): PictureKind | null {
  const text = (from: number, to: number) => String.fromCharCode(...content.subarray(from, to));
  if (text(0, 8) === "\x89PNG\r\n\x1a\n") return "png";
  if (text(0, 3) === "\xff\xd8\xff") return "jpg";
  if (/^GIF8[79]a$/.test(text(0, 6))) return "gif";
  return text(0, 4) === "RIFF" && text(8, 12) === "WEBP" ? "webp" : null;
}

/**
 * A picture that GitHub keeps, by the number in its address, and where it is shown: comments by their number, null for the
 * issue itself. A text may name a picture that only another one shows, so there may be several.
 */
export const pictureSchema = z.strictObject({
  asset: z.string().regex(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
  shownIn: z.array(z.int().positive().nullable()).min(1).max(5),
  /** GitHub did not hand it out when the run's machine asked last. */
  isMissing: z.literal(true).optional(),
});
export type Picture = z.infer<typeof pictureSchema>;

/** Frozen with the prompt. `discussion`: the kept thread; null: there is none. */
export const contextFilesSchema = z.strictObject({
  discussion: z.string().max(CONTEXT_LIMITS.discussionCharacters).nullable(),
  pictures: z.array(pictureSchema).max(CONTEXT_LIMITS.pictures),
});
export type ContextFiles = z.infer<typeof contextFilesSchema>;

/** Without the ending of its kind, which only its content tells. Numbers count from 1. */
export const pictureName = (number: number): string => `picture-${number}`;
export const DISCUSSION_FILE = "discussion.md";

/** As a task's row holds it. */
export const toFilesText = (files: ContextFiles | null): string | null =>
  files === null ? null : JSON.stringify(files);
