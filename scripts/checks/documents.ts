import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { ROOT, type CheckResult } from "./command.ts";
import { filesUnder, ROOMS } from "./tree.ts";

const CITED_IN = ["README.md", "AGENTS.md", "CLAUDE.md", "CONTRIBUTING.md", "SECURITY.md"];
const LINK = /\]\(([^)#\s]+)(?:#[^)]*)?\)/g;
const TO_HEADING = /\]\(([^)#\s]*)#([^)\s]+)\)/g;
const HEADING = /^#+ (.+)$/gm;
const CODE = /`([^`\n]+)`/g;
const TOP_LEVEL = new Set([...ROOMS, "docs", "drizzle", ".ci", ".github"]);

/** `server/{db,github}/x.ts` → both paths. */
function alternatives(path: string): string[] {
  const braces = /^(.*?)\{([^}]+)\}(.*)$/.exec(path);
  if (braces === null) return [path];
  const [, before = "", inside = "", after = ""] = braces;
  return inside.split(",").flatMap((word) => alternatives(before + word + after));
}

/** Paths of this project that a document speaks of: relative links, and code spans that begin with one of its folders. */
function citedPaths(document: string, text: string): string[] {
  const links = [...text.matchAll(LINK)]
    .map((match) => match[1] ?? "")
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => normalize(join(dirname(document), target)));
  const spans = [...text.matchAll(CODE)]
    .map((match) => match[1] ?? "")
    .filter((span) => span.includes("/") && TOP_LEVEL.has(span.split("/")[0] ?? ""))
    .filter((span) => !/[\s*<>$…]/.test(span));
  return [...links, ...spans.flatMap(alternatives)];
}

/** Links to headings that are not there, of this page or another: a browser would show its beginning. */
function deadHeadings(document: string, text: string): string[] {
  return [...text.matchAll(TO_HEADING)].flatMap(([, target = "", heading = ""]) => {
    if (/^[a-z]+:/.test(target)) return [];
    const page = target === "" ? document : normalize(join(dirname(document), target));
    if (!page.endsWith(".md") || !existsSync(join(ROOT, page))) return [];
    const headings = readFileSync(join(ROOT, page), "utf8").matchAll(HEADING);
    const anchors = [...headings].map(([, words = ""]) =>
      words
        .toLowerCase()
        .replaceAll(/[^\w\- ]/g, "")
        .replaceAll(" ", "-"),
    );
    return anchors.includes(heading) ? [] : [`${page}#${heading}`];
  });
}

/** Every path and heading that README, AGENTS.md and docs/ cite is there. */
export function checkDocuments(): CheckResult {
  const pages = existsSync(join(ROOT, "docs")) ? filesUnder("docs") : [];
  const documents = [...CITED_IN, ...pages.filter((path) => path.endsWith(".md"))];
  const lines = documents.flatMap((document) => {
    if (!existsSync(join(ROOT, document))) return [`${document} is missing`];
    const text = readFileSync(join(ROOT, document), "utf8");
    return [
      ...citedPaths(document, text).filter((path) => !existsSync(join(ROOT, path))),
      ...deadHeadings(document, text),
    ].map((path) => `${document} speaks of ${path}, which is not there`);
  });
  return { ok: lines.length === 0, output: lines.join("\n") };
}
