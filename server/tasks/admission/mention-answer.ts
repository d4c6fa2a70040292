import type * as replies from "@/server/replies/replies";
import type { AppContext } from "@/server/context";
import type { TaskRow } from "@/server/db/task-store";
import { runUrl } from "@/server/tasks/urls";

/** What was done, the one reply (null: the tracking comment says it), and a task that should be looked at now. */
export type MentionAnswer = { outcome: string; reply: string | null; taskId: string | null };

export const replyContext = (context: AppContext): replies.ReplyContext => ({
  publicUrl: context.env.PUBLIC_URL,
  mention: context.env.MENTION,
});

export const answerWith = (outcome: string, reply: string, taskId: string | null = null): MentionAnswer => ({
  outcome,
  reply,
  taskId,
});

export const taskMention = (context: AppContext, task: TaskRow): replies.TaskMention => ({
  id: task.id,
  agent: task.agent,
  runUrl: runUrl(context, task.id),
});
