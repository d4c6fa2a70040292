/**
 * Words for people with places to go in them, as data: the comment and the page each make their own of it. A text alone
 * is Porter's own; `said`: somebody else's words, as they came.
 */
export type TextPiece = string | { words: string; url: string; isCode?: true } | { code: string } | { said: string };
export type RichText = readonly TextPiece[];
