import { heldBackSchema } from "@/lib/held-back";
import { z } from "zod";
import { judgeSet } from "./judge-set";
import { openChangeSet } from "./open-change-set";
import { keptJudgementSchema } from "@/lib/change-set-judgement";
import { readJson } from "@/lib/json";
import type { AppContext } from "@/server/context";
import type { ChangeSetRow } from "@/server/db/change-set-store";
import { AppError } from "@/server/errors";
import { GitHubError } from "@/server/github/port";
import { describeError } from "@/server/log";

/**
 * The set as it was judged; judged now if nobody has yet. Only one with a `judgement` may be written. The judgement that
 * was kept first counts. @throws GitHubError, BrokenSet
 */
export async function judgedSet(context: AppContext, row: ChangeSetRow): Promise<ChangeSetRow> {
  if (row.content !== "files" || row.judgement !== null || row.removedAt !== null) return row;
  const [task, attempt, set] = await Promise.all([
    context.db.tasks.get(row.taskId),
    context.db.attempts.get(row.taskId, row.attempt),
    openChangeSet(context, row),
  ]);
  if (task === null || attempt === null || set === null) return row;
  const judged = await judgeSet(context, { task, attempt, set });
  await context.db.changeSets.judged(
    row,
    judged.kind === "not_written"
      ? { content: "bundle", whyBundle: JSON.stringify(judged.why) }
      : {
          judgement: JSON.stringify(judged.judgement),
          heldBack: JSON.stringify([...heldBackOf(row), ...judged.heldBack]),
        },
    context.clock.now().toISOString(),
  );
  return (await context.db.changeSets.get(row)) ?? row;
}

/** What is not in a set, and why. */
const heldBackOf = ({ heldBack }: Pick<ChangeSetRow, "heldBack">) =>
  heldBack === null ? [] : readJson(z.array(heldBackSchema), heldBack);

/** In one answer; the others are named when the next set still has them. */
const MOST_PATHS = 500;

/**
 * What the machine has to leave out of its next set. The work is kept whatever comes of this: where GitHub will not tell
 * of the repository any more, nothing is asked of the machine, and nothing is written before it can be judged.
 * @throws AppError (unavailable) where GitHub may tell soon
 */
export async function judgeForMachine(context: AppContext, row: ChangeSetRow): Promise<string[]> {
  try {
    const { judgement } = await judgedSet(context, row);
    return judgement === null ? [] : readJson(keptJudgementSchema, judgement).leaveOut.slice(0, MOST_PATHS);
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    context.log.warn("change_set.not_judged", { taskId: row.taskId, set: row.number, error: describeError(error) });
    if (error.failure.kind === "lost") return [];
    throw new AppError("unavailable", "GitHub is away; send this again.", { cause: error });
  }
}
