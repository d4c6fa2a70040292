import type { ReactNode } from "react";
import { Skeleton } from "@/components/ui/skeleton";

/** A sentence in the palette's list. */
export const ListNote = ({ tone = "plain", children }: { tone?: "plain" | "bad"; children: ReactNode }) => (
  <p
    role={tone === "bad" ? "alert" : "status"}
    className={`px-3 py-2 text-sm ${tone === "bad" ? "text-bad" : "text-soft"}`}
  >
    {children}
  </p>
);

export const LoadingItems = () => (
  <output aria-label="Loading" className="grid gap-4 px-3 py-3">
    {[0, 1, 2, 3].map((row) => (
      <Skeleton key={row} className="h-4 w-3/5" />
    ))}
  </output>
);
