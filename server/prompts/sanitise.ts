import { removeInvisible, clipText } from "@/lib/markdown/invisible";
import { applyEdits, type TextEdit } from "./edits";
import { blankEdits } from "./seen/blanks";
import { omissionCounter, type OmittedKind } from "./omissions";
import { cellEdits, fenceEdits, footnoteEdits } from "./seen/blocks";
import { formulaEdits, keptAside } from "./seen/formulas";
import { htmlEdits } from "./seen/html";
import { limitBrackets, limitNesting } from "./seen/limits";
import { linkEdits } from "./seen/links";
import { readTokens, type MarkdownToken } from "@/lib/markdown/tokens";
import { unknownEdits } from "./seen/unknown";

/** Removing one thing may uncover another; text made to do so again and again is broken up instead. */
const MAX_PASSES = 8;

/** GitHub's titles have 256 characters. */
const MAX_TITLE_READ = 2000;

/** More than one comment of GitHub's holds. */
const MAX_READ = 65_536;

type Note = ReturnType<typeof omissionCounter>["note"];

/** `cut`: so many characters at its end were too many to read; absent: none. */
export type Sanitised = { text: string; omitted: { what: OmittedKind; count: number }[]; cut?: number };

/**
 * What a person who looks at the issue on GitHub sees of a Markdown text, for a model that would see all of it. The
 * text is read as GitHub reads it, and what the page shows goes through: words, code, pictures without their alt text,
 * addresses of links. What GitHub folds or draws stays and is told. Idempotent; the result is valid UTF-8 with `\n`
 * line ends. Of what is longer than `maxRead` no more is read.
 */
export function sanitiseText(text: string, maxRead = MAX_READ): Sanitised {
  const counter = omissionCounter();
  const read = clipMarkdown(text, Math.min(maxRead, MAX_READ));
  const cut = text.length > read.length ? { cut: text.length - read.length } : {};
  // As GitHub reads it: an invisible character may keep apart, or together, what is hidden. Only then is it taken away,
  // which may make other things of what is left.
  let current = withoutHidden(asRead(read, counter.note), counter.note).text;
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    const visible = removeInvisible(current);
    for (const { kind, count } of visible.removed) counter.note(kind, count);
    const { text: next, source, tokens } = withoutHidden(visible.text, counter.note);
    if (next === current) {
      const { folded, diagrams, formulas } = keptAside(source, tokens);
      if (folded > 0) counter.note("folded section", folded);
      if (diagrams > 0) counter.note("diagram's source", diagrams);
      if (formulas > 0) counter.note("formula's source", formulas);
      return { text: current, omitted: counter.counted(), ...cut };
    }
    current = next;
  }
  return { text: current.replace(/[<[&]/g, "$& "), omitted: counter.counted(), ...cut };
}

/** Line ends as line feeds, and no byte order mark, which readers of Markdown do not count as a character. */
function asRead(text: string, note: Note): string {
  const [mark] = /^\ufeff*/.exec(text) ?? [""];
  if (mark !== "") note("zero-width character", mark.length);
  return text.slice(mark.length).replace(/\r\n?/g, "\n");
}

/** One look at a text: what is hidden in it is left out. With what was read, as it was read. */
function withoutHidden(text: string, note: Note) {
  const limited = limitNesting(text);
  if (limited.removed > 0) note("quote or list over the limit", limited.removed);
  const bracketed = limitBrackets(limited.text);
  if (bracketed.removed > 0) note("hidden text", bracketed.removed);
  const source = bracketed.text;
  const tokens = readTokens(source);
  return { text: applyEdits(source, editsOf(source, tokens), note), source, tokens };
}

/**
 * A title, which GitHub shows as plain text in one line: without invisible characters and, though they show there,
 * HTML comments.
 */
export function sanitiseTitle(text: string): Sanitised {
  const counter = omissionCounter();
  const visible = removeInvisible(text.slice(0, MAX_TITLE_READ));
  for (const { kind, count } of visible.removed) counter.note(kind, count);
  const line = visible.text.replace(/<!--.*?-->/gs, () => (counter.note("HTML comment", 1), " ")).replace(/\s+/g, " ");
  return { text: line.trim(), omitted: counter.counted() };
}

const editsOf = (text: string, tokens: readonly MarkdownToken[]): TextEdit[] => [
  ...htmlEdits(text, tokens),
  ...linkEdits(text, tokens),
  ...footnoteEdits(text, tokens),
  ...cellEdits(text, tokens),
  ...fenceEdits(text, tokens),
  ...formulaEdits(text, tokens),
  ...unknownEdits(text, tokens),
  ...blankEdits(text),
];

/** What may open something that hides until it is closed: behind the cut it never is, and would be text. */
const OPENS = /[<[\]!$`\\&]/;

/** The first `max` characters of a Markdown text; of the paragraph that is cut, no more than is plain words. */
function clipMarkdown(text: string, max: number): string {
  if (text.length <= max) return text;
  const cut = clipText(text, max);
  const from = cut.lastIndexOf("\n\n") + 1;
  const at = cut.slice(from).search(OPENS);
  return at === -1 ? cut : cut.slice(0, from + at);
}
