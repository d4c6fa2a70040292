import { keptJudgementSchema } from "@/lib/change-set-judgement";
import { readJson } from "@/lib/json";
import type { AppContext } from "@/server/context";
import type { ChangeSetRow } from "@/server/db/change-set-store";
import { AppError } from "@/server/errors";
import { GitHubError } from "@/server/github/port";
import { describeError } from "@/server/log";
import { judgedSet } from "./judged-set";

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
