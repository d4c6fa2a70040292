import { clipText } from "@/lib/markdown/invisible";
import type { Omission, PromptPart } from "./omissions";
import type { Sanitised } from "./sanitise";

/** A text by people, ready to stand between the nonce's lines; "" for nothing. */
export type CleanPart = { text: string; omissions: Omission[] };

/** A sanitised text without the nonce and within `budget` characters; the end that is cut is told in it. */
export function cleanPart(where: PromptPart, clean: Sanitised, limits: { nonce: string; budget: number }): CleanPart {
  const text = clean.text.replace(/^(?:[ \t]*\n)+/, "").trimEnd();
  const pieces = text.split(limits.nonce);
  // The replacement holds characters that no nonce has, so joining the pieces makes no new one.
  const whole = pieces.join("[removed]");
  const kept = clipText(whole, limits.budget);
  const cut = (clean.cut ?? 0) + whole.length - kept.length;
  const omitted = [
    ...clean.omitted,
    ...(pieces.length > 1 ? [{ what: "delimiter" as const, count: pieces.length - 1 }] : []),
    ...(cut > 0 ? [{ what: "character over the limit" as const, count: cut }] : []),
  ];
  return {
    text: cut > 0 ? `${kept}\n[… ${cut} characters cut by Porter …]` : kept,
    omissions: omitted.map((one) => ({ where, ...one })),
  };
}

/** A text by people between lines that it cannot contain. */
export const fenceText = (text: string, nonce: string): string => `<<<${nonce}\n${text}\n${nonce}>>>`;
