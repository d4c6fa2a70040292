import clsx from "clsx";
import { Check, TriangleAlert } from "lucide-react";
import type { StepState } from "./steps";

const WORDS: Record<StepState, string> = {
  done: "done",
  open: "to do",
  trouble: "needs you",
  asking: "being checked",
  unknown: "not known",
};

/** A step's number until it is done; never colour alone. */
export const StepMark = ({ state, number, isShown }: { state: StepState; number: number; isShown: boolean }) => (
  <span
    className={clsx(
      "mt-px flex size-5 shrink-0 items-center justify-center rounded-full border text-2xs font-semibold tabular [&_svg]:size-3",
      state === "done" && "border-good bg-good-wash text-good",
      state === "trouble" && "border-bad bg-bad-wash text-bad",
      (state === "asking" || state === "unknown") && "border-dashed border-edge text-soft",
      state === "open" && (isShown ? "border-ink bg-ink text-bg" : "border-edge text-soft"),
    )}
  >
    {state === "done" ? (
      <Check aria-hidden />
    ) : state === "trouble" ? (
      <TriangleAlert aria-hidden />
    ) : (
      <span aria-hidden>{number}</span>
    )}
    <span className="sr-only">
      Step {number}, {WORDS[state]}:
    </span>
  </span>
);
