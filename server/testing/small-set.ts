import { createHash } from "node:crypto";
import { CHANGE_SET_VERSION, type Manifest, manifestSchema, type Note } from "@/lib/change-set";
import { createRedactor } from "@/lib/redaction";
import type { SetEntry, JudgeFacts } from "@/server/change-sets/facts";
import { type Judgement, judgeManifest, judgeFile, pathsOfSet } from "@/server/change-sets/judge";

type Mode = SetEntry["mode"];
/** A file's content, or with its mode; null: it is taken away. */
export type Put = string | Uint8Array | { mode: Mode; content: string | Uint8Array } | null;
export type Files = Record<string, Put>;

/** Made up for tests. */
export const RUN_SECRET = "canary/fake+secret=of~this-run";

const bytesOf = (content: string | Uint8Array): Uint8Array =>
  typeof content === "string" ? new TextEncoder().encode(content) : content;

const idOf = (kind: string, content: Uint8Array): string =>
  createHash("sha1").update(`${kind} ${content.length}\0`).update(content).digest("hex");

function entryOf(put: NonNullable<Put>): { entry: SetEntry; content: Uint8Array } {
  const isPlain = typeof put === "string" || put instanceof Uint8Array;
  const content = bytesOf(isPlain ? put : put.content);
  return { entry: { mode: isPlain ? "100644" : put.mode, sha: idOf("blob", content) }, content };
}

export type SmallSet = {
  manifest: Manifest;
  base: Map<string, SetEntry>;
  contents: Map<string, Uint8Array>;
  before: Map<string, Uint8Array>;
};

/** A set of one commit a step, and the base that it stands on. Files that the base has are not handed over. */
export function smallSet(base: Files, steps: readonly Files[], notes: Note[] = []): SmallSet {
  const entries = new Map<string, SetEntry>();
  const before = new Map<string, Uint8Array>();
  for (const [path, put] of Object.entries(base)) {
    if (put === null) continue;
    const { entry, content } = entryOf(put);
    entries.set(path, entry);
    before.set(path, content);
  }
  const known = new Set([...entries.values()].map(({ sha }) => sha));
  const contents = new Map<string, Uint8Array>();
  const commits = steps.map((files, at) => ({
    sha: idOf("commit", bytesOf(String(at))),
    tree: idOf("tree", bytesOf(String(at))),
    parents: [idOf("commit", bytesOf(String(at - 1)))],
    message: `step ${at}`,
    author: "An agent",
    paths: Object.entries(files).map(([path, put]) => {
      if (put === null) return { path, entry: null };
      const { entry, content } = entryOf(put);
      if (entry.mode !== "160000" && !known.has(entry.sha)) contents.set(entry.sha, content);
      return { path, entry };
    }),
  }));
  const manifest = manifestSchema.parse({
    version: CHANGE_SET_VERSION,
    base: idOf("commit", bytesOf("-1")),
    baseTree: idOf("tree", bytesOf("-1")),
    tree: commits.at(-1)?.tree ?? idOf("tree", bytesOf("-1")),
    commits,
    parts: [],
    blobs: [...contents].map(([sha, { length }]) => ({ sha, size: length, part: 1, at: 0 })),
    heldBack: [],
    heldEntries: [],
    notes,
    otherLines: [],
  });
  return { manifest, base: entries, contents, before };
}

export function factsOf({ base }: Pick<SmallSet, "base">, more: Partial<JudgeFacts> = {}): JudgeFacts {
  const redactor = createRedactor([RUN_SECRET]);
  return {
    base,
    modules: new Set(),
    mayPushWorkflows: false,
    pushAnyway: new Set(),
    containsOwnSecret: redactor.containsOwnSecret,
    foreignSecrets: redactor.findTokenShapes,
    ...more,
  };
}

/** As Porter does it: one file after the other, then the answer. */
export function judgedSmallSet(set: SmallSet, more: Partial<JudgeFacts> = {}): Judgement {
  const facts = factsOf(set, more);
  const places = pathsOfSet(set.manifest, facts);
  const files = [...set.contents].map(([sha, content]) => ({ sha, content, before: set.before }));
  return judgeManifest(set.manifest, new Map(files.map((file) => [file.sha, judgeFile(places, file, facts)])), facts);
}
