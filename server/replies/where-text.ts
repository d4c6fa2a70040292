import type { RichText } from "@/lib/rich-text";
import { type LocationWords, locationWords } from "@/lib/location-words";
import { diffStats } from "./figures";
import { codeSpan, markdownLink, plainLine } from "./neutralise";
import type { TrackingView } from "./tracking-view";

/** Most lines that GitHub's own list may take here. */
const MAX_LIST = 4;
const MAX_SAID = 200;

/** Where the work is, in one line, with what belongs to it below. */
export function whereText(view: TrackingView): { line: string; list: string[] } {
  const { sentence, list, folded } = wordsOf(view);
  if (folded !== null) return { line: markdownOf(sentence), list: [foldedLine(folded)] };
  const shown = list.slice(0, MAX_LIST).map((one) => `- ${markdownOf(one)}`);
  return {
    line: markdownOf(sentence),
    list: list.length > MAX_LIST ? [...shown, `- and ${list.length - MAX_LIST} more`] : shown,
  };
}

/** In one line of code, so that nothing of it can end the fold. */
const foldedLine = (said: string): string =>
  `\n<details><summary>What GitHub said</summary>\n\n${codeSpan(said, MAX_SAID)}\n\n</details>`;

export const withList = (line: string, view: TrackingView): string =>
  [line, ...(isWorkKnown(view) ? whereText(view).list : [])].join("\n");

/** Something more is to be said of it than that there is none, or that nobody knows yet. */
export const isWorkKnown = ({ where }: TrackingView): boolean => where.is !== "nothing" && where.is !== "saving";

export const wordsOf = (view: TrackingView): LocationWords =>
  locationWords(view.where, {
    workUrl: `${view.runUrl}#work`,
    installationUrl: `${view.publicUrl}/account`,
    stats: view.diff ? diffStats(view.diff) : null,
    branchName: view.where.is === "branch" ? shortName(view, view.where.branch) : "",
  });

/** The task's id left out: it is in the address. */
export const shortName = (view: TrackingView, { name }: { name: string }): string => name.replace(view.taskId, "…");

export const markdownOf = (saying: RichText): string =>
  saying
    .map((piece) => {
      if (typeof piece === "string") return piece;
      if ("said" in piece) return plainLine(piece.said, MAX_SAID);
      if ("code" in piece) return codeSpan(piece.code, 100);
      return markdownLink(piece.isCode === true ? codeSpan(piece.words, 60) : piece.words, piece.url);
    })
    .join("");
