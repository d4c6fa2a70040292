"use client";
import Link from "next/link";
import type { ReactNode } from "react";
import { Time, useNow } from "@/components/layout/clock";
import { Skeleton } from "@/components/ui/skeleton";
import type { Run } from "./use-run";

/** Something was logged once, and nothing of it is there any more. */
export const isGone = ({ log }: Run): boolean => log.loading === "done" && log.total > 0 && log.records.length === 0;

const Again = ({ run }: { run: Run }) => (
  <button type="button" className="link" onClick={run.loadLog}>
    Try again
  </button>
);

const Words = ({ children }: { children: ReactNode }) => <p className="max-w-3xl py-8 text-soft">{children}</p>;

/** Why nothing of the log is here: it could not be read, its time is over, it comes. `words`: it is really empty. */
export function LogAbsence({ run, words }: { run: Run; words: string }) {
  const { log } = run;
  const nowMs = useNow(3_600_000);
  if (log.loading === "failed")
    return (
      <Words>
        The log could not be read; the task is not touched by it. <Again run={run} />
      </Words>
    );
  if (isGone(run)) {
    const { expiresAt } = log;
    const isOver = expiresAt !== null && Date.parse(expiresAt) < nowMs;
    return (
      <Words>
        {isOver ? (
          <>
            This log was deleted <Time at={expiresAt} />, when its time was over.
          </>
        ) : (
          "This log is not where it was kept."
        )}{" "}
        Outcome, prompt and attempts stay.{" "}
        {isOver ? (
          <Link href="/settings/defaults" className="link">
            How long logs are kept
          </Link>
        ) : (
          <Again run={run} />
        )}
      </Words>
    );
  }
  if (log.loading === "pages")
    return (
      <div className="space-y-3 py-4" aria-busy="true">
        <span className="sr-only">Loading the log…</span>
        {[60, 75, 40, 80, 55, 65].map((width) => (
          <Skeleton key={width} className="h-4" />
        ))}
      </div>
    );
  return <Words>{words}</Words>;
}

/** Below what is here of a log whose rest comes, or does not come. */
export function LogRest({ run }: { run: Run }) {
  if (run.log.loading === "done") return null;
  return (
    <p className="py-2 text-xs text-faint">
      {run.log.loading === "pages" ? (
        "Loading the rest…"
      ) : (
        <>
          The rest of the log could not be read. <Again run={run} />
        </>
      )}
    </p>
  );
}
