import type { AppContext } from "@/server/context";
import type { OutcomePatch } from "@/server/db/task-store";
import { waitsForClick } from "@/server/repositories/settings";
import type { Settlement } from "../settlement";
import { figuresOf } from "./figures";
import { mayWrite } from "./may-write";
import { keepRefusal, writeSetToBranch } from "./write-set-to-branch";

/**
 * Saves what a run left that did not end well: on its branch of unfinished work, or on the branch where it was begun to
 * be written. What cannot be written, or may not be now, stays kept.
 */
export async function saveSet(context: AppContext, settlement: Settlement): Promise<OutcomePatch | "later"> {
  const { task, attempt, completion } = settlement;
  if (completion.outcome !== "partial" && completion.outcome !== "changed") return {};
  const set = await context.db.changeSets.newestWhole(task.id, attempt.attempt);
  if (set === null) return {};
  const kept = { commits: set.commits, filesChanged: set.files };
  // It stays kept for whoever may have it.
  if (!(await mayWrite(context, task))) return kept;
  // Checks run on any branch, with the repository's secrets.
  if (set.writeProgress === null && (await waitsForClick(context, task))) {
    await keepRefusal(context, set, { kind: "waits_for_click" });
    return kept;
  }
  const branch = completion.outcome === "changed" ? attempt.branch : attempt.wipBranch;
  const placed = await writeSetToBranch(context, settlement, { set, branch });
  if (placed.is === "later") return "later";
  if (placed.is === "refused") return kept;
  const figures = await figuresOf(context, task, { set: placed.set, pull: null, head: placed.head.commit });
  return { ...figures, savedBranch: placed.branch };
}
