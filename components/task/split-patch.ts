import { type ChangedFile } from "./changed-files";
import { kindOf, statOf } from "./patch";

const HEADER = "diff --git ";
const BINARY = /^GIT binary patch$/m;

/** The files of a patch as `git diff --no-renames` writes it: what a machine handed over. */
export function splitPatch(patch: string): ChangedFile[] {
  const files = new Map<string, ChangedFile["patches"]>();
  // No other line begins so: lines of hunks have a sign first, those of binary files no blank.
  for (const [n, part] of `\n${patch}`.split(`\n${HEADER}`).slice(1).entries()) {
    const end = part.indexOf("\n");
    const path = pathOf(end < 0 ? part : part.slice(0, end));
    // A file that became a link, or the other way round, is one file with two parts.
    files.set(path, [...(files.get(path) ?? []), { text: withoutBinary(part.slice(end + 1)), n }]);
  }
  return [...files].map(([path, patches]) => {
    const all = patches.map(({ text }) => text);
    const isBinary = all.some((text) => BINARY.test(text));
    const [first = ""] = all;
    return {
      path,
      patches,
      stat: isBinary ? null : statOf(all),
      kind: patches.length > 1 ? "changed" : kindOf(first),
    };
  });
}

/** Without the bytes, which nobody reads. */
const withoutBinary = (text: string): string => {
  const found = BINARY.exec(text);
  return found === null ? text : text.slice(0, found.index + found[0].length);
};

/** `a/x b/x`, or both in quotation marks where git escapes letters of the name. */
function pathOf(names: string): string {
  if (names.startsWith('"')) return unquoted(names.slice(0, (names.length - 1) / 2)).slice(2);
  return names.slice(2, (names.length - 1) / 2);
}

const SIGNS: Record<string, number> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13 };

function unquoted(name: string): string {
  const bytes: number[] = [];
  for (const [sign, escaped] of name.slice(1, -1).matchAll(/\\([0-7]{3}|.)|[^\\]+/g)) {
    if (escaped === undefined) bytes.push(...new TextEncoder().encode(sign));
    else if (escaped.length === 3) bytes.push(Number.parseInt(escaped, 8));
    else bytes.push(SIGNS[escaped] ?? escaped.charCodeAt(0));
  }
  return new TextDecoder().decode(new Uint8Array(bytes));
}
