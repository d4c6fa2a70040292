import type { ReactNode } from "react";
import { Time } from "@/components/layout/clock";
import { cost } from "@/lib/format";
import { priorityName } from "@/lib/task";
import type { TaskView } from "@/lib/task-view";
import { agentLine } from "@/lib/task-words";

/** Everything else that is known, as a table of facts, then the long texts. */
export function TaskFacts({ task }: { task: TaskView }) {
  const facts: [string, ReactNode][] = [
    ["Agent", agentLine(task)],
    ["Asked by", task.createdBy],
    ["Created", <Time key="created" at={task.createdAt} />],
    ["Started", task.startedAt === undefined ? null : <Time key="started" at={task.startedAt} />],
    ["Ended", task.completedAt === undefined ? null : <Time key="ended" at={task.completedAt} />],
    ["Attempt", task.attempt === 0 ? null : String(task.attempt)],
    ["Priority", priorityName(task.priority)],
    [
      "Branch",
      task.branchUrl === undefined ? (
        task.branch
      ) : (
        <a key="branch" href={task.branchUrl} className="underline">
          {task.branch}
        </a>
      ),
    ],
    ["Base", task.baseBranch],
    ["Cost", task.costUsd === undefined ? null : cost(task.costUsd)],
    [
      "Tokens",
      task.inputTokens === undefined && task.outputTokens === undefined
        ? null
        : `${task.inputTokens ?? 0} in, ${task.outputTokens ?? 0} out`,
    ],
    ["Task", <code key="id">{task.id}</code>],
  ];
  return (
    <>
      <dl className="mt-6 grid grid-cols-[7rem_1fr] gap-y-1.5 text-sm">
        {facts
          .filter(([, value]) => value !== null && value !== undefined)
          .map(([name, value]) => (
            <div key={name} className="contents">
              <dt className="text-neutral-600 dark:text-neutral-400">{name}</dt>
              <dd className="min-w-0 break-words">{value}</dd>
            </div>
          ))}
      </dl>
      <LongText title="Instructions" text={task.instructions} />
      <LongText title="Last lines of the log" text={task.logTail ?? ""} mono />
    </>
  );
}

function LongText({ title, text, mono = false }: { title: string; text: string; mono?: boolean }) {
  if (text.trim() === "") return null;
  return (
    <details className="mt-4 text-sm" open={!mono}>
      <summary className="cursor-pointer font-medium">{title}</summary>
      <pre
        className={`mt-2 overflow-x-auto rounded bg-neutral-100 p-3 whitespace-pre-wrap dark:bg-neutral-900 ${mono ? "font-mono text-xs" : "font-sans"}`}
      >
        {text}
      </pre>
    </details>
  );
}
