import type { AppContext } from "@/server/context";
import { GitHubError, type GitHubRepository } from "@/server/github/port";

/**
 * GitHub takes 80 content-creating calls a minute and 500 an hour of an installation (faults.md). A bucket that holds
 * half of it and gets the other half back in the window never lets more through, wherever the window begins.
 */
const MINUTE = { capacity: 40, refill: 40, perMs: 60_000 } as const;
const HOUR = { capacity: 250, refill: 250, perMs: 3_600_000 } as const;
/** What can wait leaves so much for what cannot. */
const SPARE = { minute: 20, hour: 60 } as const;
/**
 * What one person sets off gets so much of it at most, so that the rest is always there for what others set off: both
 * fill at the same time, and who has used up their own never holds up anybody else's answer. What can wait leaves part
 * of a share, too: else it would hold up its own person's answers.
 */
const SHARE = {
  minute: { ...MINUTE, capacity: 30, refill: 30 },
  hour: { ...HOUR, capacity: 210, refill: 210 },
} as const;
const SPARE_OF_SHARE = { minute: 10, hour: 40 } as const;
const NONE = { minute: 0, hour: 0 } as const;

/** `needed`: an answer, a result, a pull request. `spare`: progress, labels, reactions; put off first. */
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
  const take = async (value: WriteValue, cost = 1): Promise<void> => {
    const nowMs = context.clock.now().getTime();
    const [reserve, ofShare] = value === "spare" ? [SPARE, SPARE_OF_SHARE] : [NONE, NONE];
    if (userId !== null) {
      const waitMs = await context.db.budgets.take({
        installationId,
        userId,
        cost,
        nowMs,
        minute: { ...SHARE.minute, reserve: ofShare.minute },
        hour: { ...SHARE.hour, reserve: ofShare.hour },
      });
      if (waitMs !== null) throw new OverBudget(waitMs);
    }
    const waitMs = await context.db.budgets.take({
      installationId,
      userId: null,
      cost,
      nowMs,
      minute: { ...MINUTE, reserve: reserve.minute },
      hour: { ...HOUR, reserve: reserve.hour },
    });
    if (waitMs === null) return;
    if (userId !== null) await context.db.budgets.giveBack({ installationId, userId, cost });
    throw new OverBudget(waitMs);
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
    async createPullRequest(request) {
      await take("needed");
      return repository.createPullRequest(request);
    },
  };
}
