import { PORTER_LABELS } from "../../lib/task.ts";
import type { TaskView } from "../../lib/task-view.ts";
import { lastExit, type MachineRecord } from "../fly/machine-record.ts";
import type { CommentState, LocalPullState } from "../github/state.ts";
import type { BranchFacts } from "./pull-request.ts";
import type { Sight } from "./watch.ts";

/** A finished run whose every part is there; what the demo claims is read from it. */
export type Proven = {
  task: TaskView;
  pull: LocalPullState;
  tracking: CommentState;
  machine: MachineRecord;
  exitCode: number;
  branch: BranchFacts;
};

/** The parts of a success that GitHub, Fly and Porter show by now, or what is not true yet, a sentence each. */
export type Verdict = { ok: true; proven: Omit<Proven, "branch"> } | { ok: false; missing: string[] };

/** Everything but the branch itself, which is read by git once the rest is true. */
export function judgeSight(sight: Sight, issue: number): Verdict {
  const { task, machines, pulls, replies } = sight;
  const [machine, pull, tracking] = [
    machines[0],
    pulls[0],
    replies.find((reply) => reply.body.includes("<!-- porter:task=")),
  ];
  const exit = machine ? lastExit(machine) : null;
  const claims: [boolean, string][] = [
    [
      task?.status === "success" && task.phase === "done",
      `the task is ${task?.status ?? "missing"}, phase ${task?.phase ?? "none"}`,
    ],
    [pulls.length === 1, `Porter opened ${pulls.length} pull requests instead of one`],
    [pull?.state === "open", "the pull request is not open"],
    [task?.branch !== undefined && pull?.head === task.branch, "the pull request's head is not the task's branch"],
    [task?.prUrl !== undefined && task.prNumber === pull?.number, "the task does not know its pull request"],
    [new RegExp(`\\bCloses #${issue}\\b`).test(pull?.body ?? ""), "the pull request does not close the issue"],
    [replies.length === 1, `Porter wrote ${replies.length} comments instead of one`],
    [
      tracking?.body.includes(`#${pull?.number ?? "?"}`) ?? false,
      "the tracking comment does not name the pull request",
    ],
    [sight.reactions.includes("eyes"), "there is no 👀 on the comment"],
    [
      sameItems(porterLabels(sight.labels), ["porter:success"]),
      `the issue's Porter labels are ${porterLabels(sight.labels).join(", ") || "none"}`,
    ],
    [machines.length === 1, `the task used ${machines.length} machines instead of one`],
    [machine?.state === "destroyed", `the machine is ${machine?.state ?? "missing"}`],
    [exit?.exit_code === 0, `the machine's exit code is ${exit?.exit_code ?? "unknown"}`],
  ];
  const missing = claims.filter(([isTrue]) => !isTrue).map(([, otherwise]) => otherwise);
  if (missing.length > 0 || !task || !pull || !tracking || !machine || !exit) return { ok: false, missing };
  return { ok: true, proven: { task, pull, tracking, machine, exitCode: exit.exit_code } };
}

const porterLabels = (labels: string[]): string[] =>
  labels.filter((label) => (PORTER_LABELS as readonly string[]).includes(label));
const sameItems = (left: string[], right: string[]): boolean =>
  left.length === right.length && left.every((item) => right.includes(item));

/** What git must say of the branch; sentences of what is not true. */
export function judgeBranch(task: TaskView, branch: BranchFacts): string[] {
  const told: [string, number | undefined, number][] = [
    ["commits", task.commits, branch.commits],
    ["files changed", task.filesChanged, branch.filesChanged],
    ["additions", task.additions, branch.additions],
    ["deletions", task.deletions, branch.deletions],
  ];
  const wrong = told
    .filter(([, said, found]) => said !== found)
    .map(([what, said, found]) => `${what}: Porter says ${said ?? "nothing"}, git says ${found}`);
  return branch.commits > 0 && branch.filesChanged > 0 ? wrong : ["the branch holds no commit of the agent", ...wrong];
}

/** Whether the agent's tests ended well, as the pull request tells of them; a sentence where they did not. */
export function judgeTests(pull: Pick<LocalPullState, "body">, command: string | null): string[] {
  if (command === null || pull.body.includes(`\`${command}\` (exit 0)`)) return [];
  return [`the pull request does not say that \`${command}\` ended well`];
}

/** Which of the run's secrets stand in texts that others can read; never the secrets themselves. */
export function judgeSecrets(secrets: Record<string, string>, texts: Record<string, string>): string[] {
  return Object.entries(texts).flatMap(([where, text]) =>
    Object.entries(secrets)
      .filter(([, secret]) => text.includes(secret))
      .map(([name]) => `${name} stands in ${where}`),
  );
}
