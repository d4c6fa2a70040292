import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, extname, join, normalize } from "node:path";
import { ROOT, type CheckResult } from "./command.ts";
import { ROOMS } from "./tree.ts";

/** Where the invariants of the fault run have their numbers. */
const INVARIANTS = "server/testing/faults/violation.ts";

const SLASHES = /(?<=^|[\s;{}(),])(?:\/\*[\s\S]*?\*\/|\/\/[^\n]*)/gm;
const HASHES = /(?<=^|\s)#[^\n]*/gm;
/** What a comment begins with, by the end of the file's name. A page is read whole. */
const COMMENT: Record<string, RegExp> = {
  ".ts": SLASHES,
  ".tsx": SLASHES,
  ".mts": SLASHES,
  ".mjs": SLASHES,
  ".css": SLASHES,
  ".jsonc": SLASHES,
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

const PATH =
  /(?<![\w:/.{}])(?:\.{0,2}\/)?[\w@.[\]-](?:[\w@.[\]/-]|\/\([\w-]+\))*\.(?:md|tsx?|mjs|sql|css|toml|jsonc?)\b(?: "([^"\n]+)")?/g;
/** `name`, `of.name`, `name(what)`; and without the marks `name()`, `@link name`. */
const SYMBOL =
  /`(?:[\w$]+\.)*([A-Za-z_$][\w$]*)(\([^`\n]*\))?`|(?<![`\w.$])([A-Za-z_$][\w$]*)\(\)|@(?:link|see)\s+([A-Za-z_$][\w$]*)/g;
const RULE =
  /\b(?:rul(?:e|ing)|invariant|decision|section|spec)s?(?: (?:no\.?|number))? ?\d+(?:\.\d+)*|§ ?\d+|(?<![\w&#/`"'])#\d+\b/gi;
const ADR = /\bADRs?[ /-]*(\d+)/gi;
/** A folder, or a file without its ending: `server/tasks`. */
const FOLDER = new RegExp(String.raw`(?<![\w:/.@*-])(?:${ROOMS.join("|")})(?:/[\w.[\]-]+)+(?![\w/*{<$(-])`, "g");
const INVARIANT = /\bI\d+\b/g;

type Tree = {
  endings: Set<string>;
  folders: Set<string>;
  names: Set<string>;
  invariants: Set<string>;
  decisions: Set<string>;
};

/** A name of code by its look: it has a capital or an underscore inside, or begins with a capital. */
const isName = (word: string): boolean => /[a-z][A-Z]|[A-Za-z]_[A-Za-z]|^[A-Z][a-z]+$/.test(word);

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

/** The names of code among them: `isCode` says that they are called or linked, whatever they look like. */
function namesIn(comment: string): string[] {
  return [...comment.matchAll(SYMBOL)]
    .map(([, marked, asCalled, called, linked]) => ({
      word: marked ?? called ?? linked ?? "",
      isCode: asCalled !== undefined || marked === undefined,
    }))
    .filter(({ word, isCode }) => isCode || isName(word))
    .map(({ word }) => word);
}

/** What a comment speaks of and nobody can look up here. Of a page: not its paths, they are the documents' check. */
function strangers(path: string, comment: string, tree: Tree): string[] {
  const cited = [
    ...[...comment.matchAll(RULE)].map(([rule]) => rule),
    ...[...comment.matchAll(INVARIANT)].map(([rule]) => rule).filter((rule) => !tree.invariants.has(rule)),
    ...[...comment.matchAll(ADR)].filter(([, number = ""]) => !tree.decisions.has(number)).map(([rule]) => rule),
    ...namesIn(comment).filter((name) => !tree.names.has(name)),
  ];
  if (path.endsWith(".md")) return cited;
  return [
    ...cited,
    ...[...comment.matchAll(PATH)].filter((one) => !isThere(one, path, tree)).map(([one]) => one),
    ...[...comment.matchAll(FOLDER)].map(([one]) => one.replace(/\.$/, "")).filter((one) => !tree.folders.has(one)),
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
