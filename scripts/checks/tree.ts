import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./command.ts";

const FOLDERS = ["agent-image", "app", "bench", "components", "e2e", "lib", "local", "scripts", "server"];

/** Top-level folders that hold the project's own source. */
export const ROOMS = FOLDERS.filter((folder) => existsSync(join(ROOT, folder)));

const SKIPPED = new Set(["node_modules", "dist", "fixtures"]);

/** Paths of the project's files under `folder`, relative to the root, with `/`; generated and installed ones left out. */
export function filesUnder(folder: string): string[] {
  const found: string[] = [];
  for (const entry of readdirSync(join(ROOT, folder), { withFileTypes: true })) {
    if (SKIPPED.has(entry.name) || entry.name.startsWith(".")) continue;
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) found.push(...filesUnder(path));
    else found.push(path);
  }
  return found.sort();
}

/** Every TypeScript file of the rooms. */
export function sourceFiles(): string[] {
  return ROOMS.flatMap(filesUnder).filter((path) => /\.tsx?$/.test(path));
}
