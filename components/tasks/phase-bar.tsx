import clsx from "clsx";
import { PHASE_WORDS } from "@/lib/task-words";
import type { TaskPhase } from "@/lib/task";

/** Queued to reported; `done` is all of them. */
const PARTS: TaskPhase[] = ["queued", "starting", "cloning", "working", "pushing", "reporting"];

/** Six parts, the present one breathing. The work itself is the long one. */
export function PhaseBar({ phase, className }: { phase: TaskPhase; className?: string }) {
  // What few machines have is no part of its own here.
  const current = PARTS.indexOf(phase === "preparing" ? "cloning" : phase);
  return (
    <span className={clsx("flex h-1 gap-px", className)}>
      <span className="sr-only">
        {PHASE_WORDS[phase]}, part {Math.max(1, current + 1)} of {PARTS.length}
      </span>
      {PARTS.map((part, index) => (
        <span
          key={part}
          aria-hidden
          className={clsx(
            "rounded-full",
            part === "working" ? "flex-[3]" : "flex-1",
            index < current && "bg-running",
            index === current && "animate-breathe bg-running",
            index > current && "bg-line",
          )}
        />
      ))}
    </span>
  );
}
