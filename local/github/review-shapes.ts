import { nodeIdOf, type LocalReview, type ReviewComment } from "./review-store.ts";
import { simpleUser } from "./shapes.ts";
import type { Repository, GitHubWorld } from "./world.ts";

const associationOf = ({ owner }: Repository, { login }: { login: string }): string =>
  login === owner ? "OWNER" : "NONE";

/** A review as REST answers it. */
export function formatReview(world: GitHubWorld, repository: Repository, review: LocalReview): Record<string, unknown> {
  const web = `${world.url}/${repository.fullName}/pull/${review.pull}#pullrequestreview-${review.id}`;
  const pull = `${world.url}/repos/${repository.fullName}/pulls/${review.pull}`;
  return {
    id: review.id,
    node_id: nodeIdOf("PullRequestReview", review.id),
    user: simpleUser(world, review.user),
    body: review.body,
    state: review.state,
    html_url: web,
    pull_request_url: pull,
    author_association: associationOf(repository, review.user),
    _links: { html: { href: web }, pull_request: { href: pull } },
    submitted_at: review.submittedAt,
    commit_id: review.commitId,
  };
}

/** A comment at a line as REST answers it. */
export function formatReviewComment(
  world: GitHubWorld,
  repository: Repository,
  comment: ReviewComment,
): Record<string, unknown> {
  const api = `${world.url}/repos/${repository.fullName}/pulls`;
  const url = `${api}/comments/${comment.id}`;
  const web = `${world.url}/${repository.fullName}/pull/${comment.pull}#discussion_r${comment.id}`;
  const { side, line, position, inReplyTo } = comment;
  return {
    url,
    id: comment.id,
    node_id: nodeIdOf("PullRequestReviewComment", comment.id),
    pull_request_review_id: comment.reviewId,
    diff_hunk: comment.diffHunk,
    path: comment.path,
    position,
    original_position: position,
    commit_id: comment.commitId,
    original_commit_id: comment.commitId,
    ...(inReplyTo === null ? {} : { in_reply_to_id: inReplyTo }),
    user: simpleUser(world, comment.user),
    body: comment.body,
    created_at: comment.createdAt,
    updated_at: comment.createdAt,
    html_url: web,
    pull_request_url: `${api}/${comment.pull}`,
    author_association: associationOf(repository, comment.user),
    _links: { self: { href: url }, html: { href: web }, pull_request: { href: `${api}/${comment.pull}` } },
    start_line: null,
    original_start_line: null,
    start_side: null,
    line,
    original_line: line,
    side,
    subject_type: "line",
    reactions: {
      url: `${url}/reactions`,
      ...world.reactions.summary(`${repository.fullName}/pulls/comments/${comment.id}`),
    },
  };
}
