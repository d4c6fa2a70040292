import { shownPath } from "../held-back-words.ts";

/** `draft`: nobody should merge it without a look. `look`: named for whoever reviews. */
type Weight = "draft" | "look";

/** What a review finds at a path. `says` follows the path in a sentence for people; `detail` is the finding's own. */
const FINDINGS = {
  workflow: { weight: "draft", says: () => "is run by GitHub with this repository's secrets" },
  reads_itself: { weight: "look", says: (detail) => `is read by ${detail} without anybody asking` },
  install_script: { weight: "look", says: (detail) => `runs a script by itself (${detail})` },
  hides_diff: { weight: "draft", says: () => "hides files from the review" },
  invisible: { weight: "draft", says: () => "has characters that nobody sees or that change the order of others" },
  minified: { weight: "draft", says: () => "is too dense to be read" },
  program: { weight: "draft", says: () => "is a compiled program" },
  link_outside: { weight: "draft", says: () => "is a link that may lead out of the repository" },
  owners: { weight: "draft", says: () => "decides who must approve changes" },
  lock_alone: { weight: "draft", says: () => "changes what is installed without a change of what is asked for" },
  submodule: { weight: "look", says: () => "is a link to another repository, not its files" },
  foreign_secret: { weight: "draft", says: (detail) => `holds something that looks like ${detail}` },
  conflict: { weight: "draft", says: () => "has conflict markers" },
} as const satisfies Record<string, { weight: Weight; says: (detail: string) => string }>;

export type FindingKind = keyof typeof FINDINGS;
export const FINDING_KINDS = Object.keys(FINDINGS) as FindingKind[];
export type ReviewFinding = { kind: FindingKind; path: string; detail: string };

export const weightOf = ({ kind }: ReviewFinding): Weight => FINDINGS[kind].weight;

const SHOWN = 5;

/** One sentence for each thing found, with the first paths that it holds for. */
export function findingSentences(findings: readonly ReviewFinding[]): string[] {
  const bySentence = new Map<string, string[]>();
  for (const { kind, path, detail } of findings) {
    const { says }: { says: (detail: string) => string } = FINDINGS[kind];
    const sentence = says(detail);
    bySentence.set(sentence, [...(bySentence.get(sentence) ?? []), path]);
  }
  return [...bySentence].map(([sentence, paths]) => {
    const more = paths.length > SHOWN ? ` and ${paths.length - SHOWN} more` : "";
    return `${paths.slice(0, SHOWN).map(shownPath).join(", ")}${more}: ${sentence}.`;
  });
}
