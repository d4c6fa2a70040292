import type { AppContext } from "@/server/context";
import { GitHubError, type GitHubRepository } from "@/server/github/port";
import { type Amount, HOUR, leftAfterWrite, MINUTE, OF_LATE } from "./shares";

const NOTHING: Amount = { minute: 0, hour: 0 };

/** `needed`: an answer, a result, a pull request. `spare`: progress, labels, reactions; postponed first. */
export type WriteValue = "needed" | "spare";

/** Porter's own limit, not one that GitHub stated: only this write waits, not the installation. */
export class OverBudget extends GitHubError {
  readonly retryAfterMs: number;
  constructor(retryAfterMs: number) {
    super({ kind: "limited", retryAfterMs, message: "the installation's budget of writes is used up for now" });
    this.retryAfterMs = retryAfterMs;
  }
}

/**
 * The repository with every write counted, for the installation and for `userId`, whose command set it off. Throws
 * `OverBudget` before a write that has to wait.
 */
export function withinBudget(
  context: AppContext,
  input: { installationId: number; userId: number | null; commentEdits: WriteValue },
  repository: GitHubRepository,
): GitHubRepository {
  const { installationId, userId } = input;
  /** `used`: what the person has written lately; null: more than is counted. */
  const countFor = async (of: { installationId: number; userId: number; cost: number; nowMs: number }) => {
    const { minute, hour } = OF_LATE;
    const counted = await context.db.budgets.take({
      ...of,
      minute: { ...minute, reserve: 0 },
      hour: { ...hour, reserve: 0 },
    });
    if (!counted.taken) return { used: null };
    return { used: { minute: minute.capacity - counted.minuteLeft, hour: hour.capacity - counted.hourLeft } };
  };
  const take = async (value: WriteValue, cost = 1): Promise<void> => {
    const nowMs = context.clock.now().getTime();
    const share = userId === null ? null : await countFor({ installationId, userId, cost, nowMs });
    const reserve = leftAfterWrite(share === null ? NOTHING : share.used, value === "spare");
    const whole = await context.db.budgets.take({
      installationId,
      userId: null,
      cost,
      nowMs,
      minute: { ...MINUTE, reserve: reserve.minute },
      hour: { ...HOUR, reserve: reserve.hour },
    });
    if (whole.taken) return;
    if (userId !== null && share?.used != null) await context.db.budgets.giveBack({ installationId, userId, cost });
    throw new OverBudget(whole.waitMs);
  };
  return {
    ...repository,
    async reactToComment(commentId, content) {
      await take("spare");
      return repository.reactToComment(commentId, content);
    },
    async setPorterLabel(issueNumber, label) {
      // The old one goes, the new one comes.
      await take("spare", 2);
      return repository.setPorterLabel(issueNumber, label);
    },
    async updateComment(commentId, body) {
      await take(input.commentEdits);
      return repository.updateComment(commentId, body);
    },
    async createComment(issueNumber, body) {
      await take("needed");
      return repository.createComment(issueNumber, body);
    },
    async deleteComment(commentId) {
      await take(input.commentEdits);
      return repository.deleteComment(commentId);
    },
    async createPullRequest(request) {
      await take("needed");
      return repository.createPullRequest(request);
    },
    async setPullRequestBody(number, body) {
      await take("needed");
      return repository.setPullRequestBody(number, body);
    },
    async makeDraft(number) {
      await take("needed");
      return repository.makeDraft(number);
    },
    async requestReview(number, login) {
      await take("spare");
      return repository.requestReview(number, login);
    },
  };
}
