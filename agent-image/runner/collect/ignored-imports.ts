import { dirname, join } from "node:path/posix";

const MOST_IMPORTS = 500;
/** "./x" in whatever language, `#include "x"`, and Python's `from .x import`. */
const IMPORT =
  /["'](\.{1,2}\/[^"'\n]{1,300})["']|^\s*#\s*include\s+"([^"\n]{1,300})"|^\s*from\s+(\.[\w.]{1,200})\s+import\b/gm;

/** What a file names beside itself, as paths relative to its folder. */
export function importsIn(content: Buffer): string[] {
  if (content.includes(0)) return [];
  const found = new Set<string>();
  for (const [, quoted, included, module] of content.toString("utf8").matchAll(IMPORT)) {
    found.add(quoted ?? included ?? asPath(module ?? ""));
    if (found.size === MOST_IMPORTS) break;
  }
  return [...found];
}

/** Python: one dot is the folder itself, each further one the folder above. */
function asPath(module: string): string {
  const dots = /^\.+/.exec(module)?.[0].length ?? 1;
  return `${"../".repeat(dots - 1)}./${module.slice(dots).replaceAll(".", "/")}`;
}

/** The ignored file, or folder of such, that an import of the file at `path` means; null: none. */
export function ignoredTarget(path: string, imported: string, ignored: readonly string[]): string | null {
  const target = join(dirname(path), imported);
  const stem = target.replace(/\.[^./]+$/, "");
  const found = ignored.find((entry) =>
    entry.endsWith("/")
      ? `${target}/`.startsWith(entry)
      : entry === target ||
        entry.startsWith(`${target}.`) ||
        entry.startsWith(`${target}/index.`) ||
        entry.replace(/\.[^./]+$/, "") === stem,
  );
  return found ?? null;
}
