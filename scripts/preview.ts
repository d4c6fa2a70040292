// `npm run preview`: the built Worker on workerd with a local database, as you configured it in .dev.vars. For a world
// with an emulated GitHub around it: `npm run demo`. Arguments go to `wrangler dev`.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { ensureBuilt } from "./build.ts";
import { ROOT } from "./checks/command.ts";
import { runStage } from "./stage.ts";

const STATE = ".porter/preview";

try {
  await ensureBuilt((line) => console.error(line));
  if (!existsSync(join(ROOT, ".dev.vars"))) {
    console.error("There is no .dev.vars, so Porter will answer 503 and say which variables it lacks.");
  }
  const migrated = await runStage("wrangler", ["d1", "migrations", "apply", "DB", "--local", "--persist-to", STATE]);
  const dev = ["dev", "--ip", "127.0.0.1", "--persist-to", STATE, "--test-scheduled", ...process.argv.slice(2)];
  process.exitCode = migrated === 0 ? await runStage("wrangler", dev) : migrated;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
