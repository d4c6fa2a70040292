/** The text without the quotes in it: what its writer says of them. All of it where nothing else is there. */
export function ownWords(text: string): string {
  const own = text.replace(/^ {0,3}>.*$/gmu, "");
  return /\S/.test(own) ? own : text;
}

/** The parts of a text that end in punctuation or with their line. */
export const clausesOf = (text: string): string[] =>
  text.split(/[.!?,;:\n()…。！？，、；：؟،؛।]+|\s[-–—]+\s/u).filter((clause) => /[\p{L}\p{N}]/u.test(clause));

export const wordsOf = (text: string): string[] =>
  text
    .split(/[^\p{L}\p{M}\p{N}'+-]+/u)
    .map((word) => word.replace(/^['-]+|['-]+$/g, ""))
    .filter((word) => word !== "");

/** The text as the lists of words have it. */
export const plainWords = (text: string): string =>
  text
    .toLowerCase()
    .normalize("NFKC")
    .replace(/[’‘ʼ`´]/g, "'");
