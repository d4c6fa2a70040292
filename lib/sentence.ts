/** Words that are shown in the middle of others: one full stop at their end goes. */
export const withoutFullStop = (sentence: string): string =>
  sentence.endsWith(".") ? sentence.slice(0, -1) : sentence;

/** The first letter large, whatever the rest is. */
export const withCapital = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);

/** What stands before `end`, where the words end with it. */
export const withoutEnd = (words: string, end = ""): string =>
  words.endsWith(end) ? words.slice(0, words.length - end.length) : words;
