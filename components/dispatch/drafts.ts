import type { IssueReference } from "./issue-reference";
import type { TaskChoice } from "./task-choice";

/** Of this page alone: words that were not sent are nobody else's. */
const drafts = new Map<string, TaskChoice>();

const keyOf = ({ owner, name, number }: IssueReference): string => `${owner}/${name}#${number}`.toLowerCase();

/** What was written for an issue and not sent: a window that is closed by accident loses nothing. */
export const draftFor = (issue: IssueReference): TaskChoice | null => drafts.get(keyOf(issue)) ?? null;

/** null: it was sent. */
export function keepDraft(issue: IssueReference, choice: TaskChoice | null): void {
  if (choice === null) drafts.delete(keyOf(issue));
  else drafts.set(keyOf(issue), choice);
}
