import { expect, it } from "vitest";
import type { TaskView } from "../../lib/task-view.ts";
import type { MachineRecord } from "../fly/machine-record.ts";
import { judgeSight, judgeBranch, judgeSecrets } from "./verify.ts";
import type { Sight } from "./watch.ts";

const task: TaskView = {
  id: "task_aaaaaaaaaaaaaaaaaaaa",
  status: "success",
  phase: "done",
  repoOwner: "octocat",
  repoName: "hello-porter",
  issueNumber: 1,
  issueTitle: "Add a French greeting",
  issueBody: "",
  seq: 1,
  issueUrl: "http://127.0.0.1:1/octocat/hello-porter/issues/1",
  agent: "opencode",
  priority: 2,
  progress: 100,
  createdBy: "octocat",
  createdById: 1,
  createdAt: "2026-11-22T09:00:00.000Z",
  updatedAt: "2026-11-22T09:00:09.000Z",
  branch: "porter/task_aaaaaaaaaaaaaaaaaaaa",
  prUrl: "http://127.0.0.1:1/octocat/hello-porter/pull/3",
  prNumber: 3,
  version: 9,
  attempt: 1,
  instructions: "",
  timeoutMinutes: 10,
  steps: 7,
  commits: 1,
  filesChanged: 3,
  additions: 6,
  deletions: 0,
};

const exitEvent = {
  requested_stop: false,
  restarting: false,
  guest_exit_code: 0,
  guest_signal: -1,
  guest_error: "",
  exit_code: 0,
  signal: -1,
  error: "",
  oom_killed: false,
  exited_at: "2026-11-22T09:00:08.000Z",
};
const machine: MachineRecord = {
  id: "0123456789abcd",
  app: "porter-demo",
  name: "porter-x-1",
  region: "iad",
  state: "destroyed",
  instanceId: "01",
  createdAt: task.createdAt,
  updatedAt: task.updatedAt,
  config: { image: "image:1", metadata: { porter_task: task.id } },
  events: [
    { id: "e", type: "exit", status: "stopped", source: "flyd", timestamp: 0, request: { exit_event: exitEvent } },
  ],
  pid: null,
  lease: null,
};

const pull = {
  repository: "octocat/hello-porter",
  number: 3,
  title: "Add a French greeting",
  body: "Closes #1",
  state: "open",
  draft: false,
  login: "porter-local[bot]",
  head: "porter/task_aaaaaaaaaaaaaaaaaaaa",
  base: "main",
  url: "http://127.0.0.1:1/octocat/hello-porter/pull/3",
};
const body = `<!-- porter:task=${task.id} rev=4 -->\n**✅ Opened #3**`;
const reply = {
  id: 7,
  repository: "octocat/hello-porter",
  issue: 1,
  login: "porter-local[bot]",
  body,
  url: "",
  versions: [body],
  edits: 3,
  reactions: [],
  createdAt: task.createdAt,
  updatedAt: task.updatedAt,
};

const good: Sight = {
  atMs: 0,
  task,
  reactions: ["eyes"],
  replies: [reply],
  labels: ["bug", "porter:success"],
  pulls: [pull],
  machines: [machine],
  wasDelivered: true,
};

it("accepts a run of which everything is true", () => {
  expect(judgeSight(good, 1)).toMatchObject({ ok: true, proven: { exitCode: 0, pull: { number: 3 } } });
});

it.each<[string, Partial<Sight>, string]>([
  ["a task that failed", { task: { ...task, status: "failed" } }, "the task is failed"],
  ["no task", { task: null }, "the task is missing"],
  ["two pull requests", { pulls: [pull, { ...pull, number: 4 }] }, "2 pull requests"],
  ["a closed pull request", { pulls: [{ ...pull, state: "closed" }] }, "not open"],
  ["a foreign head", { pulls: [{ ...pull, head: "other" }] }, "head is not the task's branch"],
  [
    "a pull request that closes another issue",
    { pulls: [{ ...pull, body: "Closes #11" }] },
    "does not close the issue",
  ],
  ["a second comment", { replies: [reply, reply] }, "2 comments"],
  [
    "a comment that does not name the pull request",
    { replies: [{ ...reply, body: body.replace("#3", "it") }] },
    "does not name",
  ],
  ["no reaction", { reactions: [] }, "no 👀"],
  ["a label that was not swapped", { labels: ["porter:running", "porter:success"] }, "porter:running, porter:success"],
  ["a second machine", { machines: [machine, machine] }, "2 machines"],
  ["a machine that is left", { machines: [{ ...machine, state: "stopped" }] }, "the machine is stopped"],
  ["a machine without an exit", { machines: [{ ...machine, events: [] }] }, "exit code is unknown"],
])("refuses %s", (_name, change, sentence) => {
  const verdict = judgeSight({ ...good, ...change }, 1);
  expect(verdict).toMatchObject({ ok: false });
  expect(verdict.ok ? "" : verdict.missing.join("\n")).toContain(sentence);
});

it("refuses numbers that git does not confirm, and a branch without a commit", () => {
  const branch = { commits: 1, filesChanged: 3, additions: 6, deletions: 0, diff: "", log: "" };
  expect(judgeBranch(task, branch)).toEqual([]);
  expect(judgeBranch(task, { ...branch, additions: 5 })).toEqual(["additions: Porter says 6, git says 5"]);
  expect(judgeBranch(task, { ...branch, commits: 0 })[0]).toBe("the branch holds no commit of the agent");
});

it("names a leaked secret and where it stands, and never repeats it", () => {
  const found = judgeSecrets(
    { "the model key": "sk-fake-1" },
    { "the branch": "+sk-fake-1", "the pull request": "fine" },
  );
  expect(found).toEqual(["the model key stands in the branch"]);
});
