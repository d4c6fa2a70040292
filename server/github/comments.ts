import type { z } from "zod";
import { orNull } from "@/server/github/errors";
import { apiPath } from "@/server/github/github-client";
import type { GitHubAnswer } from "@/server/github/github-client";
import type { GitHubRepository, IssueComment } from "@/server/github/port";
import { inRepository } from "@/server/github/repository-calls";
import type { RepositoryCalls } from "@/server/github/repository-calls";
import { commentSchema } from "@/server/github/schemas";

const PER_PAGE = 100;
/** The newest 1,000 comments are enough to find one that Porter made for a running task. */
const MAX_PAGES = 10;
const commentsSchema = commentSchema.array();

const toComment = (comment: z.infer<typeof commentSchema>): IssueComment => ({
  id: comment.id,
  body: comment.body ?? "",
  // A deleted account leaves no user.
  authorLogin: comment.user?.login ?? "ghost",
  authorId: comment.user?.id ?? 0,
  viaAppId: comment.performed_via_github_app?.id ?? null,
});

/** Number of the last page; 1 when the answer is the only one. */
function lastPage(answer: GitHubAnswer): number {
  const link = /<([^>]+)>;\s*rel="last"/.exec(String(answer.headers["link"] ?? ""))?.[1];
  const page = Number(link === undefined ? 1 : URL.parse(link)?.searchParams.get("page"));
  return Number.isSafeInteger(page) && page > 0 ? page : 1;
}

export type CommentCalls = Pick<
  GitHubRepository,
  "reactToComment" | "createComment" | "updateComment" | "getComment" | "deleteComment" | "ownComments"
>;

export function createComments(calls: RepositoryCalls): CommentCalls {
  const { client, app } = calls;
  /** People cannot have brackets in their login, so nobody can pose as the bot. */
  const isOwn = (comment: IssueComment) =>
    comment.viaAppId === app.appId || comment.authorLogin.toLowerCase() === `${app.appSlug}[bot]`.toLowerCase();

  async function page(issueNumber: number, number: number): Promise<{ comments: IssueComment[]; last: number }> {
    const call = inRepository(calls, apiPath`/issues/${issueNumber}/comments`, {
      query: { per_page: PER_PAGE, page: number },
    });
    const answer = await client.send(call);
    return { comments: client.read(commentsSchema, answer, call).map(toComment), last: lastPage(answer) };
  }

  return {
    async reactToComment(commentId, content) {
      await client.send(
        inRepository(calls, apiPath`/issues/comments/${commentId}/reactions`, { method: "POST", body: { content } }),
      );
    },
    async createComment(issueNumber, body) {
      const call = inRepository(calls, apiPath`/issues/${issueNumber}/comments`, { method: "POST", body: { body } });
      const { id, html_url: url } = await client.get(commentSchema, call);
      return { id, url };
    },
    async updateComment(commentId, body) {
      await client.send(
        inRepository(calls, apiPath`/issues/comments/${commentId}`, { method: "PATCH", body: { body } }),
      );
    },
    async getComment(commentId) {
      const comment = await orNull(
        client.get(commentSchema, inRepository(calls, apiPath`/issues/comments/${commentId}`)),
      );
      return comment && toComment(comment);
    },
    async deleteComment(commentId) {
      await orNull(client.send(inRepository(calls, apiPath`/issues/comments/${commentId}`, { method: "DELETE" })));
    },
    async ownComments(issueNumber, limit) {
      // GitHub lists an issue's comments oldest first and only so: the newest are on the last page.
      const first = await page(issueNumber, 1);
      const own: IssueComment[] = [];
      for (let number = first.last; number >= 1 && number > first.last - MAX_PAGES && own.length < limit; number -= 1) {
        const { comments } = number === 1 ? first : await page(issueNumber, number);
        own.push(...comments.toReversed().filter(isOwn));
      }
      return own.slice(0, limit);
    },
  };
}
