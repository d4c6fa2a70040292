import { type HeldBack, type HoldReason, LARGEST_FILE_BYTES } from "./held-back.ts";

const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1024 ** 2)} MB`;

/** What follows the path in a sentence for people. */
export function holdSentence(reason: HoldReason): string {
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
      return `needs the git filter ${shownPath(reason.name)}, which is not on the machine`;
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

/** Held back by a rule that somebody who may write can overrule. */
export const mayBePushed = ({ kind }: HoldReason): boolean =>
  kind === "env_file" || kind === "private_key" || kind === "artefacts" || kind === "leftover" || kind === "asked";

/** Whether what is held back at a path, or below that folder, is this file. */
export const isHeldAt = (path: string, held: string): boolean =>
  held.endsWith("/") ? path.startsWith(held) : path === held;

/** What stays out still once these files of it were pushed. */
export const stillHeldBack = <T extends { path: string }>(held: readonly T[], pushedToo: readonly string[]): T[] =>
  held.filter(({ path }) => !pushedToo.some((one) => isHeldAt(one, path)));

const SHOWN = 5;

export const heldBackSentences = (all: readonly HeldBack[]): string[] =>
  reasonSentences(all).map((sentence) => `Held back: ${sentence}`);

/** One sentence for each reason, with the first paths that it holds for. */
export function reasonSentences(all: readonly HeldBack[]): string[] {
  const bySentence = new Map<string, string[]>();
  for (const { path, reason } of all) {
    const sentence = holdSentence(reason);
    bySentence.set(sentence, [...(bySentence.get(sentence) ?? []), path]);
  }
  return [...bySentence].map(([sentence, paths]) => {
    const more = paths.length > SHOWN ? ` and ${paths.length - SHOWN} more` : "";
    return `${paths.slice(0, SHOWN).map(shownPath).join(", ")}${more}: ${sentence}.`;
  });
}

/** A path as code, short and without what would end the code. */
export function shownPath(path: string): string {
  const plain = path.replaceAll("`", "").replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, " ");
  return `\`${plain.length > 80 ? `…${plain.slice(-79)}` : plain}\``;
}
