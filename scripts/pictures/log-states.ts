// What may become of a stored log, done to the files of a local world.
import { openStoreFile } from "./local-files.ts";

/**
 * `expired`: deleted after its time. `lost`: deleted before it. `unreadable`: the store answers with an error.
 * `kept`: as it was before.
 */
export type LogFate = "expired" | "lost" | "unreadable" | "kept";

const DAY_MS = 86_400_000;

/** By task and attempt: Porter's own sweep forgets them when a log's time is over. */
const BLOCKS = new Map<string, string>();

/** Lets every sealed log of a task come to this; any fate may follow any other. */
export function setLogFate(stateDir: string, taskId: string, fate: LogFate): void {
  const ms = Date.now() + (fate === "expired" ? -3.5 : 30) * DAY_MS;
  const rows = openStoreFile(stateDir, "d1/miniflare-D1DatabaseObject");
  const sealed = rows
    .prepare("SELECT attempt, log_blocks FROM task_attempts WHERE task_id = ? AND log_sealed_at IS NOT NULL")
    .all(taskId);
  for (const { attempt, log_blocks: now } of sealed) {
    const key = `${taskId} ${String(attempt)}`;
    if (now !== "[]") BLOCKS.set(key, String(now));
    rows
      .prepare("UPDATE task_attempts SET log_expires_at = ?, log_blocks = ? WHERE task_id = ? AND attempt = ?")
      .run(new Date(ms).toISOString(), BLOCKS.get(key) ?? "[]", taskId, Number(attempt));
  }
  const objects = openStoreFile(stateDir, "r2/miniflare-R2BucketObject");
  const like = `%logs/${taskId}/%`;
  // Away is another name, and out of order what nobody can parse: both can be undone.
  objects
    .prepare(
      "UPDATE _mf_objects SET key = replace(key, 'away/', ''), checksums = replace(checksums, 'broken', '') WHERE key LIKE ?",
    )
    .run(like);
  if (fate === "unreadable")
    objects.prepare("UPDATE _mf_objects SET checksums = 'broken' || checksums WHERE key LIKE ?").run(like);
  if (fate === "expired" || fate === "lost")
    objects.prepare("UPDATE _mf_objects SET key = 'away/' || key WHERE key LIKE ?").run(like);
}
