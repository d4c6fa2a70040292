// What may have become of a run's work, done to the files of a local world.
import type { WorkRefusal } from "../../lib/work-refusal.ts";
import { openStoreFile } from "./local-files.ts";

/** `branch`: where GitHub has it. `isDeleted`: its time is over. What is not named is not so. */
export type WorkState = { refusal?: WorkRefusal; branch?: string; isDeleted?: true };

/** Brings what a task's first run handed over into a state. */
export function setWork(stateDir: string, taskId: string, { refusal, branch, isDeleted }: WorkState): void {
  const rows = openStoreFile(stateDir, "d1/miniflare-D1DatabaseObject");
  rows
    .prepare(
      "UPDATE change_sets SET refusal = ?, written_branch = ?, written_head = ?, removed_at = ? WHERE task_id = ?",
    )
    .run(
      refusal === undefined ? null : JSON.stringify(refusal),
      branch ?? null,
      branch === undefined ? null : "0".repeat(40),
      isDeleted === true ? new Date().toISOString() : null,
      taskId,
    );
  rows.prepare("UPDATE task_attempts SET saved_branch = NULL WHERE task_id = ?").run(taskId);
}
