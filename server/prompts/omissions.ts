import { INVISIBLE_KINDS } from "@/lib/markdown/invisible";

/** What stays although the page shows something else at first: a drawing, or one line that unfolds. */
export const KEPT_KINDS = ["folded section", "diagram's source", "formula's source"] as const;

/** Why a whole comment, or an issue that is linked, is left out of a prompt. */
export const UNHEARD_KINDS = [
  "comment that GitHub did not tell",
  "comment by Porter",
  "comment after the command",
  "comment edited after the command",
  "comment that is hidden on GitHub",
  "comment by somebody without write access",
  "comment by a bot, without its words",
  "comment over the limit",
  "title of a linked issue of another repository",
  "linked issue over the limit",
  "picture over the limit",
  "picture that GitHub did not hand out",
] as const;

/** What may be left out of a prompt, and what is told although it stays; the words are shown on the run's page. */
export const OMITTED_KINDS = [
  ...INVISIBLE_KINDS,
  "HTML comment",
  "hidden element",
  "hidden attribute",
  "image alt text",
  "link title",
  "link label",
  "link address",
  "link without text",
  "unused link definition",
  "footnote that nothing calls",
  "footnote's name",
  "table cell past the header",
  "words behind a code fence",
  "formula",
  "hidden text",
  "invisible character reference",
  "long run of blanks",
  "image address",
  "quote or list over the limit",
  "delimiter",
  "character over the limit",
  ...KEPT_KINDS,
  ...UNHEARD_KINDS,
] as const;
export type OmittedKind = (typeof OMITTED_KINDS)[number];

export type PromptPart = "title" | "description" | "discussion" | "repository context" | "earlier requests" | "request";

/** What was left out of which part of the prompt, and how often. */
export type Omission = { where: PromptPart; what: OmittedKind; count: number };

/** Counts what is left out, in the order of `OMITTED_KINDS`. */
export function omissionCounter(): {
  note: (what: OmittedKind, count: number) => void;
  counted: () => { what: OmittedKind; count: number }[];
} {
  const counts = new Map<OmittedKind, number>();
  return {
    note: (what, count) => void counts.set(what, (counts.get(what) ?? 0) + count),
    counted: () => OMITTED_KINDS.flatMap((what) => (counts.has(what) ? [{ what, count: counts.get(what) ?? 0 }] : [])),
  };
}
