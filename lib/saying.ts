/**
 * Words for people with places to go in them, as data: the comment and the page each make their own of it. A text alone
 * is Porter's own; `said`: somebody else's words, as they came.
 */
export type Piece = string | { words: string; url: string; isCode?: true } | { code: string } | { said: string };
export type Saying = readonly Piece[];

/** What is read of it, for whatever shows no links. */
export const plainOf = (saying: Saying): string =>
  saying
    .map((piece) => {
      if (typeof piece === "string") return piece;
      if ("code" in piece) return piece.code;
      return "said" in piece ? piece.said : piece.words;
    })
    .join("");
