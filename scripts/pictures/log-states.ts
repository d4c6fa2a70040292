// What may become of a stored log, done to the files of a local world.
import { globSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/**
 * `expired`: deleted after its time. `lost`: deleted before it. `unreadable`: the store answers with an error.
 * `kept`: as it was before.
 */
export type LogFate = "expired" | "lost" | "unreadable" | "kept";

const DAY_MS = 86_400_000;

/** Lets every log of a task come to this; any fate may follow any other. */
export function setLogFate(stateDir: string, taskId: string, fate: LogFate): void {
  const ms = Date.now() + (fate === "expired" ? -3.5 : 30) * DAY_MS;
  open(stateDir, "d1/miniflare-D1DatabaseObject")
    .prepare("UPDATE task_attempts SET log_expires_at = ? WHERE task_id = ? AND log_sealed_at IS NOT NULL")
    .run(new Date(ms).toISOString(), taskId);
  const objects = open(stateDir, "r2/miniflare-R2BucketObject");
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

function open(stateDir: string, store: string): DatabaseSync {
  const [file] = globSync(join(stateDir, "wrangler/v3", store, "*.sqlite")).filter(
    (path) => !path.endsWith("metadata.sqlite"),
  );
  if (file === undefined) throw new Error(`the run's ${store} was not found`);
  return new DatabaseSync(file, { timeout: 10_000 });
}
