import {
  type BlobLocation,
  CHANGE_SET_LIMITS,
  CHANGE_SET_VERSION,
  type Manifest,
  manifestSchema,
  noteSchema,
  otherLineSchema,
  type SetCommit,
  type SetPart,
} from "../../../lib/change-set.ts";
import { UPLOAD_LIMITS } from "../../../lib/change-set-upload.ts";
import { heldBackSchema } from "../../../lib/held-back.ts";
import type { Redactor } from "../../../lib/redaction.ts";
import type { Git } from "../git/run-git.ts";
import { redactStrings } from "../redact-strings.ts";
import { type BaseTree, LINK_MODE } from "./base-tree.ts";
import type { CollectedWork } from "./collect-work.ts";
import { type Commit, parseCommit } from "./commit-object.ts";
import { otherLine } from "./notes.ts";
import type { ObjectReader } from "./object-reader.ts";
import { PartCutter } from "./part-cutter.ts";
import type { SeriesCommit } from "./series-plan.ts";
import { diffTrees, type TreePair } from "./tree-diff.ts";

export type PackInput = {
  work: CollectedWork;
  /** The commits as they were written, by id (`writeSeries`). */
  written: ReadonlyMap<string, string>;
  /** On the trusted repository. */
  git: Git;
  timeoutMs: number;
  objects: ObjectReader;
  /** A commit's text without the run's secrets. */
  textOf: (commit: SeriesCommit) => string;
  /** What is known of the run's secrets. */
  secrets: Pick<Redactor, "redact" | "containsOwnSecret">;
  /** Takes the parts by their numbers, before the manifest is there. */
  onPart: (part: SetPart, content: Buffer) => void;
};

/** `too_large`: no part was handed over; the work is what a bundle holds. */
export type Packed = { kind: "whole"; manifest: Manifest } | { kind: "too_large"; bytes: number; paths: number };

const LARGEST_COMMIT = 1024 * 1024;
const LONGEST_TEXT = 64 * 1024;
const LIMITS = CHANGE_SET_LIMITS;
/** With room for where each file lies. */
const LONGEST_MANIFEST = UPLOAD_LIMITS.manifestBytes - 2 * 1024 ** 2;

/**
 * Turns collected work into parts and a manifest. One part and one file are in memory at a time. Files that the base has
 * under another name are not handed over again.
 */
export async function packChangeSet(input: PackInput): Promise<Packed> {
  const { work, objects } = input;
  const { base } = work.filter;
  if (work.commits.length > LIMITS.commits) return { kind: "too_large", bytes: 0, paths: countPaths(work.commits) };
  const commits = await readCommits(input);
  const entries = commits.flatMap(({ paths }) => paths.flatMap(({ entry }) => entry ?? []));
  const fresh = freshBlobs(entries, base);
  let bytes = 0;
  for (const sha of fresh) bytes += (await objects.read(sha, -1))?.size ?? 0;
  const paths = countPaths(commits);
  if (bytes > LIMITS.totalBytes || paths > LIMITS.paths) return { kind: "too_large", bytes, paths };
  const heldEntries = await heldFiles(input, { bytes: LIMITS.totalBytes - bytes, files: LIMITS.paths - fresh.length });
  const held = freshBlobs(
    heldEntries.map(({ entry }) => entry),
    base,
  );
  const hide = (text: string): string => input.secrets.redact(text);
  const facts: Omit<Manifest, "parts" | "blobs"> = {
    version: CHANGE_SET_VERSION,
    base: base.commit,
    baseTree: base.tree,
    tree: commits.at(-1)?.tree ?? base.tree,
    commits,
    heldEntries,
    heldBack: redactStrings(work.heldBack.slice(0, LIMITS.heldBack), heldBackSchema, hide),
    notes: redactStrings(work.notes.slice(0, 100), noteSchema, hide),
    otherLines: redactStrings(work.others.slice(0, LIMITS.lines).map(otherLine), otherLineSchema, hide),
  };
  if (Buffer.byteLength(JSON.stringify(facts)) > LONGEST_MANIFEST) return { kind: "too_large", bytes, paths };
  const { locations, parts } = await handOver([...new Set([...fresh, ...held])], input);
  return { kind: "whole", manifest: manifestSchema.parse({ ...facts, parts, blobs: locations }) };
}

const countPaths = (commits: readonly { paths: readonly unknown[] }[]): number =>
  commits.reduce((sum, { paths }) => sum + paths.length, 0);

/** Contents that the base does not have. */
function freshBlobs(entries: readonly { mode: string; sha: string }[], base: BaseTree): string[] {
  const blobs = entries.filter(({ mode }) => mode !== LINK_MODE).map(({ sha }) => sha);
  return [...new Set(blobs)].filter((sha) => !base.hasBlob(sha));
}

/** What is held back and may still be wanted, as far as there is room: never what holds a secret of this run. */
async function heldFiles(
  { work, objects, secrets }: PackInput,
  room: { bytes: number; files: number },
): Promise<Manifest["heldEntries"]> {
  const kept: Manifest["heldEntries"] = [];
  let left = room.bytes;
  for (const { path, entry } of work.heldEntries) {
    if (kept.length === Math.min(LIMITS.heldEntries, room.files)) break;
    const blob = await objects.read(entry.sha, Math.min(left, LIMITS.fileBytes));
    if (!blob?.content || secrets.containsOwnSecret(path) || secrets.containsOwnSecret(blob.content)) continue;
    left -= blob.size;
    kept.push({ path, entry: asSetEntry(entry) });
  }
  return kept;
}

/** The files one after the other. */
async function handOver(
  shas: readonly string[],
  { objects, onPart }: PackInput,
): Promise<{ locations: BlobLocation[]; parts: SetPart[] }> {
  const locations: BlobLocation[] = [];
  const cutter = new PartCutter(onPart);
  for (const sha of shas) {
    const blob = await objects.read(sha, CHANGE_SET_LIMITS.fileBytes);
    if (blob === null || blob.content === null) throw new Error(`the file ${sha} is not there`);
    locations.push({ sha, size: blob.size, ...cutter.location });
    cutter.push(blob.content);
  }
  return { locations, parts: cutter.end() };
}

/** The commits as they were written: what each does to its first parent is read from both, so that nothing else is told. */
async function readCommits(input: PackInput): Promise<SetCommit[]> {
  const { work, written, git, objects, textOf, secrets, timeoutMs } = input;
  const read = async (sha: string): Promise<Commit> => {
    const object = await objects.read(sha, LARGEST_COMMIT);
    if (object === null || object.content === null) throw new Error(`the commit ${sha} is not there`);
    return parseCommit(sha, object.content);
  };
  // What is left of two commits may be one.
  const bySha = new Map(work.commits.map((commit) => [written.get(commit.id) ?? commit.id, commit]));
  const commits: { planned: SeriesCommit; commit: Commit; pair: TreePair }[] = [];
  for (const [sha, planned] of bySha) {
    const commit = await read(sha);
    const parent = await read(commit.parents[0] ?? work.filter.base.commit);
    commits.push({ planned, commit, pair: { from: parent.tree, to: commit.tree } });
  }
  const pairs = commits.map(({ pair }) => pair);
  const changes = await diffTrees(git, pairs, timeoutMs);
  return commits.map(({ planned, commit: { sha, tree, parents } }, at) => ({
    sha,
    tree,
    parents,
    message: textOf(planned).slice(0, LONGEST_TEXT),
    author: secrets.redact(planned.commit?.author ?? "").slice(0, 512),
    paths: (changes[at] ?? []).map(({ path, after }) => ({ path, entry: after === null ? null : asSetEntry(after) })),
  }));
}

/** git writes files of old repositories with other modes; a tree keeps only these. */
function asSetEntry({ mode, sha }: { mode: string; sha: string }): NonNullable<SetCommit["paths"][number]["entry"]> {
  const isKnown = mode === "100755" || mode === "120000" || mode === LINK_MODE;
  return { mode: isKnown ? mode : "100644", sha };
}
