import { createRedactor } from "@/lib/redaction";
import { commitText, harmlessCommitText, textOfAll } from "@/lib/review/commit-text";
import { trailersOf } from "@/lib/review/trailers";
import type { PlannedCommit } from "@/server/change-sets/plan-writing";
import type { AppContext } from "@/server/context";
import type { AttemptRow, TaskRow } from "@/server/db/task-store";
import { openIfReadable } from "../attempt/git-token";

/** The text of each commit. Where nobody knows the run's secrets any more, none of the agent's own words are used. */
export async function messagesFor(
  context: AppContext,
  { task, attempt }: { task: TaskRow; attempt: AttemptRow },
): Promise<(commit: Pick<PlannedCommit, "messages">) => string> {
  const handed = await openIfReadable(context, attempt);
  const redactor =
    handed === null ? null : createRedactor([handed.token, ...handed.earlierTokens, ...Object.values(handed.keys)]);
  const redact = (text: string): string => redactor?.redact(text) ?? "";
  const fallback = harmlessCommitText(task.issueTitle, (text) => text) || `Work on issue ${task.issueNumber}`;
  const trailers = trailersOf(task);
  return ({ messages }) =>
    commitText(textOfAll(messages.map((message) => harmlessCommitText(message, redact))), { fallback, trailers });
}
