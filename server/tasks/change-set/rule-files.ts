import type { Manifest } from "@/lib/change-set";
import type { JudgeFacts, SetPath } from "@/server/change-sets/facts";
import { judgeFile, type Ruling } from "@/server/change-sets/judge";
import { foreignSecretsIn, foreignSecretsInFile } from "@/lib/review/foreign-secrets";
import { BrokenSet, type OpenChangeSet } from "./open-change-set";

export type RuleInput = {
  manifest: Manifest;
  contentOf: OpenChangeSet["contentOf"];
  /** Without `foreignSecrets`, which is asked for here. */
  facts: Omit<JudgeFacts, "foreignSecrets">;
  setPaths: readonly SetPath[];
  /** A file of the base by its blob's id; null: it is too large, or there is none. */
  baseContent: (sha: string) => Promise<Uint8Array | null>;
};

/** Files of the base that are read, to know what was there before: each takes one call. */
const MOST_BEFORE = 40;
/** Of those that one file of the set stands in place of. */
const MOST_BYTES_BEFORE = 8 * 1024 ** 2;

/**
 * The rules on every file that a commit puts somewhere, one after the other. What does not have the id that it was named
 * by gets no ruling: nobody has seen it.
 */
export async function ruleFiles(input: RuleInput): Promise<Map<string, Ruling>> {
  const rulings = new Map<string, Ruling>();
  const wanted = new Set(input.setPaths.flatMap(({ entry }) => entry?.sha ?? []));
  const calls = { left: MOST_BEFORE };
  for (const { sha } of input.manifest.blobs) {
    if (!wanted.has(sha)) continue;
    const content = await handed(input, sha);
    if (content !== null) rulings.set(sha, await ruleFile({ sha, content }, input, calls));
  }
  return rulings;
}

async function handed({ contentOf }: RuleInput, sha: string): Promise<Uint8Array | null> {
  try {
    return await contentOf(sha);
  } catch (error) {
    if (error instanceof BrokenSet && error.lacks === "blob") return null;
    throw error;
  }
}

type File = { sha: string; content: Uint8Array };

/**
 * First as if all of it were new. Only where that finds something in a file that the base has is the base's content
 * asked for, and what is in both is no finding.
 */
async function ruleFile(file: File, input: RuleInput, calls: { left: number }): Promise<Ruling> {
  const { setPaths, facts } = input;
  const labels = await foreignSecretsInFile(file.content);
  const first = judgeFile(setPaths, { ...file, before: new Map() }, { ...facts, foreignSecrets: () => labels });
  const paths = new Set([...first.heldBack, ...first.findings].map(({ path }) => path));
  const before = await contentsBefore(setPaths.filter(({ path, entry }) => entry?.sha === file.sha && paths.has(path)));
  if (before.size === 0) return first;
  const added = new Map<string, string[]>();
  const texts = new Set<string>();
  const noteText = (text: string): string[] => {
    texts.add(text);
    return [];
  };
  if (labels.length > 0) judgeFile(setPaths, { ...file, before }, { ...facts, foreignSecrets: noteText });
  for (const text of texts) added.set(text, await foreignSecretsIn(text));
  return judgeFile(setPaths, { ...file, before }, { ...facts, foreignSecrets: (text) => added.get(text) ?? [] });

  async function contentsBefore(at: readonly SetPath[]): Promise<Map<string, Uint8Array>> {
    const contents = new Map<string, Uint8Array>();
    let bytes = 0;
    for (const { path, before: entry } of at) {
      if (entry === null || entry.mode === "160000" || calls.left <= 0) continue;
      calls.left -= 1;
      const content = await input.baseContent(entry.sha);
      bytes += content?.length ?? 0;
      if (bytes > MOST_BYTES_BEFORE) break;
      if (content !== null) contents.set(path, content);
    }
    return contents;
  }
}
