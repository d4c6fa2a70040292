import { durationText } from "@/lib/format";
import { type Part, PARTS, type PhaseState } from "@/lib/phases";
import { clockText } from "./figures";
import type { TrackingView } from "./tracking-view";

const NAMES: Record<Part, string> = {
  starting: "machine",
  cloning: "clone",
  preparing: "set-up",
  working: "agent",
  pushing: "push",
  reporting: "pull request",
};

/** Every part of the run, done or not. Without an attempt only the present one is known. */
export const phaseLine = (view: TrackingView): string =>
  (view.phases.length > 0 ? view.phases : shownParts(view).map((part) => presentAlone(view, part)))
    .map((state) => partText(view, state))
    .join(" · ");

const shownParts = ({ phase }: TrackingView): Part[] => PARTS.filter((part) => part !== "preparing" || part === phase);

const presentAlone = (view: TrackingView, part: Part): PhaseState => ({
  part,
  from: null,
  to: null,
  is: part === view.phase ? "now" : "ahead",
});

/** The parts that began: how far a run came that is over. */
export const phasesReached = (view: TrackingView): string =>
  view.phases
    .filter(({ is }) => is !== "ahead")
    .map((state) => partText(view, state))
    .join(" · ");

function partText(view: TrackingView, { part, from, to, is }: PhaseState): string {
  const name = NAMES[part];
  const took = from === null || to === null ? "" : ` ${durationText(to - from)}`;
  switch (is) {
    case "done":
      return `✓ ${name}${took}`;
    case "failed":
      return `**✗ ${name}${took}**`;
    case "ended":
      return `– ${name}${took}`;
    case "now":
      return `**● ${name}${from === null ? "" : ` since ${clockText(new Date(from).toISOString(), view.now)} UTC`}**`;
    case "ahead":
      return `○ ${name}`;
  }
}
