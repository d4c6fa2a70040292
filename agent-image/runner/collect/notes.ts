import type { Note, OtherLine } from "../../../lib/change-set.ts";
import { LARGEST_FILE_BYTES } from "../../../lib/held-back.ts";
import { type PathEntry, sameEntry } from "./base-tree.ts";
import { countConflicts } from "../../../lib/review/contents.ts";
import type { Rulebook } from "./hold-back.ts";
import { ignoredTarget } from "./ignored-imports.ts";
import type { WorkLine } from "./lines.ts";
import { artefactFolder, isLeftover } from "../../../lib/review/kept-out.ts";
import type { RepositoryAnswer } from "./reader-answers.ts";
import type { LineSize } from "./series-plan.ts";
import type { PathChange } from "./tree-diff.ts";

export type Sized = { line: WorkLine; size: LineSize };

export const otherLine = ({ line, size }: Sized): OtherLine => ({
  kind: line.kind,
  name: line.name.slice(0, 255),
  commits: line.steps.length,
  files: size.files,
  additions: size.additions,
  deletions: size.deletions,
});

/** What there is to say of the lines of work. */
export function linesNotes(
  middles: RepositoryAnswer["middles"],
  chosen: Sized | null,
  others: readonly Sized[],
): Note[] {
  const notes: Note[] = [];
  if (chosen !== null && chosen.line.kind !== "head") notes.push({ kind: "taken_from", line: otherLine(chosen) });
  if (chosen?.line.squashed) notes.push({ kind: "squashed", why: chosen.line.squashed, commits: chosen.line.commits });
  for (const of of middles) notes.push({ kind: "in_the_middle", of });
  for (const one of others) {
    if (one.line.relation === "none") notes.push({ kind: "unrelated_line", name: one.line.name.slice(0, 255) });
    else notes.push({ kind: "other_line", line: otherLine(one) });
  }
  return notes;
}

type FileFacts = { rules: Rulebook; held: ReadonlyMap<string, unknown>; ignored: readonly string[] };

const MOST_NAMED = 50;
const MOST_IMPORT_NOTES = 10;

/** What there is to say of the files of the line that is taken. */
export async function filesNotes(line: WorkLine | null, facts: FileFacts): Promise<Note[]> {
  if (line === null) return [];
  return [
    ...(await conflictNotes(line, facts)),
    ...rewrittenNotes(line, facts.rules),
    ...(await importNotes(line, facts)),
  ];
}

/** Files that have more conflicts than they had. */
async function conflictNotes(line: WorkLine, { rules, held }: FileFacts): Promise<Note[]> {
  const paths: string[] = [];
  for (const { path, before, after } of line.total) {
    const now = after === null || held.has(path) ? 0 : (rules.conflicts.get(after.sha) ?? 0);
    if (now > 0 && now > countConflicts(await contentOf(before, rules))) paths.push(path);
  }
  return paths.length === 0 ? [] : [{ kind: "conflict_markers", paths: paths.slice(0, MOST_NAMED) }];
}

/** Files that the agent's git committed otherwise, though nobody touched them. */
function rewrittenNotes(line: WorkLine, { base }: Rulebook): Note[] {
  const committed = line.steps.flatMap(({ commit, changes }) => (commit === null ? [] : changes));
  const isGits = ({ path, after }: PathChange): boolean =>
    base.rewritten.has(path) && base.isUntouched(path, after) && !sameEntry(after, base.entry(path));
  const paths = [...new Set(committed.filter(isGits).map(({ path }) => path))];
  return paths.length === 0
    ? []
    : [{ kind: "rewritten_by_git", paths: paths.slice(0, MOST_NAMED), count: paths.length }];
}

/** Files that now use what an ignore file keeps out: whoever takes the work lacks it. */
async function importNotes(line: WorkLine, { rules, held, ignored }: FileFacts): Promise<Note[]> {
  const made = ignored.filter((path) => artefactFolder(`${path}/`) === null && !isLeftover(path));
  const notes: Note[] = [];
  if (made.length === 0) return notes;
  for (const { path, before, after } of line.total) {
    if (after === null || held.has(path) || notes.length >= MOST_IMPORT_NOTES) continue;
    for (const imported of rules.imports.get(after.sha) ?? []) {
      const target = ignoredTarget(path, imported, made);
      if (target === null || (await contentOf(before, rules)).includes(imported)) continue;
      notes.push({ kind: "imports_ignored", path: target, by: path });
      break;
    }
  }
  return notes;
}

async function contentOf(entry: PathEntry, { objects }: Rulebook): Promise<Buffer> {
  const blob = entry === null ? null : await objects.read(entry.sha, LARGEST_FILE_BYTES);
  return blob?.content ?? Buffer.alloc(0);
}
