import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT, type CheckResult } from "./command.ts";
import { sourceFiles } from "./tree.ts";

const TYPE = /^export\b(?:\W\w+)*?\W(?:type|interface|class|enum)\W(\w+)/gm;

/** Each exported type has a name of its own: of two with one name, an import says only by its path which is meant. */
export function checkTypeNames(): CheckResult {
  const files = new Map<string, string[]>();
  for (const path of sourceFiles())
    for (const [, name = ""] of readFileSync(join(ROOT, path), "utf8").matchAll(TYPE))
      files.set(name, [...(files.get(name) ?? []), path]);
  const lines = [...files]
    .filter(([, paths]) => new Set(paths).size > 1)
    .map(([name, paths]) => `${name} is exported by ${paths.join(", ")}: one type, or a name for each meaning`);
  return { ok: lines.length === 0, output: lines.sort().join("\n") };
}
