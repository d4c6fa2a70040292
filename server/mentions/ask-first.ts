import type { Command } from "@/lib/commands/command";
import * as replies from "@/server/commands/replies";
import type { AppContext } from "@/server/context";
import type { MentionRow } from "@/server/db/mention-store";
import type { TaskRow } from "@/server/db/task-store";
import { startsBeside } from "./policy";
import { named, replyContext, say, type Answer } from "./say";

type Start = Extract<Command, { kind: "start" }>;
type Talk = Extract<Command, { kind: "talk" }>;

/** Tasks of the issue that wait or run, but for those of the same comment: its commands were written together. */
async function openBeside(context: AppContext, mention: MentionRow): Promise<TaskRow[]> {
  const { repositoryId, issueNumber, commentId } = mention;
  const open = await context.db.places.open({ repositoryId, issueNumber });
  return open.filter((task) => task.commentId !== commentId);
}

/** A command that would start work is asked back while something is open, unless nothing else can be meant; else null. */
export async function askFirst(
  context: AppContext,
  { mention, command }: { mention: MentionRow; command: Start },
): Promise<Answer | null> {
  const open = await openBeside(context, mention);
  if (startsBeside(command, open)) return null;
  return say(
    "asked",
    replies.askReply(
      open.map((task) => named(context, task)),
      { command, ...replyContext(context) },
    ),
  );
}

/** Words that are no work: answered, and nothing else is done. */
export async function answerTalk(
  context: AppContext,
  { mention, command }: { mention: MentionRow; command: Talk },
): Promise<Answer> {
  const words = replyContext(context);
  if (command.about === "verb") {
    const open = await openBeside(context, mention);
    if (open.length > 0)
      return say(
        "asked",
        replies.askReply(
          open.map((task) => named(context, task)),
          { command, ...words },
        ),
      );
  }
  return say("talk", replies.talkReply(command, words));
}
