import { costText, durationText } from "@/lib/format";
import type { Verb } from "@/lib/commands/command";
import { codeSpan, plainLine } from "./neutralise";
import type { TrackingView } from "./tracking-view";

/** What a mail client shows of the first line before its links. */
const MAX_VISIBLE = 80;

/** Texts that stand between verdict and links, fullest first; the first that fits is taken. */
type Details = readonly string[];

/**
 * The first line: `**verdict** · details · links`. A verdict that is too long even without details is cut. Escapes
 * do not count: what is measured is what is read.
 */
export function firstLine(verdict: string, details: Details, links: readonly string[]): string {
  const words = plainLine(verdict, MAX_VISIBLE);
  const room = MAX_VISIBLE - Math.min(Array.from(verdict).length, MAX_VISIBLE);
  const fitting = details.find((text) => Array.from(text).length + 3 <= room);
  const shown = fitting === undefined || fitting === "" ? [] : [plainLine(fitting, MAX_VISIBLE)];
  return [`**${words}**`, ...shown, ...links].join(" · ");
}

/** `claude (opus) for octocat`, then shorter forms. */
export function whoRuns(view: TrackingView): Details {
  const model = view.model?.split("/").at(-1);
  const forWhom = `for ${view.requester}`;
  const plain = `${view.agent} ${forWhom}`;
  return [...(model ? [`${view.agent} (${model}) ${forWhom}`] : []), plain, view.agent, ""];
}

/** `claude, 6 m 12 s, $0.42`, then shorter forms. */
export function whatItTook(view: TrackingView): Details {
  const spent = spentOn(view);
  return [[view.agent, ...spent].join(", "), view.agent, ""];
}

/** Duration and cost, as far as they are known. */
export function spentOn(view: TrackingView): string[] {
  return [
    ...(view.durationMs === null ? [] : [durationText(view.durationMs)]),
    ...(view.costUsd === null ? [] : [costText(view.costUsd)]),
  ];
}

/** `attempt 2 (machine was lost at 14:05)`. */
export function attemptText(view: TrackingView): string {
  return `attempt ${view.attempt}${view.attemptNote ? ` (${plainLine(view.attemptNote, 80)})` : ""}`;
}

/** The last line of a text that has no other place for the attempt; nothing for a first attempt. */
export const laterAttempt = (view: TrackingView): string[] => (view.attempt > 1 ? [attemptText(view)] : []);

/** A command as this Porter takes it, to be copied. */
export const commandText = (view: Pick<TrackingView, "mention">, verb: Verb): string =>
  codeSpan(`@${view.mention} ${verb}`, 80);
