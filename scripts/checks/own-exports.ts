import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ROOT } from "./command.ts";

const ENDINGS = ["", ".ts", ".tsx", "/index.ts"];
const DEEPEST = 4;
const sources = new Map<string, string>();

/** The text of one of Porter's own modules as `from` (a path from the root) names it; null for a package. */
function sourceOf(from: string, module: string): { path: string; text: string } | null {
  if (!/^(?:@\/|\.)/.test(module)) return null;
  const base = module.startsWith("@/") ? join(ROOT, module.slice(2)) : join(ROOT, dirname(from), module);
  const path = ENDINGS.map((ending) => base + ending).find((file) => /\.tsx?$/.test(file) && existsSync(file));
  if (path === undefined) return null;
  const text = sources.get(path) ?? readFileSync(path, "utf8");
  sources.set(path, text);
  return { path: path.slice(ROOT.length + 1), text };
}

const escaped = (name: string): string => name.replaceAll("$", String.raw`\$`);

type Imported = { by: string; from: string; name: string };

/**
 * The text that `name` of a module of ours stands for, through whatever it is exported by again; null where it is no
 * text. `by`: the file that imports it, `from`: what the import says.
 */
export function exportedText({ by, from, name }: Imported, depth = 0): string | null {
  const source = name === "" || depth > DEEPEST ? null : sourceOf(by, from);
  if (source === null) return null;
  const { path, text } = source;
  const value = new RegExp(
    String.raw`\bconst ${escaped(name)}\b[^=\n]*=\s*(?:String\.raw)?(["'\`])((?:\\.|(?!\1)[^\\])*)\1`,
  );
  const said = value.exec(text)?.[2];
  if (said !== undefined) return said;
  const pattern = new RegExp(String.raw`\bconst ${escaped(name)}\b[^=\n]*=\s*/((?:\\.|[^/\\\n])+)/`).exec(text)?.[1];
  if (pattern !== undefined) return pattern;
  for (const [, list = "", again = ""] of text.matchAll(
    /\b(?:export|import)\s*\{([^}]*)\}\s*from\s*["']([^"']+)["']/g,
  )) {
    const named = list.split(",").map((one) => /^\s*(?:type\s+)?(\w+)(?:\s+as\s+(\w+))?\s*$/.exec(one));
    const own = named.find((one) => (one?.[2] ?? one?.[1]) === name)?.[1];
    const found = own === undefined ? null : exportedText({ by: path, from: again, name: own }, depth + 1);
    if (found !== null) return found;
  }
  for (const [, again = ""] of text.matchAll(/\bexport\s*\*\s*from\s*["']([^"']+)["']/g)) {
    const found = exportedText({ by: path, from: again, name }, depth + 1);
    if (found !== null) return found;
  }
  return null;
}
