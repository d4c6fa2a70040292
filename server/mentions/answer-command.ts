import type { ParsedMention } from "@/lib/commands/command";
import { DEFAULT_AGENT } from "@/lib/agents";
import {
  replyHelp,
  replyMistake,
  replyNothingTo,
  replyOnPullRequest,
  replyRetried,
  replyStatus,
  replyStopped,
} from "@/server/commands/replies";
import type { AppContext } from "@/server/context";
import type { MentionRow } from "@/server/db/mention-store";
import type { TaskRow } from "@/server/db/task-store";
import { retryAsNewTask, retryTask } from "@/server/tasks/retry";
import { stopTask } from "@/server/tasks/stop";
import { runUrl } from "@/server/tasks/urls";

/** What was done, the one reply (null: the tracking comment says it), and a task that should be looked at now. */
export type Answer = { outcome: string; reply: string | null; taskId: string | null };

/** Everything that is no start: verbs, mistakes, and commands on pull requests (rulings 13, 15, 16). */
export async function answerCommand(
  context: AppContext,
  input: { mention: MentionRow; command: ParsedMention },
): Promise<Answer> {
  const { mention, command } = input;
  if (mention.isPullRequest) return say("on_pull_request", replyOnPullRequest());
  switch (command.kind) {
    case "start":
    case "help":
      return say("help", replyHelp({ publicUrl: context.env.PUBLIC_URL }));
    case "mistake":
      return say(command.code, replyMistake(command));
    case "status":
      return say("status", await status(context, mention));
    case "stop":
      return stop(context, mention, command.taskId);
    case "retry":
      return retry(context, mention, command);
  }
}

const say = (outcome: string, reply: string): Answer => ({ outcome, reply, taskId: null });

async function status(context: AppContext, mention: MentionRow): Promise<string> {
  const tasks = await context.db.tasks.ofIssue(mention.repositoryId, mention.issueNumber, [
    "queued",
    "running",
    "success",
    "failed",
    "timed_out",
  ]);
  return replyStatus({
    tasks: tasks
      .slice(0, 10)
      .map((task) => ({
        id: task.id,
        status: task.status,
        phase: task.phase,
        agent: task.agent,
        requesterLogin: task.createdBy,
        runUrl: runUrl(context, task.id),
        prUrl: task.prUrl,
      })),
  });
}

/** Any writer may stop; without an id, every open task of the issue. */
async function stop(context: AppContext, mention: MentionRow, taskId: string | null): Promise<Answer> {
  const open = await context.db.tasks.ofIssue(mention.repositoryId, mention.issueNumber, ["queued", "running"]);
  const wanted = open.filter((task) => (taskId === null ? task.createdAt <= mention.createdAt : task.id === taskId));
  if (wanted.length === 0) return say("nothing_to_stop", replyNothingTo("stop"));
  for (const task of wanted) await stopTask(context, task, { reason: "stopped_by_user", by: mention.actorLogin });
  return {
    outcome: "stopped",
    reply: replyStopped({ count: wanted.length, by: mention.actorLogin }),
    taskId: wanted[0]?.id ?? null,
  };
}

/** Without an id: the newest ended task of the issue. A retry spends the retrier's keys (rulings 5). */
async function retry(
  context: AppContext,
  mention: MentionRow,
  command: Extract<ParsedMention, { kind: "retry" }>,
): Promise<Answer> {
  const ended = await context.db.tasks.ofIssue(mention.repositoryId, mention.issueNumber, ["failed", "timed_out"]);
  const task = ended.find((candidate) => command.taskId === null || candidate.id === command.taskId);
  if (task === undefined) return say("nothing_to_retry", replyNothingTo("retry"));
  const isSame =
    task.userId === mention.actorId &&
    (command.agent === null || command.agent === task.agent) &&
    command.instructions === "";
  if (isSame) {
    await retryTask(context, task, { by: mention.actorLogin });
    return {
      outcome: "retried",
      reply: replyRetried({ runUrl: runUrl(context, task.id), isNewTask: false, by: mention.actorLogin }),
      taskId: task.id,
    };
  }
  const id = await retryForSomebody(context, { mention, command, task });
  return {
    outcome: "retried_as_new_task",
    reply: replyRetried({ runUrl: runUrl(context, id), isNewTask: true, by: mention.actorLogin }),
    taskId: id,
  };
}

function retryForSomebody(
  context: AppContext,
  input: { mention: MentionRow; command: Extract<ParsedMention, { kind: "retry" }>; task: TaskRow },
): Promise<string> {
  const { mention, command, task } = input;
  const agent = command.agent ?? task.agent ?? DEFAULT_AGENT;
  return retryAsNewTask(context, task, {
    userId: mention.actorId,
    login: mention.actorLogin,
    agent,
    model: command.model ?? (agent === task.agent ? task.model : null),
    prompt: task.prompt,
    instructions: command.instructions === "" ? task.instructions : command.instructions,
    mentionId: mention.id,
    commentId: mention.commentId,
  });
}
