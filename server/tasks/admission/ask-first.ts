import { NO_FLAGS, type Command } from "@/lib/commands/command";
import { isAnswer } from "@/lib/commands/meaning";
import { isTerminal } from "@/lib/task";
import * as replies from "@/server/replies/replies";
import type { AppContext } from "@/server/context";
import type { MentionRow } from "@/server/db/mention-store";
import type { TaskRow } from "@/server/db/task-store";
import { type LastEnd, startsAfterRun, startsWhileOpen } from "./starts";
import { taskMention, replyContext, answerWith, type MentionAnswer } from "./mention-answer";

type Start = Extract<Command, { kind: "start" }>;
type Talk = Extract<Command, { kind: "talk" }>;

/** Tasks of the issue that wait or run, but for those of the same comment: its commands were written together. */
async function openBeside(context: AppContext, mention: MentionRow): Promise<TaskRow[]> {
  const { repositoryId, issueNumber, commentId } = mention;
  const open = await context.db.githubLocations.open({ repositoryId, issueNumber });
  return open.filter((task) => task.commentId !== commentId);
}

/** The newest run of the issue that has ended, but for those of the same comment. */
async function lastEnd(context: AppContext, { repositoryId, issueNumber, commentId }: MentionRow): Promise<LastEnd> {
  const newest = await context.db.tasks.lastEnds(repositoryId, issueNumber);
  return newest.find((task) => isTerminal(task.status) && task.commentId !== commentId) ?? null;
}

/**
 * A command that would start work is asked back while something is open, unless nothing else can be meant, and after a
 * run, where it may be a reply; else null.
 */
export async function askFirst(
  context: AppContext,
  { mention, command }: { mention: MentionRow; command: Start },
): Promise<MentionAnswer | null> {
  const open = await openBeside(context, mention);
  if (open.length === 0) {
    return startsAfterRun(command, await lastEnd(context, mention))
      ? null
      : answerWith("talk", replies.talkReply(command, replyContext(context)));
  }
  if (startsWhileOpen(command, open)) return null;
  return answerWith(
    "asked",
    replies.askReply(
      open.map((task) => taskMention(context, task)),
      { command, ...replyContext(context) },
    ),
  );
}

/** "Yes" and "no" after a run that ended with a question are its answer, and begin the next one; else null. */
export async function asAnswer(
  context: AppContext,
  { mention, command }: { mention: MentionRow; command: Command },
): Promise<Start | null> {
  if (command.kind !== "talk" || !isAnswer(command.instructions)) return null;
  if ((await openBeside(context, mention)).length > 0) return null;
  const last = await lastEnd(context, mention);
  if (last?.failureCode !== "agent_asks") return null;
  const { agent, instructions } = command;
  return { kind: "start", agent, ...NO_FLAGS, instructions, isForced: true };
}

/** Words that are no work: answered, and nothing else is done. */
export async function answerTalk(
  context: AppContext,
  { mention, command }: { mention: MentionRow; command: Talk },
): Promise<MentionAnswer> {
  const words = replyContext(context);
  if (command.about === "verb") {
    const open = await openBeside(context, mention);
    if (open.length > 0)
      return answerWith(
        "asked",
        replies.askReply(
          open.map((task) => taskMention(context, task)),
          { command, ...words },
        ),
      );
  }
  return answerWith("talk", replies.talkReply(command, words));
}
