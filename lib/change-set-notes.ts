import type { Note, OtherLine } from "./change-set.ts";
import { shownPath } from "./held-back-words.ts";

const KINDS: Record<OtherLine["kind"], string> = {
  head: "what was checked out",
  branch: "the branch",
  tag: "the tag",
  worktree: "the work tree",
  stash: "the stash",
  detached: "the commit without a branch",
};
const MIDDLE: Record<Extract<Note, { kind: "in_the_middle" }>["of"], string> = {
  rebase: "a rebase",
  merge: "a merge",
  "cherry-pick": "a cherry-pick",
  revert: "a revert",
  am: "the applying of patches",
  bisect: "a bisect",
};
const SHOWN = 5;

const some = (paths: readonly string[], count = paths.length): string =>
  paths.slice(0, SHOWN).map(shownPath).join(", ") + (count > SHOWN ? ` and ${count - SHOWN} more` : "");
/** Another line of work: what it is called, and how much there is of it. */
export const lineWords = (line: OtherLine): string => `${nameOf(line)}: ${sizeOf(line)}`;

const nameOf = (line: OtherLine): string =>
  line.kind === "head" ? KINDS.head : `${KINDS[line.kind]} ${shownPath(line.name)}`;
const sizeOf = (line: OtherLine): string =>
  `${line.commits} commit(s), ${line.files} file(s), +${line.additions} −${line.deletions}`;

/** A note in one sentence for people. */
export function noteSentence(note: Note): string {
  switch (note.kind) {
    case "taken_from":
      return `The work was on ${nameOf(note.line)}, which was not what was checked out at the end.`;
    case "other_line":
      return `There is other work, which is not in here: ${nameOf(note.line)} (${sizeOf(note.line)}).`;
    case "unrelated_line":
      return `${shownPath(note.name)} has nothing in common with the base, so it is not in here.`;
    case "in_the_middle":
      return `The agent stopped in the middle of ${MIDDLE[note.of]}.`;
    case "conflict_markers":
      return `There are conflict markers in ${some(note.paths)}.`;
    case "rewritten_by_git":
      return `git would write ${some(note.paths, note.count)} differently (line endings or filters); they stay as they were.`;
    case "squashed":
      return `The agent ${note.why === "rewrote" ? "rewrote the history" : `made ${note.commits} commits`}, so its work is one commit here.`;
    case "imports_ignored":
      return `${shownPath(note.by)} uses ${shownPath(note.path)}, which .gitignore keeps out.`;
    case "files_only":
      return "The agent's repository could not be read, so its files are one commit here.";
  }
}

/** What nobody should merge without a look: the pull request is a draft. */
export const makesDraft = (note: Note): boolean => note.kind === "in_the_middle" || note.kind === "conflict_markers";
