import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TASK_STATUSES, isTerminal } from "@/lib/task";
import type { AttemptRow, TaskRow } from "@/server/db/task-store";
import { NOW } from "@/server/testing/rows";
import { decide, TIMES } from "./decide";
import { writeWaitReason } from "@/lib/wait-reason-schema";

const SEED = 20261122;
const at = (offsetMs: number) => new Date(Date.parse(NOW) + offsetMs).toISOString();
const now = Date.parse(NOW);

const task = (overrides: Partial<TaskRow> = {}): TaskRow =>
  ({
    id: "task_x",
    userId: 1,
    status: "queued",
    phase: "queued",
    attempt: 0,
    version: 1,
    reportedVersion: 1,
    reportState: "owed",
    reportedAt: NOW,
    reportedSteps: 0,
    reportDueAt: null,
    steps: 0,
    infraRetries: 0,
    permittedAt: NOW,
    maxRetries: 3,
    blockedReason: null,
    waitReason: null,
    notBefore: null,
    failureCode: null,
    createdAt: NOW,
    updatedAt: NOW,
    completedAt: null,
    ...overrides,
  }) as TaskRow;
const attempt = (overrides: Partial<AttemptRow> = {}): AttemptRow =>
  ({
    taskId: "task_x",
    attempt: 1,
    userId: 1,
    machineId: "m1",
    machineSeenAt: NOW,
    launchIntentAt: NOW,
    nextLaunchAt: null,
    startedAt: NOW,
    heartbeatAt: NOW,
    claimedAt: NOW,
    deadlineAt: at(600_000),
    completion: null,
    completionAppliedAt: null,
    applyDueAt: null,
    stopRequestedAt: null,
    endedAt: null,
    endReason: null,
    cleanupDueAt: null,
    createdAt: NOW,
    ...overrides,
  }) as AttemptRow;
const running = (overrides: Partial<TaskRow> = {}) =>
  task({ status: "running", phase: "working", attempt: 1, ...overrides });
const kinds = (row: TaskRow, attempts: AttemptRow[], offset = 0) =>
  decide({ task: row, attempts }, now + offset).actions.map((action) => action.kind);

describe("every state of the rows", () => {
  const instants = [null, at(-8 * 24 * 3600_000), at(-200_000), at(-1), NOW, at(1), at(3600_000)];
  const instant = fc.constantFrom(...instants);
  const anAttempt = fc.record({
    machineId: fc.constantFrom(null, "m1"),
    machineSeenAt: instant,
    launchIntentAt: instant,
    nextLaunchAt: instant,
    startedAt: instant,
    heartbeatAt: instant,
    deadlineAt: fc.constantFrom(...instants.filter((each) => each !== null)),
    completion: fc.constantFrom(null, "{}"),
    completionAppliedAt: instant,
    applyDueAt: instant,
    stopRequestedAt: instant,
    endedAt: instant,
    endReason: fc.constantFrom(null, "completed", "machine_capacity", "machine_lost", "of-tomorrow"),
    cleanupDueAt: instant,
    sealDueAt: instant,
    logSealedAt: instant,
    records: fc.constantFrom(0, 5),
    branch: fc.constantFrom("porter/x", "porter/x-2"),
  });
  const aState = fc.record({
    task: fc.record({
      status: fc.constantFrom(...TASK_STATUSES),
      blockedReason: fc.constantFrom(null, "missing_credentials" as const),
      waitReason: fc.constantFrom(null, writeWaitReason({ kind: "fly_silent" }), "Fly is full"),
      notBefore: instant,
      branch: fc.constantFrom(null, "porter/x"),
      attempt: fc.constantFrom(0, 1, 2),
      version: fc.constantFrom(1, 2),
      reportedAt: instant,
      reportDueAt: instant,
      reportState: fc.constantFrom("owed" as const, "given_up" as const),
      steps: fc.constantFrom(0, 3),
      completedAt: instant,
    }),
    attempts: fc.array(anAttempt, { maxLength: 3 }),
    offset: fc.integer({ min: -1000, max: 8 * 24 * 3600_000 }),
  });

  it(`leads to an action, or to a later look, or owes nothing (seed ${SEED})`, () => {
    fc.assert(
      fc.property(aState, (state) => {
        const row = task({ ...state.task, pollIntervalSeconds: 10 });
        const attempts = state.attempts.map((each, index) => attempt({ ...each, attempt: index + 1 }));
        const when = now + state.offset;
        const { actions, dueAt } = decide({ task: row, attempts }, when);
        expect(decide({ task: row, attempts }, when)).toEqual({ actions, dueAt });
        if (dueAt !== null) expect(Number.isFinite(dueAt)).toBe(true);
        // Nothing waits without a clock: neither a task nor an attempt that is still to end or to be cleaned up.
        const isOpen = !isTerminal(row.status) || attempts.some((each) => each.endedAt === null || each.cleanupDueAt);
        if (isOpen) expect(actions.length > 0 || dueAt !== null).toBe(true);
        // And a look that does nothing now is never due in the past: it would spin.
        if (actions.length === 0 && dueAt !== null) expect(dueAt).toBeGreaterThan(when);
        for (const action of actions)
          if ("attempt" in action) expect(attempts.some((each) => each.attempt === action.attempt)).toBe(true);
      }),
      { seed: SEED, numRuns: 5000 },
    );
  });
});

describe("a queued task", () => {
  it("asks for a slot, and again in half a minute", () => {
    expect(decide({ task: task(), attempts: [] }, now)).toEqual({
      actions: [{ kind: "claim_slot" }],
      dueAt: now + TIMES.queuedRecheck,
    });
  });
  it("waits for the requester for seven days and then is dropped", () => {
    const blocked = task({ blockedReason: "missing_credentials" });
    expect(kinds(blocked, [])).toEqual(["recheck_block"]);
    expect(kinds(blocked, [], TIMES.blockedFor - 1)).toEqual(["recheck_block"]);
    expect(decide({ task: blocked, attempts: [] }, now + TIMES.blockedFor).actions).toEqual([
      { kind: "fail", code: "blocked_too_long", message: null },
    ]);
  });
  it("keeps a back-off", () => {
    expect(
      decide(
        {
          task: task({
            notBefore: at(5000),
            waitReason: writeWaitReason({ kind: "machine_lost", code: "machine_lost" }),
          }),
          attempts: [],
        },
        now,
      ),
    ).toEqual({
      actions: [],
      dueAt: now + 5000,
    });
  });
});

describe("a task that Fly gives no machine", () => {
  const branch = "porter/x";
  const none = (number: number, offset: number, overrides: Partial<AttemptRow> = {}) =>
    attempt({
      attempt: number,
      machineId: null,
      endedAt: at(offset),
      createdAt: at(offset),
      endReason: "machine_capacity",
      branch,
      ...overrides,
    });
  const waitReason = writeWaitReason({ kind: "fly_full", region: "iad", next: null });
  const waiting = task({ branch, notBefore: NOW, attempt: 2, waitReason });
  it("waits a day, counted from when it gave none, and says what it waited for", () => {
    const attempts = [none(1, 0), none(2, 60_000, { endReason: "machine_never_started" })];
    expect(kinds(waiting, attempts, TIMES.capacityFor - 1)).toEqual(["claim_slot"]);
    expect(decide({ task: waiting, attempts }, now + TIMES.capacityFor).actions).toEqual([
      { kind: "fail", code: "machine_capacity", message: "Fly has no capacity in iad" },
    ]);
  });
  it("ends with the general sentence where an older Porter kept words, which nobody reads apart", () => {
    const older = task({ ...waiting, waitReason: "Fly has no capacity in iad, trying again in a minute" });
    expect(decide({ task: older, attempts: [none(1, 0), none(2, 0)] }, now + TIMES.capacityFor).actions).toEqual([
      { kind: "fail", code: "machine_capacity", message: null },
    ]);
  });
  it("is not charged with the age of the task, an earlier machine, or what was before an explicit retry", () => {
    const late = TIMES.capacityFor + 120_000;
    const old = task({ ...waiting, createdAt: at(-10 * TIMES.capacityFor) });
    expect(kinds(old, [none(1, 0, { machineId: "m1" }), none(2, 120_000)], late - 1)).toEqual(["claim_slot"]);
    expect(kinds(old, [none(1, 0, { branch: "porter/before" }), none(2, 120_000)], late - 1)).toEqual(["claim_slot"]);
    expect(kinds(old, [none(1, 0, { machineId: "m1", endReason: "machine_lost" })], late)).toEqual(["claim_slot"]);
  });
});

describe("a running task", () => {
  it("that speaks has its machine, whether Fly can name it or not", () => {
    const unnamed = attempt({ machineId: null, heartbeatAt: at(TIMES.provisioning) });
    expect(kinds(running(), [unnamed], TIMES.provisioning)).toEqual([]);
  });
  it("launches its machine, and gives up on one that never starts", () => {
    const fresh = attempt({ machineId: null, startedAt: null, launchIntentAt: null });
    expect(kinds(running(), [fresh])).toEqual(["launch"]);
    expect(kinds(running(), [fresh], TIMES.provisioning)).toEqual(["await_fly"]);
    const created = attempt({ startedAt: null });
    expect(kinds(running(), [created], TIMES.provisioning - 1)).toEqual(["inspect_machine"]);
    expect(kinds(running(), [created], TIMES.provisioning)).toEqual(["lose_attempt"]);
  });
  it("looks at a machine that is silent for a minute, and counts it as wedged after three", () => {
    expect(kinds(running(), [attempt()], TIMES.heartbeatSilence - 1)).toEqual([]);
    expect(kinds(running(), [attempt()], TIMES.heartbeatSilence)).toEqual(["inspect_machine"]);
    expect(kinds(running(), [attempt()], TIMES.wedged)).toEqual(["lose_attempt"]);
  });
  it("times out at the deadline and its grace, not before", () => {
    const live = attempt({ heartbeatAt: at(719_999) });
    const asked = running({ permittedAt: at(600_000) });
    expect(kinds(asked, [live], 600_000 + TIMES.deadlineGrace - 1)).toEqual([]);
    expect(kinds(asked, [live], 600_000 + TIMES.deadlineGrace)).toEqual(["time_out"]);
  });
  it("asks GitHub again every five minutes whether its requester may still have it, and in a minute after a doubt", () => {
    const lively = (offset: number) => attempt({ heartbeatAt: at(offset) });
    for (const [permittedAt, offset, asks] of [
      [NOW, TIMES.askEvery - 1, false],
      [NOW, TIMES.askEvery, true],
      [at(1), TIMES.askEvery, false],
      [null, 0, true],
    ] as const) {
      const { actions, dueAt } = decide({ task: running({ permittedAt }), attempts: [lively(offset)] }, now + offset);
      expect(actions.map(({ kind }) => kind)).toEqual(asks ? ["ask_again"] : []);
      expect(dueAt).toBeLessThanOrEqual(now + offset + TIMES.askSoon);
    }
    expect(kinds(running({ permittedAt: null }), [attempt({ completion: "{}" })])).toEqual(["apply_completion"]);
  });

  it("applies the machine's last word, whatever the clock says", () => {
    const done = attempt({ completion: "{}", endedAt: NOW, endReason: "completed" });
    expect(kinds(running(), [done], 10 * 600_000)).toContain("apply_completion");
  });
  it("tells GitHub of steps at most once a minute", () => {
    const busy = running({ steps: 4 });
    const live = (offset: number) => [attempt({ heartbeatAt: at(offset) })];
    expect(kinds(busy, live(59_999), 59_999)).toEqual([]);
    expect(kinds(busy, live(60_000), 60_000)).toEqual(["report"]);
  });
});

describe("an ended attempt", () => {
  const stopped = (overrides: Partial<TaskRow> = {}) =>
    task({ status: "failed", attempt: 1, failureCode: "stopped_by_user", completedAt: NOW, ...overrides });
  it("of a stopped task is told to end, and ends after a minute without a word", () => {
    expect(kinds(stopped(), [attempt()])).toEqual(["stop_machine"]);
    const told = attempt({ stopRequestedAt: NOW });
    expect(kinds(stopped(), [told], TIMES.stopGrace - 1)).toEqual([]);
    expect(kinds(stopped(), [told], TIMES.stopGrace)).toEqual(["end_attempt"]);
  });
  it("is cleaned up when it is due, and its late word is still taken", () => {
    const late = attempt({ endedAt: NOW, completion: "{}", cleanupDueAt: at(3000) });
    expect(kinds(stopped(), [late])).toEqual(["apply_completion"]);
    const applied = attempt({ endedAt: NOW, completion: "{}", completionAppliedAt: NOW, cleanupDueAt: at(3000) });
    expect(decide({ task: stopped(), attempts: [applied] }, now)).toEqual({ actions: [], dueAt: now + 3000 });
    expect(kinds(stopped(), [applied], 3000)).toEqual(["clean_up"]);
  });
  it("owes nothing once it is clean", () => {
    expect(decide({ task: stopped(), attempts: [attempt({ endedAt: NOW, cleanupDueAt: null })] }, now)).toEqual({
      actions: [],
      dueAt: null,
    });
  });
});

describe("reporting", () => {
  it("follows the version, waits for its back-off, and stops when it was given up", () => {
    const done = task({ status: "success", version: 5, reportedVersion: 4 });
    expect(kinds(done, [])).toEqual(["report"]);
    expect(decide({ task: { ...done, reportDueAt: at(9000) }, attempts: [] }, now)).toEqual({
      actions: [],
      dueAt: now + 9000,
    });
    expect(kinds({ ...done, reportState: "given_up" }, [])).toEqual([]);
  });
});

describe("the log of an attempt", () => {
  const over = { endedAt: NOW, cleanupDueAt: null, logSealedAt: null, sealDueAt: null, records: 3 };
  const decided = (overrides: Partial<AttemptRow>) =>
    decide(
      {
        task: task({ status: "failed", attempt: 1, completedAt: NOW }),
        attempts: [attempt({ ...over, ...overrides })],
      },
      now,
    );

  it("is sealed once the attempt has ended and is cleaned up, and then owes nothing", () => {
    expect(decided({}).actions).toEqual([{ kind: "seal_log", attempt: 1 }]);
    expect(decided({ logSealedAt: NOW })).toEqual({ actions: [], dueAt: null });
    expect(decided({ records: 0 })).toEqual({ actions: [], dueAt: null });
    expect(decided({ cleanupDueAt: at(1000) }).actions).toEqual([]);
  });

  it("waits for its time after a failure", () => {
    expect(decided({ sealDueAt: at(5000) })).toEqual({ actions: [], dueAt: now + 5000 });
  });
});
