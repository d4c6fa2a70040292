import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { readJson } from "../../lib/json.ts";
import { ROOT } from "../checks/command.ts";
import type { Findings } from "./findings.ts";

const FILE = join(ROOT, "agent-image/sizes.json");
const MOST_GROWTH = 1.1;

const sizesSchema = z.record(z.string(), z.number().int());
export type Sizes = z.infer<typeof sizesSchema>;

/** Megabytes of a folder as they lie on a disk, without what is mounted in it. */
export const megabytesOf = (folder: string): number =>
  Number(execFileSync("du", ["-smx", folder], { encoding: "utf8" }).split("\t")[0]);

export const keptSizes = (): Sizes => readJson(sizesSchema, readFileSync(FILE, "utf8"));
export const keepSizes = (sizes: Sizes): void => writeFileSync(FILE, `${JSON.stringify(sizes, null, 2)}\n`);

/** Compares what was measured with what is kept: an image that grows is pulled for longer, before every run. */
export function compareSizes(kept: Sizes, measured: Sizes, findings: Findings): void {
  for (const [part, size] of Object.entries(measured)) {
    const before = kept[part];
    const words = `${part}: ${size} MB`;
    if (before === undefined) findings.wrong(`${words}, and no size is kept for it`);
    else if (size > before * MOST_GROWTH) findings.wrong(`${words}, grown by more than a tenth from ${before}`);
    else findings.good(`${words} (kept: ${before})`);
  }
}
