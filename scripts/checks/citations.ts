// How a comment, or a page, speaks of what can be looked up: of files, names of code, rules, decisions, commands.
import { ROOMS } from "./tree.ts";

export const PATH =
  /(?<![\w:/.{}])(?:\.{0,2}\/)?[\w@.[\]-](?:[\w@.[\]/-]|\/\([\w-]+\))*\.(?:md|tsx?|mjs|sql|css|toml|jsonc?)\b(?: "([^"\n]+)")?/g;
/** A folder, or a file without its ending: `server/tasks`. */
export const FOLDER = new RegExp(
  String.raw`(?<![\w:/.@*-])(?:${[...ROOMS, "docs", "drizzle"].join("|")})(?:/[\w.[\]-]+)+(?![\w/*{<$(-])`,
  "g",
);
const INVARIANT = /\bI\d+\b/g;
export const ADR = /\bADRs?[ /-]*(\d+)/gi;
const RULE =
  /\b(?:rul(?:e|ing)|invariant|decision|section|spec|law|principle|guarantee|requirement|chapter|article|paragraph|clause)s?(?: (?:no\.?|number))? ?\d+(?:\.\d+)*|§ ?\d+|(?<![\w&#/`"'])#\d+\b/gi;
/** A rule of a list by its letter and number, as invariants have it. */
const LETTERED = /(?<![\w.:/`"'-])[A-Z]\d+(?![\w.%])/g;
/** What the field calls so: products, standards' control characters, lines in an address. */
const OF_THE_FIELD = new Set(["D1", "R2", "C0", "C1", "L10"]);

/** `name`, `of.name`, `name(what)`; and without the marks `name()`, `@link name`. */
const SYMBOL =
  /`(?:[\w$]+\.)*([A-Za-z_$][\w$]*)(\([^`\n]*\))?`|(?<![`\w.$])([A-Za-z_$][\w$]*)\(\)|@(?:link|see)\s+([A-Za-z_$][\w$]*)/g;
/** Without any mark, but told by its look: two words in one, or capitals with an underscore. */
const UNMARKED =
  /(?<![\w`./@$-])(?:[a-z]{2}[a-z0-9]*[A-Z]\w*|[A-Z][a-z0-9]+[A-Z]\w*|[A-Z][A-Z0-9]*_[A-Z0-9_]+)(?![\w`$-]|\.\w)/g;
/** Names of other programs and standards, which no file here has. */
const OTHERS_NAMES = new Set(
  "AUTH_URL AF_VSOCK IFF_UP PR_SET_NO_NEW_PRIVS PR_SET_SECCOMP SECCOMP_MODE_FILTER rsaEncryption ClientHello CommonJS CommonMark OpenNext PageSpeed WebAssembly WebCrypto WebP".split(
    " ",
  ),
);
const NPM = /\bnpm[ ]run[ ]([\w:-]+)/g;
/** An example of what a repository of others has. */
const OTHERS_COMMANDS = new Set(["db:start", "name"]);

/** A name of code by its look: it has a capital or an underscore inside, or begins with a capital. */
const isName = (word: string): boolean => /[a-z][A-Z]|[A-Za-z]_[A-Za-z]|^[A-Z][a-z]+$/.test(word);

/** The names of code among them: `isCode` says that they are called or linked, whatever they look like. */
export function namesIn(comment: string): string[] {
  const marked = [...comment.matchAll(SYMBOL)]
    .map(([, inMarks, asCalled, called, linked]) => ({
      word: inMarks ?? called ?? linked ?? "",
      isCode: asCalled !== undefined || inMarks === undefined,
    }))
    .filter(({ word, isCode }) => isCode || isName(word))
    .map(({ word }) => word);
  const unmarked = [...comment.matchAll(UNMARKED)].map(([word]) => word).filter((word) => !OTHERS_NAMES.has(word));
  return [...marked, ...unmarked];
}

/** Rules that are called by a number: no list here has any, but for the invariants. */
export function numberedRules(comment: string, invariants: ReadonlySet<string>): string[] {
  const lettered = [...comment.matchAll(LETTERED), ...comment.matchAll(INVARIANT)].map(([rule]) => rule);
  return [
    ...[...comment.matchAll(RULE)].map(([rule]) => rule),
    ...new Set(lettered.filter((rule) => !invariants.has(rule) && !OF_THE_FIELD.has(rule))),
  ];
}

/** Scripts of package.json that a reader is told to run. */
export const npmScriptsIn = (comment: string): string[] =>
  [...comment.matchAll(NPM)].map(([, name = ""]) => name).filter((name) => !OTHERS_COMMANDS.has(name));
