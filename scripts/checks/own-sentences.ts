const STRING = /"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`|>([^<>{}=;]+)</g;
const WORD = /\p{L}{3}/u;
/** Forms that machines agreed on, although they stand in texts: they are data. */
const FORMATS = ["Bearer", "FlyV1", "PRIVATE KEY", "<!-- porter:"];

/** What a source says to people: texts of at least a word and a blank, templates in the pieces between their values. */
export const sentencesOf = (source: string): string[] =>
  [...source.matchAll(STRING)]
    .flatMap(([, text, template, shown]) => text ?? template?.split(/\$\{[^}]*\}/) ?? shown ?? [])
    .map(onOneLine)
    .filter(isSaid);

const onOneLine = (text: string): string => text.replaceAll(/\s+/g, " ");
const isSaid = (text: string): boolean => WORD.test(text) && text.includes(" ");
/** A word as it begins a verdict: "Queued". */
const OPENING = /^\P{L}*\p{Lu}\p{Ll}{4,}[^\p{L} ]*$/u;

/** From its first letter on. */
const withoutSigns = (text: string): string => text.replace(/^\P{L}+/u, "");

/** The texts that a pattern asks for, between its signs. */
const runsOf = (pattern: string): string[] =>
  pattern.replaceAll(/\\s[*+]?/g, " ").split(/\\[a-zA-Z]|\[[^\]]*\]|\(\?[:=!<]+|[()|^$*+?{}.]|\\./);

/** A sign that begins a verdict, and is no letter of any text: "⏳". */
export const isSign = (text: string, sentences: () => string[]): boolean =>
  /^[^\p{ASCII}\p{L}\p{N}]+$/u.test(text) && sentences().some((said) => said.startsWith(text));

/** Of a pattern that is found in what Porter says, itself left out, or that is the first word of it. */
export function soundsLike(
  text: string,
  { isPattern, isAnyCase = false, sentences }: { isPattern: boolean; isAnyCase?: boolean; sentences: () => string[] },
): boolean {
  if (FORMATS.some((format) => text.includes(format))) return false;
  const opens = (word: string): boolean => sentences().some((said) => withoutSigns(said).startsWith(word));
  const cased = (words: string): string => (isAnyCase ? words.toLowerCase() : words);
  const isFound = (run: string): boolean => {
    const found = sentences().filter((said) => cased(said).includes(cased(run)));
    return found.some((said) => said.length > run.length) || found.length > (isPattern ? 0 : 1);
  };
  if (!isPattern && isSign(text, sentences)) return true;
  return (isPattern ? runsOf(text) : [text])
    .map(onOneLine)
    .some((run) => (OPENING.test(run) && opens(withoutSigns(run))) || (isSaid(run) && isFound(run)));
}
