import { type HeldBack, type HoldReason, LARGEST_FILE_BYTES } from "../../../lib/held-back.ts";
import { countConflicts, hasPrivateKey, isLfsPointer } from "../../../lib/review/contents.ts";
import { isWorkflowPath } from "../../../lib/review/workflow-paths.ts";
import { type BaseTree, LINK_MODE } from "./base-tree.ts";
import { importsIn } from "./ignored-imports.ts";
import type { WorkLine } from "./lines.ts";
import type { ObjectReader } from "./object-reader.ts";
import { isEnvFile, isKeyName, isLeftover } from "../../../lib/review/kept-out.ts";
import type { PathChange } from "./tree-diff.ts";

/** What else decides: facts that git or the run's secrets have to tell. */
export type Rulebook = {
  base: BaseTree;
  objects: ObjectReader;
  containsOwnSecret: (text: string | Uint8Array) => boolean;
  /** Files of tools' folders that an ignore file names were added by force. */
  isIgnored: (path: string) => boolean;
  /** The filter that attributes give a path: the base's and the work tree's. */
  filters: { base: ReadonlyMap<string, string>; now: ReadonlyMap<string, string> };
  /** Links to other repositories that `.gitmodules` names. */
  modules: ReadonlySet<string>;
  mayPushWorkflows: boolean;
  /** Filled by the way: how many conflicts files have and what they import, by their blobs. */
  conflicts: Map<string, number>;
  imports: Map<string, string[]>;
};

/** Filters whose files are unreadable for everybody else when they are pushed as they are. */
const ENCRYPTING = new Set(["git-crypt", "crypt", "transcrypt"]);

/**
 * Decides for each path that any line of work changes whether it stays out of all of its commits. A path is judged by
 * everything that it was on the way, so that nothing stays in an earlier commit.
 */
export async function holdBack(lines: readonly WorkLine[], rules: Rulebook): Promise<Map<string, HoldReason>> {
  const held = new Map<string, HoldReason>();
  const judged = new Set<string>();
  const blobs = new Map<string, HoldReason | null>();
  for (const change of lines.flatMap(({ steps, total }) => [...steps.flatMap(({ changes }) => changes), ...total])) {
    const { path, after } = change;
    const key = `${after?.mode} ${after?.sha} ${path}`;
    if (held.has(path) || judged.has(key)) continue;
    judged.add(key);
    const reason = byPath(change, rules) ?? (await byContent(change, rules, blobs));
    if (reason !== null) held.set(path, reason);
  }
  return held;
}

function byPath(change: PathChange, rules: Rulebook): HoldReason | null {
  const { path, after, isText } = change;
  const { base } = rules;
  if (!isText) return { kind: "name" };
  if (!rules.mayPushWorkflows && isWorkflowPath(path)) return { kind: "workflow" };
  if (after === null || base.isUntouched(path, after)) return null;
  if (rules.containsOwnSecret(path)) return { kind: "own_secret" };
  if (after.mode === LINK_MODE) return rules.modules.has(path) ? null : { kind: "link_to_repository" };
  if (base.entry(path) !== null) return null;
  if (isEnvFile(path)) return { kind: "env_file" };
  if (isKeyName(path) && !base.hasBlob(after.sha)) return { kind: "private_key" };
  if (base.newArtefactFolder(path) !== null && !rules.isIgnored(path)) return { kind: "artefacts", files: 1 };
  return isLeftover(path) && !rules.isIgnored(path) ? { kind: "leftover" } : null;
}

async function byContent(
  { path, after }: PathChange,
  rules: Rulebook,
  known: Map<string, HoldReason | null>,
): Promise<HoldReason | null> {
  const { base, filters } = rules;
  if (after === null || after.mode === LINK_MODE || base.hasBlob(after.sha)) return null;
  const inBase = filters.base.get(path);
  const now = filters.now.get(path);
  if (inBase === "lfs" || now === "lfs") return { kind: "lfs" };
  if (inBase !== undefined) return { kind: "filter", name: inBase.slice(0, 100) };
  if (now !== undefined && ENCRYPTING.has(now)) return { kind: "filter", name: now };
  const before = known.get(after.sha);
  if (before !== undefined) return before;
  const reason = await judgeBlob(after.sha, rules, base.entry(path)?.sha ?? null);
  known.set(after.sha, reason);
  return reason;
}

async function judgeBlob(sha: string, rules: Rulebook, inBase: string | null): Promise<HoldReason | null> {
  const blob = await rules.objects.read(sha, LARGEST_FILE_BYTES);
  if (blob === null) throw new Error(`the file ${sha} is not there`);
  if (blob.content === null) return { kind: "too_large", bytes: blob.size };
  if (rules.containsOwnSecret(blob.content)) return { kind: "own_secret" };
  rules.conflicts.set(sha, countConflicts(blob.content));
  rules.imports.set(sha, importsIn(blob.content));
  if (isLfsPointer(blob.content)) return { kind: "lfs" };
  if (!hasPrivateKey(blob.content)) return null;
  const old = inBase === null ? null : await rules.objects.read(inBase, LARGEST_FILE_BYTES);
  return old?.content && hasPrivateKey(old.content) ? null : { kind: "private_key" };
}

/** What the end of a line lacks, with the files of one tools' folder as one. */
export function heldOf(line: WorkLine, held: ReadonlyMap<string, HoldReason>, base: BaseTree): HeldBack[] {
  const folders = new Map<string, number>();
  const all: HeldBack[] = [];
  for (const { path, after } of line.total) {
    const reason = held.get(path);
    if (reason === undefined || base.isUntouched(path, after)) continue;
    const folder = reason.kind === "artefacts" ? base.newArtefactFolder(path) : null;
    if (folder === null) all.push({ path, reason });
    else folders.set(folder, (folders.get(folder) ?? 0) + 1);
  }
  return [...all, ...[...folders].map(([path, files]): HeldBack => ({ path, reason: { kind: "artefacts", files } }))];
}
