// `npm run migrate` (local), `npm run migrate:remote` (production): the same files, applied by wrangler.
// `npm run migrate:new -- --name x`: drizzle-kit writes the next file from server/db/schema. More arguments go along.
// Production is what `npm run setup` made; `-- --name x` chooses where it made several.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ROOT } from "./checks/command.ts";
import { runCommand, Usage } from "./operator-call.ts";
import { CONFIG_FILE } from "./setup/config.ts";
import { runStage } from "./stage.ts";

const INSTALLATIONS = join(".porter", "setup");

/** wrangler's configuration of the one installation; the id in wrangler.toml only holds the place. */
function installedConfig(args: string[]): string {
  const { name: wanted } = parseArgs({ args, options: { name: { type: "string" } } }).values;
  const folder = join(ROOT, INSTALLATIONS);
  const there = existsSync(folder) ? readdirSync(folder) : [];
  const names = there.filter((name) => existsSync(join(folder, name, CONFIG_FILE)));
  const [name, ...others] = names.filter((each) => wanted === undefined || each === wanted);
  if (name === undefined)
    throw new Usage(`There is no installation in ${INSTALLATIONS} to migrate: npm run setup makes one.`);
  if (others.length > 0) throw new Usage(`Say which: --name ${names.join(" or --name ")}.`);
  return join(INSTALLATIONS, name, CONFIG_FILE);
}

const [mode, ...args] = process.argv.slice(2);
const apply = (...where: string[]) => runStage("wrangler", ["d1", "migrations", "apply", "DB", ...where]);
await runCommand(async () => {
  if (mode === "--new") return runStage("drizzle-kit", ["generate", ...args]);
  if (mode === "--local") return apply("--local", ...args);
  if (mode === "--remote") return apply("--remote", "--config", installedConfig(args));
  throw new Usage("Say where: --local, --remote, or --new to write a migration.");
});
