// `npm run migrate` (local), `npm run migrate:remote` (production): the same files, applied by wrangler.
// `npm run migrate:new -- --name x`: drizzle-kit writes the next file from server/db/schema. More arguments go along.
// `npm run migrate:recount` (with `-- --remote` in production): makes the figures of history anew of the tasks.
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

/** History's figures of the tasks, where they were lost or written by hand. */
const RECOUNT = `DELETE FROM ended_weeks; INSERT INTO ended_weeks (user_id, week, tasks)
  SELECT user_id, week, json_group_object(id, json(entry)) FROM ended_entries GROUP BY user_id, week;`;

const [mode, ...args] = process.argv.slice(2);
const apply = (...where: string[]) => runStage("wrangler", ["d1", "migrations", "apply", "DB", ...where]);
function recount(): Promise<number> {
  const isRemote = args.includes("--remote");
  const where = isRemote
    ? ["--remote", "--config", installedConfig(args.filter((one) => one !== "--remote"))]
    : ["--local"];
  return runStage("wrangler", ["d1", "execute", "DB", ...where, "--command", RECOUNT]);
}
await runCommand(async () => {
  if (mode === "--new") return runStage("drizzle-kit", ["generate", ...args]);
  if (mode === "--local") return apply("--local", ...args);
  if (mode === "--remote") return apply("--remote", "--config", installedConfig(args));
  if (mode === "--recount") return recount();
  throw new Usage("Say where: --local, --remote, or --new to write a migration.");
});
