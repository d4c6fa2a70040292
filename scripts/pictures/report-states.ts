// What may become of Porter's word on the issue, done to the files of a local world.
import { openStoreFile } from "./local-files.ts";

/** Lets a task's report have been given up for this reason, or (null) not. */
export function setUntold(stateDir: string, taskId: string, why: string | null): void {
  const rows = openStoreFile(stateDir, "d1/miniflare-D1DatabaseObject");
  rows.prepare("DELETE FROM obligations WHERE subject = ? AND kind = 'report'").run(taskId);
  if (why === null) return;
  rows
    .prepare("INSERT INTO obligations (subject, kind, tries, due_at, gave_up_reason) VALUES (?, 'report', 9, NULL, ?)")
    .run(taskId, why);
}
