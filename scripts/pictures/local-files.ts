import { globSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** The file of one of a local world's stores. */
export function openStoreFile(stateDir: string, store: string): DatabaseSync {
  const [file] = globSync(join(stateDir, "wrangler/v3", store, "*.sqlite")).filter(
    (path) => !path.endsWith("metadata.sqlite"),
  );
  if (file === undefined) throw new Error(`the run's ${store} was not found`);
  const opened = new DatabaseSync(file, { timeout: 10_000 });
  // Porter is refused what it writes while this connection holds the file: no longer than the write itself, without the
  // disk. The world is thrown away after its tests.
  opened.exec("PRAGMA synchronous = OFF");
  return opened;
}
