import { heldBackSchema } from "@/lib/held-back";
import { readJson } from "@/lib/json";
import { z } from "zod";
import type { AppContext } from "@/server/context";
import type { ChangeSetRow } from "@/server/db/change-set-store";
import { judgeSet } from "./judge-set";
import { openChangeSet } from "./open-change-set";

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
