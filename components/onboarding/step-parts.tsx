import { CircleAlert, CircleCheck, LoaderCircle } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import type { StepState } from "./steps";

/** Why a step is asked for, in a line. */
export const Why = ({ children }: { children: ReactNode }) => (
  <p className="mt-1 max-w-prose text-base text-soft">{children}</p>
);

/** What is known of the step right now; read out when it changes. */
export const Result = ({ state, children }: { state: StepState; children: ReactNode }) => (
  <output className="mt-4 flex items-start gap-2">
    {state === "done" ? (
      <CircleCheck aria-hidden className="mt-0.5 size-4 shrink-0 text-good" />
    ) : state === "trouble" ? (
      <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-bad" />
    ) : (
      <LoaderCircle aria-hidden className="mt-0.5 size-4 shrink-0 animate-turn text-soft" />
    )}
    <span className="min-w-0">{children}</span>
  </output>
);

/** For a step that was looked up again and is done. */
export const GoOn = ({ state, goOn }: { state: StepState; goOn: (() => void) | null }) =>
  state === "done" && goOn !== null ? (
    <Button tone="primary" className="mt-4" onClick={goOn}>
      Continue
    </Button>
  ) : null;
