import { afterFailure, type Failed, type Obligation, subjectOf } from "@/lib/obligations";
import type { AppContext } from "@/server/context";
import type { AttemptRow, TaskRow } from "@/server/db/task-store";
import { GitHubError } from "@/server/github/port";
import type { MachineError } from "@/server/machines/port";
import { failedAtGitHub } from "@/server/repositories/failed-at-github";
import type { AttemptKind } from "./owed";

/** What a hand works on: an attempt that owes something, and how that went before. */
export type DueObligation = { task: TaskRow; attempt: AttemptRow; row?: Obligation | undefined };

type Tried = { kind: AttemptKind; failed: Failed };

/** The row of what an attempt owes after a try that failed: due again later, or given up. */
export function obligationAfterTry(
  context: AppContext,
  { attempt, row }: Pick<DueObligation, "attempt" | "row">,
  { kind, failed }: Tried,
): Obligation {
  const before = { subject: subjectOf(attempt), kind, tries: row?.tries ?? 0 };
  const now = context.clock.now().getTime();
  return afterFailure(before, failed, { now, owedSince: Date.parse(attempt.endedAt ?? attempt.createdAt) });
}

export const postponeObligation = (
  context: AppContext,
  duty: Pick<DueObligation, "attempt" | "row">,
  tried: Tried,
): Promise<void> => context.db.obligations.put(obligationAfterTry(context, duty, tried));

/** A refused token will be refused again until its owner does something. */
const REFUSED_MS = 3600_000;

/** What GitHub's or Fly's answer means for the next try. */
export function failedOf(error: GitHubError | MachineError): Failed {
  if (error instanceof GitHubError) return failedAtGitHub(error);
  const { message, failure } = error;
  switch (failure.kind) {
    case "rate_limited":
      return { message, waitMs: failure.retryAfterMs };
    case "rejected":
      return { message, waitMs: REFUSED_MS };
    default:
      return { message };
  }
}
