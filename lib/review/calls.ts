/** Stands where a word must not work: nobody sees it, and no tool reads across it. */
const BREAK = "\u200b";

/** `[skip ci]`, `[ci skip]`, `[no ci]`, `[vercel skip]` and whatever else asks a service not to run. */
const SKIPS = /\[(?=[^\][()]*\bskip\b|[ \t]*no[ \t_-])([^\][()\n]{0,80})\]/gi;
const NO_CI = /\*{3}(no_ci)\*{3}/gi;

const CLOSING = "\\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?|implement(?:s|ed)?|complete[sd]?)\\b[:\\s]{1,5}";
/** A closing word before an issue that it would close. */
const CLOSES = new RegExp(`${CLOSING}(?=(?:[\\w.-]+/[\\w.-]+)?#\\d|GH-\\d|https?://)`, "gi");
/** A closing word before an issue of a tracker. */
const CLOSES_ELSEWHERE = new RegExp(`${CLOSING}[A-Za-z][A-Za-z0-9]{1,9}(?=-\\d)`, "gi");

/** What a tracker is told to do with an issue that stands before it in the line: `ABC-12 #close`. */
const ORDERS_ELSEWHERE = /(?<=\b[A-Za-z][A-Za-z0-9]{1,9}-\d+\b[^\n]{0,200})#(?=[A-Za-z])/g;

/** Who or what a text calls: people, issues, other repositories' issues and commits, trackers behind a closing word. */
const CALLS: readonly RegExp[] = [
  /@(?=[A-Za-z0-9])/g,
  /#(?=\d)/g,
  /\bGH-(?=\d)/gi,
  /https?:(?=\/\/[^\s<>]*\/(?:issues|pull|pulls|discussions|commit|commits|merge_requests|advisories)\/)/gi,
  CLOSES,
  CLOSES_ELSEWHERE,
  ORDERS_ELSEWHERE,
];

/** A text for people in which nothing asks a service to leave its checks out. */
export const withoutSkips = (text: string): string => text.replace(SKIPS, "($1)").replace(NO_CI, "$1");

/** A text for people that calls nobody, and closes and mentions nothing. */
export const withoutCalls = (text: string): string =>
  CALLS.reduce((all, pattern) => all.replace(pattern, `$&${BREAK}`), text);

/**
 * Code stays as it was written, but for what works in a commit's text too, where code is a text like any other: a squash
 * takes the pull request's text into its message.
 */
export const quietCode = (code: string): string =>
  [CLOSES, CLOSES_ELSEWHERE].reduce(
    (all, pattern) => all.replace(pattern, `$&${BREAK}`),
    code.replace(SKIPS, `[${BREAK}$1]`).replace(NO_CI, `***${BREAK}$1***`),
  );
