import type { ReactNode } from "react";

/** Something the reader should know before the rest. Alerts are read out at once. */
export function Notice({ tone, children }: { tone: "bad" | "waiting" | "neutral"; children: ReactNode }) {
  const tones = {
    bad: "border-red-300 bg-red-50 text-red-900 dark:border-red-900 dark:bg-red-950 dark:text-red-200",
    waiting: "border-amber-300 bg-amber-50 text-amber-900 dark:border-amber-900 dark:bg-amber-950 dark:text-amber-200",
    neutral: "border-neutral-300 bg-neutral-50 dark:border-neutral-700 dark:bg-neutral-900",
  };
  return (
    <div role={tone === "bad" ? "alert" : "status"} className={`my-3 rounded border px-3 py-2 text-sm ${tones[tone]}`}>
      {children}
    </div>
  );
}
