import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, extname, join, normalize } from "node:path";
import { z } from "zod";
import { ADR, FOLDER, namesIn, npmScriptsIn, numberedRules, PATH } from "./citations.ts";
import { ROOT, type CheckResult } from "./command.ts";
import { ROOMS } from "./tree.ts";
import { readJson } from "../../lib/json.ts";

const packageSchema = z.object({ scripts: z.record(z.string(), z.string()) });

/** Where the invariants of the fault run have their numbers. */
const INVARIANTS = "server/testing/faults/violation.ts";

const SLASHES = /(?<=^|[\s;{}(),])(?:\/\*[\s\S]*?\*\/|\/\/[^\n]*)/gm;
const DASHES = /--[^\n]*/g;
const HASHES = /(?<=^|\s)#[^\n]*/gm;
/** What a comment begins with, by the end of the file's name. A page is read whole. */
const COMMENT: Record<string, RegExp> = {
  ".ts": SLASHES,
  ".tsx": SLASHES,
  ".mts": SLASHES,
  ".mjs": SLASHES,
  ".css": SLASHES,
  ".jsonc": SLASHES,
  ".sql": DASHES,
  ".toml": HASHES,
  ".sh": HASHES,
  Dockerfile: HASHES,
  ".yml": HASHES,
  ".yaml": HASHES,
  ".md": /[\s\S]+/g,
};
const kindOf = (path: string): string => extname(path) || basename(path);
/** Made by a tool, or the words of others. */
const NOT_OURS = /^drizzle\/|(?:^|\/)(?:fixtures|streams|generated)\/|^CHANGELOG\.md$/;

type Tree = {
  endings: Set<string>;
  folders: Set<string>;
  names: Set<string>;
  /** Commands of package.json. */
  scripts: Set<string>;
  invariants: Set<string>;
  decisions: Set<string>;
};

function readTree(files: string[], texts: Map<string, string>): Tree {
  const names = new Set<string>();
  for (const [path, text] of texts) {
    const comment = COMMENT[kindOf(path)];
    if (comment === undefined || path.endsWith(".md")) continue;
    for (const [name] of text.replace(comment, " ").matchAll(/[A-Za-z_$][\w$]*/g)) names.add(name);
  }
  // `tasks/stop.ts` names a file by its path's end.
  const endings = files.flatMap((file) => file.split("/").map((_, index, parts) => parts.slice(index).join("/")));
  // And files, with their ending and without.
  const folders = files.flatMap((file) => {
    const parts = file.split("/").map((_, index, all) => all.slice(0, index).join("/"));
    return [...parts, file, file.replace(/(?:\.test)?\.\w+$/, "")];
  });
  const numbers = [...(texts.get(INVARIANTS) ?? "").matchAll(/^ {2}(I\d+):/gm)].map((match) => match[1] ?? "");
  const decisions = files.flatMap((file) => /^docs\/adr\/(\d+)/.exec(file)?.[1] ?? []);
  return {
    endings: new Set(endings),
    folders: new Set(folders),
    names,
    scripts: new Set(Object.keys(readJson(packageSchema, readFileSync(join(ROOT, "package.json"), "utf8")).scripts)),
    invariants: new Set(numbers),
    decisions: new Set(decisions),
  };
}

/** A cited page is there, and so is the heading that is quoted after its name. */
function isThere(cited: RegExpMatchArray, path: string, tree: Tree): boolean {
  const [whole, heading] = cited;
  const file = heading === undefined ? whole : whole.slice(0, -heading.length - 3);
  const near = normalize(join(dirname(path), file));
  // JSON files that others read or write are called by a name alone.
  if (file.endsWith(".json") && !ROOMS.includes(file.split("/")[0] ?? "")) return true;
  // `.test.ts` names a kind of files.
  if (/^\.[^./]/.test(file)) return [...tree.endings].some((ending) => ending.endsWith(file));
  const found = tree.endings.has(file.replace(/^\.{0,2}\//, "")) || tree.endings.has(near);
  if (!found || heading === undefined || !file.endsWith(".md") || !existsSync(join(ROOT, file))) return found;
  return readFileSync(join(ROOT, file), "utf8")
    .split("\n")
    .some((line) => line.startsWith("#") && line.replace(/^#+ /, "") === heading);
}

/** A page's words: its links are the documents' check, and a file in marks without a folder may be anybody's. */
const wordsOf = (page: string): string =>
  page
    .replaceAll(/\[([^\]]*)\]\([^)\s]*\)/g, "$1")
    .replaceAll(/^```[\s\S]*?^```/gm, " ")
    .replaceAll(/`([^`\n]*)`/g, (span, inside: string) => (inside.includes("/") ? span : " "));

/** What a comment speaks of and nobody can look up here. */
function strangers(path: string, comment: string, tree: Tree): string[] {
  const cited = [
    ...numberedRules(comment, tree.invariants),
    ...[...comment.matchAll(ADR)].filter(([, number = ""]) => !tree.decisions.has(number)).map(([rule]) => rule),
    ...namesIn(comment).filter((name) => !tree.names.has(name)),
    ...npmScriptsIn(comment).filter((name) => !tree.scripts.has(name)),
  ];
  const words = path.endsWith(".md") ? wordsOf(comment) : comment;
  return [
    ...cited,
    ...[...words.matchAll(PATH)].filter((one) => !isThere(one, path, tree)).map(([one]) => one),
    ...[...words.matchAll(FOLDER)].map(([one]) => one.replace(/[./]+$/, "")).filter((one) => !tree.folders.has(one)),
  ];
}

/** Every file, page, name of code, rule, decision and invariant that a comment speaks of is in this project. */
export function checkComments(): CheckResult {
  const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
    cwd: ROOT,
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  })
    .split("\n")
    .filter((file) => file !== "" && existsSync(join(ROOT, file)));
  const read = files.filter((file) => COMMENT[kindOf(file)] !== undefined && !NOT_OURS.test(file));
  const texts = new Map(read.map((path) => [path, readFileSync(join(ROOT, path), "utf8")]));
  const tree = readTree(files, texts);
  const lines = [...texts].flatMap(([path, text]) =>
    [...text.matchAll(COMMENT[kindOf(path)] ?? SLASHES)].flatMap((match) =>
      strangers(path, match[0], tree).map(
        (cited) => `${path}:${text.slice(0, match.index).split("\n").length}: speaks of ${cited}, which is not here`,
      ),
    ),
  );
  return { ok: lines.length === 0, output: lines.join("\n") };
}
