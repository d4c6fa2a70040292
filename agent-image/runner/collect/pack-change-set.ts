import { createHash } from "node:crypto";
import {
  type BlobPlace,
  CHANGE_SET_LIMITS,
  CHANGE_SET_VERSION,
  type Manifest,
  manifestSchema,
  type SetCommit,
  type SetPart,
} from "../../../lib/change-set.ts";
import { LINK_MODE } from "./base-tree.ts";
import type { Work } from "./collect-work.ts";
import { parseCommit } from "./commit-object.ts";
import { otherLine } from "./notes.ts";
import type { ObjectReader } from "./object-reader.ts";
import type { PlannedCommit } from "./series-plan.ts";

export type PackInput = {
  work: Work;
  /** The commits as they were written, by id (`writeSeries`). */
  written: ReadonlyMap<string, string>;
  objects: ObjectReader;
  /** A commit's text without the run's secrets. */
  textOf: (commit: PlannedCommit) => string;
  /** Takes the parts by their numbers, before the manifest is there. */
  onPart: (part: SetPart, content: Buffer) => Promise<void>;
};

/** `too_large`: no part was handed over; the work is what a bundle holds. */
export type Packed = { kind: "whole"; manifest: Manifest } | { kind: "too_large"; bytes: number; paths: number };

const LARGEST_COMMIT = 1024 * 1024;
const LONGEST_TEXT = 64 * 1024;

/**
 * Turns collected work into parts and a manifest. One part and one file are in memory at a time. Files that the base has
 * under another name are not handed over again.
 */
export async function packChangeSet(input: PackInput): Promise<Packed> {
  const { work, objects } = input;
  const { base } = work.filter;
  const entries = work.commits.flatMap(({ paths }) => paths.flatMap(({ entry }) => entry ?? []));
  const blobs = [...new Set(entries.filter(({ mode }) => mode !== LINK_MODE).map(({ sha }) => sha))];
  const fresh = blobs.filter((sha) => !base.hasBlob(sha));
  let bytes = 0;
  for (const sha of fresh) bytes += (await objects.read(sha, -1))?.size ?? 0;
  const paths = work.commits.reduce((sum, commit) => sum + commit.paths.length, 0);
  const { totalBytes, paths: mostPaths, commits: mostCommits } = CHANGE_SET_LIMITS;
  if (bytes > totalBytes || paths > mostPaths || work.commits.length > mostCommits) {
    return { kind: "too_large", bytes, paths };
  }
  const { places, parts } = await handOver(fresh, input);
  const commits: SetCommit[] = [];
  for (const commit of work.commits) commits.push(await commitOf(commit, input));
  const manifest: Manifest = {
    version: CHANGE_SET_VERSION,
    base: base.commit,
    baseTree: base.tree,
    tree: commits.at(-1)?.tree ?? base.tree,
    commits,
    parts,
    blobs: places,
    heldBack: work.heldBack.slice(0, CHANGE_SET_LIMITS.heldBack),
    heldEntries: [],
    notes: work.notes.slice(0, 100),
    otherLines: work.others.slice(0, CHANGE_SET_LIMITS.lines).map(otherLine),
  };
  return { kind: "whole", manifest: manifestSchema.parse(manifest) };
}

/** The files one after the other, cut into parts where a part is full. */
async function handOver(
  shas: readonly string[],
  { objects, onPart }: PackInput,
): Promise<{ places: BlobPlace[]; parts: SetPart[] }> {
  const places: BlobPlace[] = [];
  const parts: SetPart[] = [];
  let held: Buffer[] = [];
  let size = 0;
  const close = async (): Promise<void> => {
    if (size === 0) return;
    const content = Buffer.concat(held);
    const sha256 = createHash("sha256").update(content).digest("hex");
    const part = { number: parts.length + 1, size, sha256 };
    parts.push(part);
    held = [];
    size = 0;
    await onPart(part, content);
  };
  for (const sha of shas) {
    const blob = await objects.read(sha, CHANGE_SET_LIMITS.fileBytes);
    if (blob === null || blob.content === null) throw new Error(`the file ${sha} is not there`);
    places.push({ sha, size: blob.size, part: parts.length + 1, at: size });
    for (let at = 0; at < blob.size;) {
      const piece = blob.content.subarray(at, at + CHANGE_SET_LIMITS.partBytes - size);
      held.push(piece);
      size += piece.length;
      at += piece.length;
      if (size === CHANGE_SET_LIMITS.partBytes) await close();
    }
  }
  await close();
  return { places, parts };
}

async function commitOf(commit: PlannedCommit, { written, objects, textOf }: PackInput): Promise<SetCommit> {
  const sha = written.get(commit.id) ?? commit.id;
  const object = await objects.read(sha, LARGEST_COMMIT);
  if (object === null || object.content === null) throw new Error(`the commit ${sha} is not there`);
  const { tree, parents } = parseCommit(sha, object.content);
  return {
    sha,
    tree,
    parents,
    message: textOf(commit).slice(0, LONGEST_TEXT),
    author: (commit.commit?.author ?? "").slice(0, 512),
    paths: commit.paths.map(({ path, entry }) => ({ path, entry: entry === null ? null : asSetEntry(entry) })),
  };
}

/** git writes files of old repositories with other modes; a tree keeps only these. */
function asSetEntry({ mode, sha }: { mode: string; sha: string }): NonNullable<SetCommit["paths"][number]["entry"]> {
  const isKnown = mode === "100755" || mode === "120000" || mode === LINK_MODE;
  return { mode: isKnown ? mode : "100644", sha };
}
