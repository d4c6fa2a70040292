import clsx from "clsx";
import type { ReactNode } from "react";
import type { Tone } from "@/lib/task-state";

const TONES: Record<Tone, string> = {
  neutral: "bg-hover text-soft",
  active: "bg-running-wash text-running",
  good: "bg-good-wash text-good",
  bad: "bg-bad-wash text-bad",
  waiting: "bg-waiting-wash text-waiting",
};

/** A short word about a thing; its colour is a status or none. */
export const Badge = ({
  tone = "neutral",
  className,
  children,
}: {
  tone?: Tone;
  className?: string;
  children: ReactNode;
}) => (
  <span
    className={clsx(
      "inline-flex h-5 items-center gap-1 rounded-sm px-1.5 text-xs font-medium whitespace-nowrap [&_svg]:size-3",
      TONES[tone],
      className,
    )}
  >
    {children}
  </span>
);
