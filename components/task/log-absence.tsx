"use client";
import { useNow } from "@/components/layout/clock";
import { Skeleton } from "@/components/ui/skeleton";
import type { Run } from "./use-run";

export const isExpired = ({ log }: Run, nowMs: number): boolean =>
  log.expiresAt !== null && log.total > 0 && Date.parse(log.expiresAt) < nowMs;

const Again = ({ run }: { run: Run }) => (
  <button type="button" className="link" onClick={run.loadLog}>
    Try again
  </button>
);

/** Why nothing of the log is here: it could not be read, its time is over, it comes. `words`: it is really empty. */
export function LogAbsence({ run, words }: { run: Run; words: string }) {
  const { log } = run;
  const nowMs = useNow(3_600_000);
  if (log.loading === "failed")
    return (
      <p className="py-8 text-soft">
        The log could not be read; the task is not touched by it. <Again run={run} />
      </p>
    );
  if (isExpired(run, nowMs))
    return <p className="py-8 text-soft">The log was deleted after its time. Outcome and attempts stay.</p>;
  if (log.loading === "pages")
    return (
      <div className="space-y-3 py-4" aria-busy="true">
        <span className="sr-only">Loading the log…</span>
        {[60, 75, 40, 80, 55, 65].map((width) => (
          <Skeleton key={width} className="h-4" />
        ))}
      </div>
    );
  return <p className="py-8 text-soft">{words}</p>;
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
