import type { ReactNode } from "react";
import { problemOf, problemSentence } from "@/components/layout/problem";
import { FixLink } from "@/components/ui/fix-link";
import { Skeleton } from "@/components/ui/skeleton";
import { isWay } from "@/lib/fix";

/** A sentence in the palette's list. */
export const ListNote = ({ tone = "plain", children }: { tone?: "plain" | "bad"; children: ReactNode }) => (
  <p
    role={tone === "bad" ? "alert" : "status"}
    className={`px-3 py-2 text-sm ${tone === "bad" ? "text-bad" : "text-soft"}`}
  >
    {children}
  </p>
);

type ListProblemProps = { error: unknown; retry: () => void; close: () => void };

/** What went wrong, and the ways out: the page that mends it, and asking again. */
export function ListProblem({ error, retry, close }: ListProblemProps) {
  const { fix } = problemOf(error);
  return (
    <div className="flex flex-wrap items-baseline gap-x-3 pr-3">
      <ListNote tone="bad">{problemSentence(error)}</ListNote>
      {fix !== undefined && isWay(fix) ? <FixLink fix={fix} onClick={close} className="link" /> : null}
      <button type="button" onClick={retry} className="link">
        Try again
      </button>
    </div>
  );
}

export const LoadingItems = () => (
  <output aria-label="Loading" className="grid gap-4 px-3 py-3">
    {[0, 1, 2, 3].map((row) => (
      <Skeleton key={row} className="h-4 w-3/5" />
    ))}
  </output>
);
