import { z } from "zod";

/** The largest file of a change set: one request of GitHub's takes about 30 MB, and a Worker has 128 MB of memory. */
export const LARGEST_FILE_BYTES = 20 * 1024 ** 2;

/** Why a path is not in a change set although the agent changed it. */
export const holdReasonSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("unreadable") }),
  z.object({ kind: z.literal("not_a_file"), what: z.enum(["pipe", "socket", "device"]) }),
  z.object({ kind: z.literal("too_large"), bytes: z.number().int().min(0) }),
  z.object({ kind: z.literal("lfs") }),
  z.object({ kind: z.literal("filter"), name: z.string().max(100) }),
  z.object({ kind: z.literal("env_file") }),
  z.object({ kind: z.literal("private_key") }),
  z.object({ kind: z.literal("artefacts"), files: z.number().int().min(1) }),
  z.object({ kind: z.literal("leftover") }),
  z.object({ kind: z.literal("link_to_repository") }),
  z.object({ kind: z.literal("own_secret") }),
  z.object({ kind: z.literal("name") }),
  z.object({ kind: z.literal("workflow") }),
  z.object({ kind: z.literal("refused_by_git") }),
  z.object({ kind: z.literal("unseen") }),
  z.object({ kind: z.literal("asked") }),
]);
export type HoldReason = z.infer<typeof holdReasonSchema>;

/** A folder's path ends in `/`. */
export const heldBackSchema = z.object({ path: z.string().max(4096), reason: holdReasonSchema });
export type HeldBack = z.infer<typeof heldBackSchema>;

const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1024 ** 2)} MB`;

/** What follows the path in a sentence for people. */
function holdSentence(reason: HoldReason): string {
  switch (reason.kind) {
    case "unreadable":
      return "cannot be read";
    case "not_a_file":
      return `is a ${reason.what}, not a file`;
    case "too_large":
      return `has ${megabytes(reason.bytes)}; a file may have ${megabytes(LARGEST_FILE_BYTES)}`;
    case "lfs":
      return "is kept by Git LFS, where Porter cannot upload yet";
    case "filter":
      return `needs the git filter "${reason.name}", which is not on the machine`;
    case "env_file":
      return "holds settings that are often secret";
    case "private_key":
      return "holds a private key";
    case "artefacts":
      return `holds ${reason.files === 1 ? "a file" : `${reason.files} files`} that tools make and no .gitignore names`;
    case "leftover":
      return "is what an editor or a tool leaves behind";
    case "link_to_repository":
      return "is a link to another repository that .gitmodules does not name";
    case "own_secret":
      return "holds a credential of this run";
    case "name":
      return "has a name that is not UTF-8";
    case "workflow":
      return "is run by GitHub itself, and Porter may not push such files";
    case "refused_by_git":
      return "is not taken by git";
    case "unseen":
      return "was named but not handed over, so nobody has seen it";
    case "asked":
      return "was held back on request";
  }
}

/** Held back, but nothing that anybody made on purpose: a run with only these changed nothing. */
export const isByProduct = (reason: HoldReason): boolean => reason.kind === "artefacts" || reason.kind === "leftover";

const SHOWN = 5;

/** One sentence for each reason, with the first paths that it holds for. */
export function heldBackSentences(all: readonly HeldBack[]): string[] {
  const bySentence = new Map<string, string[]>();
  for (const { path, reason } of all) {
    const sentence = holdSentence(reason);
    bySentence.set(sentence, [...(bySentence.get(sentence) ?? []), path]);
  }
  return [...bySentence].map(([sentence, paths]) => {
    const more = paths.length > SHOWN ? ` and ${paths.length - SHOWN} more` : "";
    return `Held back: ${paths.slice(0, SHOWN).map(shownPath).join(", ")}${more}: ${sentence}.`;
  });
}

/** A path as code, short and without what would end the code. */
export function shownPath(path: string): string {
  const plain = path.replaceAll("`", "").replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, " ");
  return `\`${plain.length > 80 ? `…${plain.slice(-79)}` : plain}\``;
}
