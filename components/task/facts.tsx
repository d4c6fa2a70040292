"use client";
import type { ReactNode } from "react";
import { Time } from "@/components/layout/clock";
import { CopyButton } from "@/components/ui/copy-button";
import { AGENTS } from "@/lib/agents";
import { costText } from "@/lib/format";
import { SEAL_WORDS } from "@/lib/seal-words";
import type { SetUpReport } from "@/lib/set-up/protocol";
import type { SetUpView } from "@/lib/set-up/view-schema";
import { isBadReport, reportSentence } from "@/lib/set-up/words";
import { priorityName } from "@/lib/task";
import type { Toolchain } from "@/lib/toolchain";
import type { Run } from "./use-run";

/** Who, when, where, and the names of things to copy. */
export default function Facts({ run: { task, attempts, log } }: { run: Run }) {
  const attempt = attempts.at(-1);
  const facts: [string, ReactNode][] = [
    ["Issue", <Code key="issue" text={`${task.repoOwner}/${task.repoName}#${task.issueNumber}`} url={task.issueUrl} />],
    ["Asked by", task.createdBy],
    ["Agent", AGENTS[task.agent].name],
    ["Model", task.model],
    ["Priority", task.priority === 2 ? null : priorityName(task.priority)],
    ["Created", <Time key="created" at={task.createdAt} />],
    ["Started", task.startedAt === undefined ? null : <Time key="started" at={task.startedAt} />],
    ["Ended", task.completedAt === undefined ? null : <Time key="ended" at={task.completedAt} />],
    ["Limit", `${task.timeoutMinutes} m`],
    ["Cost", AGENTS[task.agent].isMetered ? null : "cannot be metered"],
    ["Budget", task.budgetUsd === undefined ? null : costText(task.budgetUsd)],
    ["Base", task.baseBranch],
    ["Branch", task.branch === undefined ? null : <Code key="branch" text={task.branch} url={task.branchUrl} />],
    [
      "Set-up",
      task.setUp === undefined ? null : <SetUp key="set-up" setUp={task.setUp} report={attempt?.setUpReport ?? null} />,
    ],
    ["Machine", attempt?.machineId == null ? null : <Code key="machine" text={attempt.machineId} />],
    ["Region", attempt?.region],
    ["Network", attempt?.network == null ? null : SEAL_WORDS[attempt.network.seal]],
    ["Tools", attempt?.toolchain == null ? null : <Tools key="tools" toolchain={attempt.toolchain} />],
    ["Attempt", task.attempt > 1 ? task.attempt : null],
    [
      "Retry of",
      task.parentTaskId === undefined ? null : (
        <Code key="parent" text={task.parentTaskId} url={`/tasks/${task.parentTaskId}`} />
      ),
    ],
    ["Log deleted", log.expiresAt === null ? null : <Time key="expires" at={log.expiresAt} />],
    ["Task", <Code key="id" text={task.id} />],
  ];
  return (
    <dl className="grid grid-cols-[5.5rem_minmax(0,1fr)] items-baseline gap-y-1.5">
      {facts
        .filter(([, value]) => value !== null && value !== undefined)
        .map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-faint">{name}</dt>
            <dd className="min-w-0 break-words">{value}</dd>
          </div>
        ))}
    </dl>
  );
}

/** What the agent found on its machine, to be compared with what a repository needs. */
const Tools = ({ toolchain }: { toolchain: Toolchain }) => {
  const tools = Object.entries(toolchain).toSorted(([one], [other]) => one.localeCompare(other));
  return (
    <details>
      <summary className="cursor-pointer">{tools.length} on the machine</summary>
      <ul className="mt-1 text-xs">
        {tools.map(([name, version]) => (
          <li key={name}>
            {name} <span className="text-soft tabular">{version}</span>
          </li>
        ))}
      </ul>
    </details>
  );
};

/** What is run before the agent works, and which files say so. */
function SetUp({
  setUp: { from, run, start, services, problems },
  report,
}: {
  setUp: SetUpView;
  report: SetUpReport | null;
}) {
  const commands = [run, start].filter((command) => command !== null);
  return (
    <div className="grid gap-1">
      {from.length === 0 ? "no file says how" : <span>from {from.join(" and ")}</span>}
      {commands.map((command) => (
        <code key={command} className="line-clamp-4 font-mono text-xs break-words whitespace-pre-wrap" title={command}>
          {command}
        </code>
      ))}
      {services.length === 0 ? null : <span>with {services.join(" and ")}</span>}
      {report === null || !isBadReport(report) ? null : <p className="text-waiting">{reportSentence(report)}</p>}
      {problems.map((problem) => (
        <p key={problem} className="text-waiting">
          {problem}
        </p>
      ))}
    </div>
  );
}

/** A name that people paste elsewhere. */
const Code = ({ text, url }: { text: string; url?: string | undefined }) => (
  // Targets of 24 px each, which is less than from one row to the next.
  <span className="-my-0.5 flex items-center gap-1 [&>button]:size-6">
    <span className="min-w-0 truncate font-mono text-xs" title={text}>
      {url === undefined ? (
        text
      ) : (
        <a href={url} className="block truncate py-1 hover:underline">
          {text}
        </a>
      )}
    </span>
    <CopyButton text={text} label={`Copy ${text}`} />
  </span>
);
