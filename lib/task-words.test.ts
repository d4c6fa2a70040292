import { describe, expect, test } from "vitest";
import { FAILURE_CODES } from "./failures.ts";
import { explainFailure, taskViewSchema, type TaskView } from "./task-view.ts";
import { canRetry, canStop, canTryAgain, elapsedMs, PHASE_WORDS, situationLine, statusWord } from "./task-words.ts";
import { TASK_STATUSES } from "./task.ts";

const task = (overrides: Partial<TaskView> = {}): TaskView =>
  taskViewSchema.parse({
    id: "task_00000000000000000001",
    status: "queued",
    repoOwner: "acme",
    repoName: "widgets",
    issueNumber: 7,
    issueTitle: "Title",
    issueBody: "",
    seq: 1,
    agent: "opencode",
    priority: 2,
    progress: 0,
    createdBy: "octocat",
    createdAt: "2026-11-22T12:00:00.000Z",
    phase: "queued",
    version: 1,
    attempt: 0,
    createdById: 1,
    instructions: "",
    timeoutMinutes: 10,
    issueUrl: "https://github.test/acme/widgets/issues/7",
    steps: 0,
    updatedAt: "2026-11-22T12:00:00.000Z",
    ...overrides,
  });

describe("a status word", () => {
  test.each<[Partial<TaskView>, string]>([
    [{ status: "queued" }, "Queued"],
    [{ status: "queued", blockedReason: "missing_credentials" }, "Needs you"],
    [{ status: "running" }, "Running"],
    [{ status: "success" }, "Done"],
    [{ status: "success", failureCode: "no_changes" }, "No changes"],
    [{ status: "failed", failureCode: "agent_failed" }, "Failed"],
    [{ status: "failed", failureCode: "stopped_by_user" }, "Stopped"],
    [{ status: "failed", failureCode: "issue_closed" }, "Stopped"],
    [{ status: "timed_out" }, "Timed out"],
  ])("of %j is %s", (given, word) => expect(statusWord(task(given)).word).toBe(word));
});

const FLY_FULL = { kind: "fly_full", region: "iad", next: "ord" } as const;

describe("the situation", () => {
  test.each<[string, Partial<TaskView>, string]>([
    ["of a queued task is its reason", { waitReason: FLY_FULL }, "Fly has no capacity in iad, trying ord"],
    [
      "of a blocked task says that it starts by itself",
      { blockedReason: "missing_fly_token" },
      "Waits for you, then starts by itself",
    ],
    ["of a starting task is its phase", { status: "running", phase: "starting" }, PHASE_WORDS.starting],
    ["of a working task is its last step", { status: "running", phase: "working", lastStep: "npm test" }, "npm test"],
    [
      "of a pushing task is its phase, not an old step",
      { status: "running", phase: "pushing", lastStep: "npm test" },
      PHASE_WORDS.pushing,
    ],
    ["of a success is its pull request", { status: "success", phase: "done", prNumber: 8 }, "Opened pull request #8"],
    [
      "of a failure is its sentence",
      { status: "failed", phase: "done", explanation: explainFailure("disk_full", "porter") },
      "The machine ran out of disk space.",
    ],
  ])("%s", (_name, given, line) => expect(situationLine(task(given))).toBe(line));
});

test("a task in line says its place, one that waits for its requester does not", () => {
  const place = { position: 2, waiting: 3, running: 5 };
  expect(situationLine(task(), place)).toBe("2nd of 3: five tasks are running");
  expect(situationLine(task({ waitReason: FLY_FULL }), place)).toBe("2nd of 3: Fly has no capacity in iad, trying ord");
  expect(situationLine(task({ blockedReason: "missing_fly_token" }), place)).toBe(
    "Waits for you, then starts by itself",
  );
  expect(situationLine(task({ status: "running", phase: "starting" }), place)).toBe(PHASE_WORDS.starting);
});

test("time runs until the end, and not before the start", () => {
  const startedAt = "2026-11-22T12:00:00.000Z";
  const now = Date.parse("2026-11-22T12:05:00.000Z");
  expect(elapsedMs(task(), now)).toBeNull();
  expect(elapsedMs(task({ startedAt }), now), "waits for another attempt").toBeNull();
  expect(elapsedMs(task({ status: "running", startedAt }), now)).toBe(300_000);
  expect(elapsedMs(task({ status: "failed", startedAt, completedAt: "2026-11-22T12:01:00.000Z" }), now)).toBe(60_000);
});

test("every task can be stopped or retried or has succeeded, never two of them", () => {
  for (const status of TASK_STATUSES) {
    const ways = [canStop({ status }), canRetry({ status }), status === "success"].filter(Boolean);
    expect(ways, status).toHaveLength(1);
  }
});

test("a retry is offered where it may end otherwise, and another try where credit is waited for", () => {
  for (const failureCode of FAILURE_CODES) {
    const isOffered = failureCode !== "agent_asks" && failureCode !== "base_branch_missing";
    expect([failureCode, canRetry({ status: "failed", failureCode })]).toEqual([failureCode, isOffered]);
    const waits = { status: "queued", blockedReason: failureCode } as const;
    expect([failureCode, canTryAgain(waits)]).toEqual([failureCode, failureCode === "provider_credit"]);
  }
  expect(canTryAgain({ status: "queued" })).toBe(false);
  expect(canTryAgain({ status: "failed", blockedReason: "provider_credit" })).toBe(false);
});
