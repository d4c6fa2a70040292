import { createHash } from "node:crypto";

export type ReviewUser = { id: number; login: string; type: string };
export type ReviewState = "APPROVED" | "CHANGES_REQUESTED" | "COMMENTED" | "DISMISSED";

export type LocalReview = {
  id: number;
  fullName: string;
  pull: number;
  user: ReviewUser;
  body: string;
  state: ReviewState;
  commitId: string;
  submittedAt: string;
};

export type ReviewComment = {
  id: number;
  reviewId: number;
  fullName: string;
  pull: number;
  user: ReviewUser;
  body: string;
  path: string;
  line: number;
  side: "LEFT" | "RIGHT";
  position: number;
  diffHunk: string;
  commitId: string;
  /** The comment that began the thread; null: this one. */
  inReplyTo: number | null;
  createdAt: string;
};

/** A conversation at a line: the comment that began it, and what was said below it. */
export type ReviewThread = { nodeId: string; comments: ReviewComment[]; resolvedBy: ReviewUser | null };

export const nodeIdOf = (kind: string, id: number): string => Buffer.from(`0:${kind}${id}`).toString("base64url");
const FIRST_ID = 3_000_001;

/** Reviews of pull requests with their threads. The emulator's know no lines, and everybody may write them. */
export class ReviewStore {
  readonly #reviews: LocalReview[] = [];
  readonly #comments: ReviewComment[] = [];
  readonly #resolved = new Map<number, ReviewUser>();

  add(review: Omit<LocalReview, "id">): LocalReview {
    const made = { ...review, id: FIRST_ID + this.#reviews.length };
    this.#reviews.push(made);
    return made;
  }

  addComment(comment: Omit<ReviewComment, "id">): ReviewComment {
    const made = { ...comment, id: FIRST_ID + 500_000 + this.#comments.length };
    this.#comments.push(made);
    return made;
  }

  of(fullName: string, pull: number): LocalReview[] {
    return this.#reviews.filter((review) => review.fullName === fullName && review.pull === pull);
  }

  commentsOf(fullName: string, pull: number): ReviewComment[] {
    return this.#comments.filter((comment) => comment.fullName === fullName && comment.pull === pull);
  }

  findReview(nodeId: string): LocalReview | undefined {
    return this.#reviews.find(({ id }) => nodeIdOf("PullRequestReview", id) === nodeId);
  }

  findComment(id: number): ReviewComment | undefined {
    return this.#comments.find((comment) => comment.id === id);
  }

  threadsOf(fullName: string, pull: number): ReviewThread[] {
    const all = this.commentsOf(fullName, pull);
    return all
      .filter(({ inReplyTo }) => inReplyTo === null)
      .map((first) => ({
        nodeId: threadIdOf(first.id),
        comments: [first, ...all.filter(({ inReplyTo }) => inReplyTo === first.id)],
        resolvedBy: this.#resolved.get(first.id) ?? null,
      }));
  }

  /** The thread of this node id, wherever it is. */
  findThread(nodeId: string): ReviewThread | undefined {
    const first = this.#comments.find(({ id, inReplyTo }) => inReplyTo === null && threadIdOf(id) === nodeId);
    return first && this.threadsOf(first.fullName, first.pull).find((thread) => thread.nodeId === nodeId);
  }

  resolve(thread: ReviewThread, user: ReviewUser): void {
    const [first] = thread.comments;
    if (first !== undefined) this.#resolved.set(first.id, user);
  }
}

/** No number can be read out of it, as out of GitHub's. */
const threadIdOf = (first: number): string =>
  `PRRT_${createHash("sha256").update(String(first)).digest("base64url").slice(0, 16)}`;
