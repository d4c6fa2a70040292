import { clip, removeInvisible } from "@/lib/markdown/invisible";
import { applyEdits, type Edit } from "./edits";
import { omissionCounter, type OmittedKind } from "./omissions";
import { cellEdits, fenceEdits, footnoteEdits } from "./seen/blocks";
import { formulaEdits, keptAside } from "./seen/formulas";
import { htmlEdits } from "./seen/html";
import { limitBrackets, limitNesting } from "./seen/limits";
import { linkEdits } from "./seen/links";
import { readTokens, type Token } from "@/lib/markdown/tokens";
import { unknownEdits } from "./seen/unknown";

/** Removing one thing may uncover another; text made to do so again and again is broken up instead. */
const MAX_PASSES = 8;

/** GitHub's titles have 256 characters. */
const MAX_TITLE_READ = 2000;

/** More than one comment of GitHub's holds. */
const MAX_READ = 65_536;

/** `cut`: so many characters at its end were too many to read; absent: none. */
export type Sanitised = { text: string; omitted: { what: OmittedKind; count: number }[]; cut?: number };

/**
 * What a person who looks at the issue on GitHub sees of a Markdown text, for a model that would see all of it. The
 * text is read as GitHub reads it, and what the page shows goes through: words, code, pictures without their alt text,
 * addresses of links. What GitHub folds or draws stays and is told. Idempotent; the result is valid UTF-8 with `\n`
 * line ends.
 */
export function sanitise(text: string): Sanitised {
  const counter = omissionCounter();
  const read = clip(text, MAX_READ);
  const cut = text.length > read.length ? { cut: text.length - read.length } : {};
  let current = read;
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    const visible = removeInvisible(current);
    for (const { kind, count } of visible.removed) counter.note(kind, count);
    const limited = limitNesting(visible.text);
    if (limited.removed > 0) counter.note("quote or list over the limit", limited.removed);
    const source = limitBrackets(limited.text);
    const tokens = readTokens(source);
    const next = applyEdits(source, editsOf(source, tokens), counter.note);
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

/**
 * A title, which GitHub shows as plain text in one line: without invisible characters and, though they show there,
 * HTML comments.
 */
export function sanitiseTitle(text: string): Sanitised {
  const counter = omissionCounter();
  const visible = removeInvisible(clip(text, MAX_TITLE_READ));
  for (const { kind, count } of visible.removed) counter.note(kind, count);
  const line = visible.text.replace(/<!--.*?-->/gs, () => (counter.note("HTML comment", 1), " ")).replace(/\s+/g, " ");
  return { text: line.trim(), omitted: counter.counted() };
}

const editsOf = (text: string, tokens: readonly Token[]): Edit[] => [
  ...htmlEdits(text, tokens),
  ...linkEdits(text, tokens),
  ...footnoteEdits(text, tokens),
  ...cellEdits(text, tokens),
  ...fenceEdits(text, tokens),
  ...formulaEdits(text, tokens),
  ...unknownEdits(text, tokens),
];
