"use client";
import Link from "next/link";
import { Time } from "@/components/layout/clock";
import { ScrollBox } from "@/components/ui/scroll-box";
import { FAILURES } from "@/lib/failures";
import { durationText } from "@/lib/format";
import { isTerminal } from "@/lib/task";
import { stateOf, TASK_STATES } from "@/lib/task-state";
import type { AttemptView } from "@/lib/task-pages";
import type { Run } from "./use-run";
import { withoutFullStop } from "@/lib/sentence";

const reasonWords = (reason: string | null): string =>
  reason === null
    ? "running"
    : reason in FAILURES
      ? withoutFullStop(FAILURES[reason as keyof typeof FAILURES].sentence)
      : reason.replaceAll("_", " ");

const took = ({ createdAt, endedAt }: AttemptView): string =>
  endedAt === null ? "" : durationText(Date.parse(endedAt) - Date.parse(createdAt));

/** One row a machine's life. */
export default function AttemptsView({ run }: { run: Run }) {
  const { attempts, task } = run;
  if (attempts.length === 0) return <p className="py-8 text-soft">No machine was started yet.</p>;
  return (
    <ScrollBox label="Attempts" className="py-3">
      <table className="w-full min-w-160 text-left">
        <caption className="sr-only">Attempts of this task</caption>
        <thead className="text-faint">
          <tr className="h-8 border-b border-line whitespace-nowrap [&>th]:pr-4 [&>th]:font-normal">
            <th scope="col">Attempt</th>
            <th scope="col">Began</th>
            <th scope="col">Took</th>
            <th scope="col">Ended by</th>
            <th scope="col">Exit</th>
            <th scope="col">Branch</th>
            <th scope="col">Machine</th>
            <th scope="col">Log</th>
          </tr>
        </thead>
        <tbody>
          {attempts.toReversed().map((attempt) => (
            <tr key={attempt.attempt} className="h-10 border-b border-line [&>td]:pr-4">
              <th scope="row" className="pr-4 font-medium tabular">
                {attempt.attempt}
              </th>
              <td className="whitespace-nowrap text-soft">
                <Time at={attempt.createdAt} />
              </td>
              <td className="whitespace-nowrap tabular">{took(attempt)}</td>
              <td>
                {attempt.attempt === task.attempt && isTerminal(task.status)
                  ? TASK_STATES[stateOf(task)].word
                  : reasonWords(attempt.endReason)}
              </td>
              <td className="tabular">{attempt.outOfMemory === true ? "out of memory" : (attempt.exitCode ?? "")}</td>
              <td className="font-mono text-xs">{attempt.branch}</td>
              <td className="font-mono text-xs whitespace-nowrap text-soft">
                {attempt.machineId ?? "none"}
                {attempt.region === null ? "" : ` · ${attempt.region}`}
              </td>
              <td className="whitespace-nowrap">
                <Link href={`/tasks/${task.id}?tab=log&attempt=${attempt.attempt}`} className="link tabular">
                  {attempt.records.toLocaleString("en")} {attempt.records === 1 ? "entry" : "entries"}
                </Link>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollBox>
  );
}
