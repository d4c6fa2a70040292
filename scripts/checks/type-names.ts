import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT, type CheckResult } from "./command.ts";
import { filesUnder, ROOMS } from "./tree.ts";

const COMMENT = /\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/[^\n]*/g;
/** A type that a file declares, exported or not. */
const DECLARED =
  /^(?:export[ \n]+)?(?:(?:default|declare|abstract|const)[ \n]+)*(?:type|interface|class|enum|namespace)[ \n]+([\w$]+)|^export[ \n]+import[ \n]+(?:type[ \n]+)?([\w$]+)[ \n]+=/gm;
const EXPORTED = /^export\b/;
/** `export type { One, Two as Three } from "./here"`, `export { type One }`. */
const LIST = /^export\W+?(type\W+?)?\{([^}]*)\}(\W*from\b)?/gm;
const ENTRY = /^(type[^\w$]+)?([\w$]+)(?:[^\w$]+as[^\w$]+([\w$]+)\W*)?$/;
/** `import type { One as Two }`: exported, it is a name of this file's making. */
const IMPORTED = /^import\b[^{;]*\{([^}]*)\}/gm;

/** The names of the types that a file gives a meaning: what it only passes on under the same name is the other's. */
function exportedTypes(source: string): string[] {
  const text = source.replaceAll(COMMENT, " ");
  const declared = [...text.matchAll(DECLARED)].map(([statement, name, aliased]) => ({
    statement,
    name: name ?? aliased ?? "",
  }));
  const renamedImports = [...text.matchAll(IMPORTED)].flatMap(([, entries = ""]) =>
    entries.split(",").flatMap((entry) => ENTRY.exec(entry.trim())?.[3] ?? []),
  );
  const own = new Set([...declared.map(({ name }) => name), ...renamedImports]);
  const listed = [...text.matchAll(LIST)].flatMap(([, all, entries = "", from]) =>
    entries.split(",").flatMap((entry) => {
      const [, one, name = "", renamed] = ENTRY.exec(entry.trim()) ?? [];
      if (all === undefined && one === undefined && !own.has(name)) return [];
      const isPassedOn = renamed === undefined && (from !== undefined || !own.has(name));
      return isPassedOn ? [] : [renamed ?? name];
    }),
  );
  return [...declared.filter(({ statement }) => EXPORTED.test(statement)).map(({ name }) => name), ...listed];
}

/** Each exported type has a name of its own: of two with one name, an import says only by its path which is meant. */
export function checkTypeNames(): CheckResult {
  const files = new Map<string, Set<string>>();
  for (const path of ROOMS.flatMap(filesUnder).filter((file) => /\.[cm]?tsx?$/.test(file)))
    for (const name of exportedTypes(readFileSync(join(ROOT, path), "utf8")))
      files.set(name, new Set([...(files.get(name) ?? []), path]));
  const lines = [...files]
    .filter(([, paths]) => paths.size > 1)
    .map(([name, paths]) => `${name} is exported by ${[...paths].join(", ")}: one type, or a name for each meaning`);
  return { ok: lines.length === 0, output: lines.sort().join("\n") };
}
