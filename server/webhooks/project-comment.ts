import { parseComment } from "@/lib/commands/parse";
import { mentionNames, namesOneOf } from "@/lib/mention-names";
import type { AppContext } from "@/server/context";
import type { NewDelivery, NewMention } from "@/server/db/delivery-store";
import { type IssueCommentEvent, projectIssueComment } from "@/server/github/webhook-payloads";
import { notedProjection, dueProjection, type Projection } from "./projection";

/** One value of a row stays under 1 MB (D1 takes 2 MB); GitHub's bodies are at most 65,536 characters. */
const MAX_TEXT = 200_000;

/**
 * `issue_comment`: commands are in new comments only. An edited one is never a command, a deleted one stops nothing
 * that runs, but what nobody admitted yet is dropped.
 */
export function projectComment(context: AppContext, payload: unknown, base: NewDelivery): Projection {
  const event = projectIssueComment(payload);
  const delivery: NewDelivery = {
    ...base,
    action: event.action,
    repositoryId: event.repository.id,
    issueNumber: event.issue.number,
    actorLogin: event.sender.login,
    installationId: event.installationId,
    commentId: event.comment.id,
  };
  const unheard = (outcome: string) => notedProjection({ ...delivery, facts: factsOfUnheard(context, event) }, outcome);
  if (event.action === "edited") return unheard("comment_edited");
  if (event.action === "deleted") return dueProjection(delivery, "comment_deleted");
  if (event.action !== "created") return notedProjection(delivery, "ignored");
  // Bots never trigger: a loop would spend money for ever. Nor does an App that writes in a person's name, Porter
  // among them: nobody knows whether that person meant it.
  if (event.sender.type !== "User") return notedProjection(delivery, "ignored_bot");
  if (event.viaAppId !== null) return unheard("ignored_app");
  const mentions = mentionsIn(context, event, delivery);
  if (mentions.length === 0) return unheard("no_command");
  return { delivery: { ...delivery, outcome: "mentions" }, mentions, outcome: "mentions" };
}

/** Of a comment that names Porter and is no command: what its author's list needs. Null for everybody's other talk. */
function factsOfUnheard(context: AppContext, { comment, sender, repository }: IssueCommentEvent): string | null {
  if (sender.type !== "User" || !namesOneOf(comment.body, mentionNames(context.env))) return null;
  return JSON.stringify({ actorId: sender.id, owner: repository.owner, name: repository.name });
}

const mentionsIn = (context: AppContext, event: IssueCommentEvent, delivery: NewDelivery): NewMention[] =>
  parseComment(event.comment.body, { mentions: mentionNames(context.env) }).map((command) => ({
    id: context.ids.uuid(),
    deliveryId: delivery.id,
    installationId: event.installationId,
    repositoryId: event.repository.id,
    repoOwner: event.repository.owner,
    repoName: event.repository.name,
    issueNumber: event.issue.number,
    issueTitle: event.issue.title.slice(0, 1024),
    issueBody: event.issue.body.slice(0, MAX_TEXT),
    issueAuthor: event.issue.author === null ? null : JSON.stringify(event.issue.author),
    isPullRequest: event.issue.isPullRequest,
    commentId: event.comment.id,
    commandIndex: command.index,
    command: JSON.stringify(command),
    actorId: event.sender.id,
    actorLogin: event.sender.login,
    status: "pending",
    dueAt: delivery.receivedAt,
    createdAt: delivery.receivedAt,
  }));
