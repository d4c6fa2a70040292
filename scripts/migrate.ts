// `npm run migrate` (local), `npm run migrate:remote` (production): the same files, applied by wrangler.
// `npm run migrate:new -- --name x`: drizzle-kit writes the next file from server/db/schema. More arguments go along.
import { runStage } from "./stage.ts";

const [mode, ...args] = process.argv.slice(2);
if (mode === "--new") process.exitCode = await runStage("drizzle-kit", ["generate", ...args]);
else if (mode === "--local" || mode === "--remote") {
  process.exitCode = await runStage("wrangler", ["d1", "migrations", "apply", "DB", mode, ...args]);
} else {
  console.error("Say where: --local, --remote, or --new to write a migration.");
  process.exitCode = 2;
}
