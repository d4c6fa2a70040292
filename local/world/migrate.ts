import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { ProcessGuard } from "../processes/guard.ts";
import { ROOT } from "./root.ts";
import { startWrangler, type WranglerFolders } from "./wrangler.ts";

const TEMPLATES = join(ROOT, ".porter", "databases");

/** Names everything that the migrated database depends on. */
function stateOfSchema(): string {
  const hash = createHash("sha256");
  const migrations = readdirSync(join(ROOT, "drizzle"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
  for (const path of [...migrations, join(ROOT, "wrangler.toml"), join(ROOT, "node_modules/wrangler/package.json")])
    hash
      .update(`${path.slice(ROOT.length)}\0`)
      .update(readFileSync(path))
      .update("\0");
  return hash.digest("hex").slice(0, 32);
}

/** Applies the migrations to a D1 in `persistDir`, by the same command that production uses. Throws with wrangler's words. */
async function apply(options: WranglerFolders & { guard: ProcessGuard }): Promise<void> {
  const args = ["d1", "migrations", "apply", "DB", "--local", "--persist-to", options.persistDir];
  const run = await startWrangler(args, options);
  const { code } = await run.ended;
  await run.stop(0);
  if (code !== 0) throw new Error(`the migrations were not applied:\n${run.tail(20)}`);
}

/** The folder of a migrated D1 to copy from, made where these migrations are seen for the first time here. */
export async function migratedTemplate(
  options: Omit<WranglerFolders, "persistDir"> & { guard: ProcessGuard },
): Promise<string> {
  const template = join(TEMPLATES, stateOfSchema());
  if (existsSync(template)) return template;
  const making = `${template}-${process.pid}-${Date.now()}`;
  mkdirSync(making, { recursive: true });
  try {
    await apply({ ...options, persistDir: making });
    rmSync(template, { recursive: true, force: true });
    renameSync(making, template);
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
  return template;
}

/** Gives the run its own migrated D1. */
export async function migrateDatabase(options: WranglerFolders & { guard: ProcessGuard }): Promise<void> {
  cpSync(await migratedTemplate(options), options.persistDir, { recursive: true });
}
