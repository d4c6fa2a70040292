// First-load JavaScript of each page, from the build's own lists: every script that the page's HTML names, as gzip
// (level 9). Fails when a page is over its budget. `npm run bench -- weights` after a build; the e2e stage runs it, too.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { z } from "zod";
import { ROOT } from "../scripts/checks/command.ts";
import { readJson } from "../lib/json.ts";

const NEXT = join(ROOT, ".next");

/** Bytes of our own on top of what React and Next bring to every page. */
const BUDGETS: Record<string, number> = {
  "/page": 10_000,
  "/(work)/tasks/page": 37_000,
  "/(work)/tasks/[id]/page": 72_000,
  "/(work)/history/page": 33_700,
};

const manifestSchema = z.object({ rootMainFiles: z.array(z.string()) });

const sizes = new Map<string, number>();
function sizeOf(file: string): number {
  const known = sizes.get(file);
  if (known !== undefined) return known;
  const size = gzipSync(readFileSync(join(NEXT, file)), { level: 9 }).byteLength;
  sizes.set(file, size);
  return size;
}
const sum = (files: Iterable<string>): number => [...files].reduce((total, file) => total + sizeOf(file), 0);

/** Scripts that a page's tree names; parts that load later stand in no page's list. */
const scriptsOf = (page: string): Set<string> => {
  const text = readFileSync(join(NEXT, "server", "app", `${page}_client-reference-manifest.js`), "utf8");
  return new Set(text.match(/static\/chunks\/[\w.~-]+\.js/g) ?? []);
};

export type Weight = { page: string; ownBytes: number; totalBytes: number; budgetBytes: number };

/** Weighs every page that has a budget. `floorBytes`: what an empty page of this Next and React weighs. */
export function weighPages(): { floorBytes: number; pages: Weight[] } {
  const { rootMainFiles } = readJson(manifestSchema, readFileSync(join(NEXT, "build-manifest.json"), "utf8"));
  const floorBytes = sum(rootMainFiles);
  const pages = Object.entries(BUDGETS).map(([page, budgetBytes]) => {
    const ownBytes = sum([...scriptsOf(page)].filter((file) => !rootMainFiles.includes(file)));
    return { page, ownBytes, totalBytes: floorBytes + ownBytes, budgetBytes };
  });
  return { floorBytes, pages };
}

const kB = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`;

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const { floorBytes, pages } = weighPages();
  console.log(`React and Next: ${kB(floorBytes)}`);
  for (const { page, ownBytes, totalBytes, budgetBytes } of pages) {
    const mark = ownBytes <= budgetBytes ? "✓" : "✗";
    console.log(`${mark} ${page.padEnd(26)} ours ${kB(ownBytes)} of ${kB(budgetBytes)}, in all ${kB(totalBytes)}`);
  }
  process.exitCode = pages.every(({ ownBytes, budgetBytes }) => ownBytes <= budgetBytes) ? 0 : 1;
}
