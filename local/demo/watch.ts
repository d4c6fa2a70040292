import { z } from "zod";
import type { TaskView } from "../../lib/task-view.ts";
import type { MachineRecord } from "../fly/machine-record.ts";
import type { CommentState, LocalPullState } from "../github/state.ts";
import type { World } from "../world/world.ts";
import type { PorterApi } from "./porter-api.ts";
import { tryJson } from "../../lib/json.ts";

/** What can be seen from outside at one moment: Porter's API, GitHub and Fly. */
export type Sight = {
  atMs: number;
  task: TaskView | null;
  /** Reactions of Porter's bot to the command's comment. */
  reactions: string[];
  /** The bot's comments on the issue, oldest first. */
  replies: CommentState[];
  labels: string[];
  /** Pull requests that the bot opened in the repository. */
  pulls: LocalPullState[];
  /** Machines of the task. */
  machines: MachineRecord[];
  /** Porter has answered GitHub's delivery of the command. */
  wasDelivered: boolean;
};

/** GitHub's delivery of a comment, as far as it is told from others. */
const commentEventSchema = z.object({ comment: z.object({ id: z.number() }) });

export type WatchedComment = { repo: string; issue: number; commentId: number };
type Look = { world: World; api: PorterApi; target: WatchedComment; before: Sight | null };

/** Looks once. The task is the newest of the person: a run has a world of its own. */
export async function pollOnce({ world, api, target, before }: Look): Promise<Sight> {
  const known = before?.task?.id;
  const [state, task] = await Promise.all([
    world.github.state(),
    known === undefined ? api.newestTask() : api.task(known),
  ]);
  const bot = `${world.github.app.slug}[bot]`;
  const command = state.comments.find((comment) => comment.id === target.commentId);
  const issue = state.issues.find((each) => each.repository === target.repo && each.number === target.issue);
  return {
    atMs: Date.now(),
    task,
    reactions: (command?.reactions ?? []).filter(({ login }) => login === bot).map(({ content }) => content),
    replies: state.comments.filter(
      (comment) => comment.repository === target.repo && comment.issue === target.issue && comment.login === bot,
    ),
    labels: issue?.labels ?? [],
    pulls: state.pulls.filter((pull) => pull.repository === target.repo && pull.login === bot),
    machines: world.fly.machines().filter((machine) => machine.config.metadata?.["porter_task"] === task?.id),
    wasDelivered: state.deliveries.some(
      (delivery) =>
        delivery.event === "issue_comment" &&
        tryJson(commentEventSchema, delivery.body)?.comment.id === target.commentId &&
        delivery.outcome.kind === "answered",
    ),
  };
}

/** When a machine of the run became `started`, by Fly's own event. */
export const machineStartedAt = (machines: MachineRecord[]): number | null =>
  machines[0]?.events.find((event) => event.type === "start" && event.status === "started")?.timestamp ?? null;
