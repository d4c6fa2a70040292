import { closingRuns } from "@/lib/markdown/code-spans";
import { clipText, removeInvisible } from "@/lib/markdown/invisible";
import { HIDDEN, readRegions } from "@/lib/markdown/regions";
import { withoutCalls, withoutSkips } from "@/lib/review/calls";

/**
 * Text of agents and users on its way to GitHub: it must ping nobody, touch no other issue, load no image and leave
 * nothing open that swallows what Porter writes behind it.
 */
const BREAK = "\u200b";

/**
 * One line inside a line of Porter's own: no block can begin in it, whatever stands before it, and a backtick
 * without a partner is escaped. Code spans stay.
 */
export function neutraliseLine(text: string, max: number): string {
  const flat = withoutComments(removeInvisible(text).text).replace(/\s+/g, " ").trim();
  const clean = withoutBlockMarkers(clipText(flat, max + 2000));
  const cut = clean.length > max ? `${clipText(clean, max - 1)}…` : clean;
  let out = "";
  let from = 0;
  for (const run of closingRuns(cut, [{ from: 0, end: cut.length }])) {
    if (run.at < from) continue;
    out += neutraliseProse(cut.slice(from, run.at));
    from = run.closesAt ?? run.at + run.size;
    out += run.closesAt === null ? "\\`".repeat(run.size) : cut.slice(run.at, from);
  }
  return out + neutraliseProse(cut.slice(from));
}

/** One line of plain words inside Markdown (a title, a name): every Markdown character shows as itself. */
export const plainLine = (text: string, max: number): string =>
  neutraliseProse(flatLine(text, max)).replace(/[\\`*_[\]~|]/g, "\\$&");

/** One line that GitHub shows as plain text (a pull request's title) and that a squash makes the first of a commit. */
export const titleLine = (text: string, max: number): string => withoutCalls(withoutSkips(flatLine(text, max)));

function flatLine(text: string, max: number): string {
  const flat = removeInvisible(text).text.replace(/\s+/g, " ").trim();
  return flat.length > max ? `${clipText(flat, max - 1)}…` : flat;
}

/** A fenced block; its fence is longer than any run of backticks inside. */
export function codeBlock(text: string, language: string): string {
  const fence = "`".repeat(Math.max(3, longestRun(text) + 1));
  return `${fence}${language}\n${text.toWellFormed().replaceAll("\0", "\ufffd").replace(/\n+$/, "")}\n${fence}`;
}

/** A fenced block of at most `max` characters; what does not fit is cut, with a line that says so. */
export function clippedCodeBlock(text: string, block: { language: string; max: number; note: string }): string {
  const whole = codeBlock(text, block.language);
  if (whole.length <= block.max) return whole;
  const around = 2 * Math.max(3, longestRun(text) + 1) + block.language.length + block.note.length + 3;
  return codeBlock(`${clipText(text, Math.max(0, block.max - around))}\n${block.note}`, block.language);
}

/** A code span of one line, whatever it holds. */
export function codeSpan(text: string, max: number): string {
  const cut = flatLine(text, max) || " ";
  const ticks = "`".repeat(longestRun(cut) + 1);
  const pad = cut.startsWith("`") || cut.endsWith("`") ? " " : "";
  return `${ticks}${pad}${cut}${pad}${ticks}`;
}

/** A link of Porter's own. The address may hold what a branch name brings along. */
export const markdownLink = (label: string, url: string): string =>
  `[${label}](${url.replace(/[()<>\s\\]/g, (found) => `%${found.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`)})`;

function longestRun(text: string): number {
  let longest = 0;
  for (const run of text.matchAll(/`+/g)) longest = Math.max(longest, run[0].length);
  return longest;
}

function withoutComments(text: string): string {
  const { marks } = readRegions(text);
  let out = "";
  for (let from = 0; from < text.length;) {
    const hidden = ((marks[from] ?? 0) & HIDDEN) !== 0;
    let to = from + 1;
    while (to < text.length && (((marks[to] ?? 0) & HIDDEN) !== 0) === hidden) to++;
    // A space, so that the two sides of a comment never make something new together.
    out += hidden ? " " : text.slice(from, to);
    from = to;
  }
  return out;
}

function withoutBlockMarkers(line: string): string {
  for (let rest = line; ;) {
    const next = rest
      .replace(/^(?:#{1,6} |>+ ?|[-+*] |\d{1,9}[.)] |\[[ xX]\] |`{3,}|~{3,}|[-=_*]{3,}$)/, "")
      .trimStart();
    if (next === rest) return rest;
    rest = next;
  }
}

/** Prose in which nothing is markup that loads, hides or stays open, and nothing refers. */
const neutraliseProse = (prose: string): string =>
  breakReferences(
    prose
      .replace(/&(?=#|[A-Za-z][A-Za-z0-9]*;)/g, "&amp;")
      .replace(/<(?=[A-Za-z/!?])/g, "&lt;")
      .replace(/!(?=\[)/g, `!${BREAK}`),
  );

/**
 * GitHub finds mentions and references in the rendered text, so backslashes are looked through. Full addresses of
 * issues make a reference as well; `redirect.github.com` leads there without one.
 */
function breakReferences(text: string): string {
  return text
    .replace(
      /https?:\/\/(?:www\.)?github\.com\/(?=[\w.-]{1,100}\/[\w.-]{1,100}\/(?:issues|pulls?|discussions|commit)\/)/gi,
      "https://redirect.github.com/",
    )
    .replace(/\b(clos|fix|resolv)(?=(?:e[sd]?)?[\s:*_~\\]{1,9}(?:#|GH|https?:|\[|[\w.-]{1,100}\/))/gi, `$1${BREAK}`)
    .replace(/(?<![A-Za-z0-9])@(?=[A-Za-z0-9])/g, `@${BREAK}`)
    .replace(/#(?=\d)/g, `#${BREAK}`)
    .replace(/\b(GH\\?-)(?=\d)/gi, `$1${BREAK}`);
}
