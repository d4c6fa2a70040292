const STRING = /"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`|>([^<>{}=;]+)</g;
const WORD = /\p{L}{3}/u;
/** Forms that machines agreed on, although they stand in texts: they are data. */
const FORMATS = ["Bearer ", "FlyV1 ", "PRIVATE KEY", "<!-- porter:"];

/** What a source says to people: texts of at least a word and a blank, templates in the pieces between their values. */
export const sentencesOf = (source: string): string[] =>
  [...source.matchAll(STRING)]
    .flatMap(([, text, template, shown]) => text ?? template?.split(/\$\{[^}]*\}/) ?? shown ?? [])
    .map(onOneLine)
    .filter(isSaid);

const onOneLine = (text: string): string => text.replaceAll(/\s+/g, " ");
const isSaid = (text: string): boolean => WORD.test(text) && text.includes(" ");

/** The texts that a pattern asks for, between its signs. */
const runsOf = (pattern: string): string[] =>
  pattern.replaceAll(/\\s[*+]?/g, " ").split(/\\[a-zA-Z]|\[[^\]]*\]|\(\?[:=!<]+|[()|^$*+?{}.]|\\./);

/** Of a pattern that is found in what Porter says, itself left out. Single words are no sentence. */
export function soundsLike(
  text: string,
  { isPattern, sentences }: { isPattern: boolean; sentences: () => string[] },
): boolean {
  if (FORMATS.some((format) => text.includes(format))) return false;
  const runs = (isPattern ? runsOf(text) : [text]).map(onOneLine).filter(isSaid);
  return runs.some((run) => {
    const found = sentences().filter((sentence) => sentence.includes(run));
    return found.some((sentence) => sentence.length > run.length) || found.length > (isPattern ? 0 : 1);
  });
}
