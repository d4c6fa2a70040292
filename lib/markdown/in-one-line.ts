/** Marks around words, code and links of Markdown, in the order in which they are taken away. */
const MARKS: readonly [RegExp, string][] = [
  [/!?\[([^\]]*)\]\((?:[^()\s]|\([^()\s]*\))*(?:\s+"[^"]*")?\)/gu, "$1"],
  [/(?<![\\*])(\*{1,3})(?=[^\s*])((?:[^*]|\\\*)*?[^\s*\\])\1(?!\*)/gu, "$2"],
  [/(?<![\p{L}\p{N}\\_])(_{1,3})(?=[^\s_])((?:[^_]|\\_)*?[^\s_\\])\1(?![\p{L}\p{N}_])/gu, "$2"],
  [/(?<!\\)~~(?=\S)([^~]+?)(?<=\S)~~/gu, "$1"],
  [/\\([!-/:-@[-`{-~])/gu, "$1"],
];
/** What begins a line: a heading, an item, a quote. */
const OPENINGS = /^[ \t]*(?:>[ \t]?|#{1,6}[ \t]+|[-*+][ \t]+(?:\[[ xX]\][ \t]+)?)+/gmu;
const CODE = /(`+)([^`](?:.*?[^`])??)\1(?!`)/su;

/** A short Markdown text as one line without its marks, for where there is no room to render it. Code stays as it is. */
export function inOneLine(text: string): string {
  const parts: string[] = [];
  let rest = text.replace(/^[ \t]*(?:```|~~~).*$/gmu, "").replace(OPENINGS, "");
  for (let code = CODE.exec(rest); code !== null; code = CODE.exec(rest)) {
    parts.push(unmarked(rest.slice(0, code.index)), code[2] ?? "");
    rest = rest.slice(code.index + code[0].length);
  }
  return [...parts, unmarked(rest)].join("").replace(/\s+/g, " ").trim();
}

const unmarked = (text: string): string => MARKS.reduce((left, [mark, words]) => left.replace(mark, words), text);
