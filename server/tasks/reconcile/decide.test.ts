import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type KindOf, kindsOf, type Obligation, OBLIGATION_KINDS } from "@/lib/obligations";
import { TASK_STATUSES, isTerminal } from "@/lib/task";
import type { AttemptRow, TaskRow } from "@/server/db/task-store";
import { NOW } from "@/server/testing/rows";
import { decideActions } from "./decide";
import { TIMES } from "../times";
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
    reportedAt: NOW,
    reportedSteps: 0,
    steps: 0,
    infraRetries: 0,
    prNumber: null,
    prLookAt: null,
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
    imagePulledAt: null,
    launchIntentAt: NOW,
    startedAt: NOW,
    heartbeatAt: NOW,
    claimedAt: NOW,
    deadlineAt: at(600_000),
    completion: null,
    completionAppliedAt: null,
    stopRequestedAt: null,
    endedAt: null,
    endReason: null,
    machineDestroyedAt: NOW,
    tokenRevokedAt: NOW,
    records: 0,
    logSealedAt: null,
    createdAt: NOW,
    ...overrides,
  }) as AttemptRow;
const running = (overrides: Partial<TaskRow> = {}) =>
  task({ status: "running", phase: "working", attempt: 1, ...overrides });
const putOff = (kind: Obligation["kind"], dueAt: string | null, overrides: Partial<Obligation> = {}): Obligation => ({
  subject: kindsOf("task").some((one) => one === kind) ? "task_x" : "task_x/1",
  kind,
  dueAt,
  tries: 1,
  gaveUpReason: dueAt === null ? "lost: 404" : null,
  ...overrides,
});
const decided = (row: TaskRow, attempts: AttemptRow[], offset = 0, obligations: Obligation[] = []) =>
  decideActions({ task: row, attempts, obligations }, now + offset);
const kinds = (...input: Parameters<typeof decided>) => decided(...input).actions.map((action) => action.kind);

describe("every state of the rows", () => {
  const instants = [null, at(-8 * 24 * 3600_000), at(-200_000), at(-1), NOW, at(1), at(3600_000)];
  const instant = fc.constantFrom(...instants);
  const anAttempt = fc.record({
    machineId: fc.constantFrom(null, "m1"),
    machineSeenAt: instant,
    imagePulledAt: instant,
    launchIntentAt: instant,
    startedAt: instant,
    heartbeatAt: instant,
    deadlineAt: fc.constantFrom(...instants.filter((each) => each !== null)),
    completion: fc.constantFrom(null, "{}"),
    completionAppliedAt: instant,
    stopRequestedAt: instant,
    endedAt: instant,
    endReason: fc.constantFrom(null, "completed", "machine_capacity", "machine_lost", "of-tomorrow"),
    machineDestroyedAt: instant,
    tokenRevokedAt: instant,
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
      steps: fc.constantFrom(0, 3),
      completedAt: instant,
    }),
    attempts: fc.array(anAttempt, { maxLength: 3 }),
    obligations: fc.uniqueArray(
      fc.record({
        subject: fc.constantFrom("task_x", "task_x/1", "task_x/2"),
        kind: fc.constantFrom(...OBLIGATION_KINDS),
        dueAt: instant,
        tries: fc.constantFrom(0, 1, 7),
      }),
      { maxLength: 6, selector: ({ subject, kind }) => `${subject} ${kind}` },
    ),
    offset: fc.integer({ min: -1000, max: 8 * 24 * 3600_000 }),
  });

  it(`leads to an action, or to a later look, or owes nothing (seed ${SEED})`, () => {
    fc.assert(
      fc.property(aState, (state) => {
        const row = task({ ...state.task, pollIntervalSeconds: 10 });
        const attempts = state.attempts.map((each, index) => attempt({ ...each, attempt: index + 1 }));
        // A launch ends with its time, and an end that cannot be applied ends the task.
        const obligations = state.obligations.map((each) =>
          each.dueAt === null && each.kind !== "launch" && each.kind !== "apply_completion"
            ? { ...each, gaveUpReason: "lost: 404" }
            : { ...each, dueAt: each.dueAt ?? NOW, gaveUpReason: null },
        );
        const isGivenUp = (number: number) =>
          obligations.some(
            (each) => each.subject === `task_x/${number}` && each.kind === "clean_up" && each.gaveUpReason !== null,
          );
        const when = now + state.offset;
        const { actions, dueAt } = decideActions({ task: row, attempts, obligations }, when);
        expect(decideActions({ task: row, attempts, obligations }, when)).toEqual({ actions, dueAt });
        if (dueAt !== null) expect(Number.isFinite(dueAt)).toBe(true);
        // Nothing waits without a clock: neither a task nor an attempt that is still to end or to be cleaned up.
        const isDirty = (each: AttemptRow) => each.machineDestroyedAt === null || each.tokenRevokedAt === null;
        const isOpen =
          !isTerminal(row.status) ||
          attempts.some((each) => each.endedAt === null || (isDirty(each) && !isGivenUp(each.attempt)));
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
    expect(decided(task(), [])).toEqual({
      actions: [{ kind: "claim_slot" }],
      dueAt: now + TIMES.queuedRecheck,
    });
  });
  it("waits for the requester for seven days and then is dropped", () => {
    const blocked = task({ blockedReason: "missing_credentials" });
    expect(kinds(blocked, [])).toEqual(["recheck_block"]);
    expect(kinds(blocked, [], TIMES.blockedFor - 1)).toEqual(["recheck_block"]);
    expect(decided(blocked, [], TIMES.blockedFor).actions).toEqual([
      { kind: "fail", code: "blocked_too_long", message: null },
    ]);
  });
  it("keeps a back-off", () => {
    const waitReason = writeWaitReason({ kind: "machine_lost", code: "machine_lost" });
    expect(decided(task({ notBefore: at(5000), waitReason }), [])).toEqual({
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
    expect(decided(waiting, attempts, TIMES.capacityFor).actions).toEqual([
      { kind: "fail", code: "machine_capacity", message: "Fly has no capacity in iad" },
    ]);
  });
  it("ends with the general sentence where an older Porter kept words, which nobody reads apart", () => {
    const older = task({ ...waiting, waitReason: "Fly has no capacity in iad, trying again in a minute" });
    expect(decided(older, [none(1, 0), none(2, 0)], TIMES.capacityFor).actions).toEqual([
      { kind: "fail", code: "machine_capacity", message: null },
    ]);
  });
  it("is not charged with the age of the task, an earlier machine, or what was before an explicit retry", () => {
    const late = TIMES.capacityFor + 120_000;
    const old = task({ ...waiting, createdAt: at(-10 * TIMES.capacityFor) });
    expect(kinds(old, [none(1, 0, { machineId: "m1" }), none(2, 120_000)], late - 1)).toEqual(["claim_slot"]);
    expect(kinds({ ...old, earlierAttempts: 1 }, [none(1, 0), none(2, 120_000)], late - 1)).toEqual(["claim_slot"]);
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
  it("lets Fly fetch the image for ten minutes, and counts the start from its end as Fly says it", () => {
    const pulling = attempt({ startedAt: null, claimedAt: null, deadlineAt: at(3_600_000) });
    const looked = (offset: number) => ({ ...pulling, machineSeenAt: at(offset) });
    const kindsAt = (offset: number, row: AttemptRow) => kinds(running({ permittedAt: at(offset) }), [row], offset);
    expect(kindsAt(TIMES.imagePull - 1, looked(0))).toEqual(["inspect_machine"]);
    // It may have come since the last look, which Fly may leave without an answer for a while.
    expect(kindsAt(TIMES.imagePull, looked(0))).toEqual(["inspect_machine"]);
    expect(kindsAt(TIMES.imagePull, looked(TIMES.imagePull))).toEqual(["lose_attempt"]);
    expect(kindsAt(TIMES.imagePull + TIMES.provisioning, looked(0))).toEqual(["lose_attempt"]);
    for (const end of [0, 1, TIMES.provisioning, TIMES.imagePull]) {
      const pulled = { ...looked(end), imagePulledAt: at(end) };
      expect(kindsAt(end + TIMES.provisioning - 1, pulled)).toEqual(["inspect_machine"]);
      expect(kindsAt(end + TIMES.provisioning, pulled)).toEqual(["lose_attempt"]);
    }
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
      const { actions, dueAt } = decided(running({ permittedAt }), [lively(offset)], offset);
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
  it("is cleaned up once its machine had time to leave, and its late word is still taken", () => {
    const left = { endedAt: NOW, completion: "{}", machineDestroyedAt: null };
    expect(kinds(stopped(), [attempt(left)])).toEqual(["apply_completion"]);
    const applied = attempt({ ...left, completionAppliedAt: NOW });
    expect(decided(stopped(), [applied])).toEqual({ actions: [], dueAt: now + TIMES.goodbye });
    expect(kinds(stopped(), [applied], TIMES.goodbye)).toEqual(["clean_up"]);
    expect(kinds(stopped(), [attempt({ endedAt: NOW, tokenRevokedAt: null })])).toEqual(["clean_up"]);
  });
  it("owes nothing once it is clean", () => {
    expect(decided(stopped(), [attempt({ endedAt: NOW })])).toEqual({ actions: [], dueAt: null });
  });
});

describe("what is owed", () => {
  const over = { endedAt: NOW, records: 3 };
  const dirty = { ...over, machineDestroyedAt: null, completion: "{}", completionAppliedAt: NOW };
  const done = (overrides: Partial<TaskRow> = {}) =>
    task({ status: "failed", attempt: 1, completedAt: NOW, ...overrides });
  /** Rows in which just this is owed, and due in a minute at the latest. */
  const OWING = {
    report: [done({ version: 5, reportedVersion: 4 }), [attempt({ endedAt: NOW })]],
    look_at_pull: [done({ prNumber: 7, prLookAt: NOW }), [attempt({ endedAt: NOW })]],
    launch: [running(), [attempt({ machineId: null, startedAt: null, launchIntentAt: null })]],
    apply_completion: [done(), [attempt({ endedAt: NOW, completion: "{}" })]],
    clean_up: [done(), [attempt(dirty)]],
    seal_log: [done(), [attempt(over)]],
  } satisfies Record<KindOf<"task" | "attempt">, [TaskRow, AttemptRow[]]>;

  describe.each(Object.entries(OWING) as [KindOf<"task" | "attempt">, [TaskRow, AttemptRow[]]][])(
    "%s",
    (kind, [row, attempts]) => {
      it("is done, waits for its back-off, and is left alone once it was given up", () => {
        expect(kinds(row, attempts, 60_000)).toContain(kind);
        expect(kinds(row, attempts, 60_000, [putOff(kind, at(60_001))])).not.toContain(kind);
        expect(decided(row, attempts, 60_000, [putOff(kind, at(60_001))]).dueAt).toBe(now + 60_001);
        expect(kinds(row, attempts, 60_001, [putOff(kind, at(60_001))])).toContain(kind);
        expect(kinds(row, attempts, 60_000, [putOff(kind, null)])).not.toContain(kind);
      });

      it("is forgotten when nothing of it is owed any more, and read for ever when it was given up", () => {
        const owing = kind === "report" ? [] : [putOff(kind, at(60_000))];
        const forgotten = decided(done(), [attempt({ endedAt: NOW })], 0, owing);
        expect(forgotten.actions).toEqual(owing.map((each) => ({ kind: "forget", rows: [each] })));
        expect(decided(done(), [attempt({ endedAt: NOW })], 0, [putOff(kind, null)]).actions).toEqual([]);
      });
    },
  );

  it("is the part of a report that had to wait, also without news", () => {
    expect(decided(done(), [], 0, [putOff("report", at(9000))])).toEqual({ actions: [], dueAt: now + 9000 });
    expect(kinds(done(), [], 9000, [putOff("report", at(9000))])).toEqual(["report"]);
  });

  it("is a log once the attempt has ended and is cleaned up, or nobody can clean it up", () => {
    expect(kinds(done(), [attempt(over)])).toEqual(["seal_log"]);
    expect(kinds(done(), [attempt({ ...over, logSealedAt: NOW })])).toEqual([]);
    expect(kinds(done(), [attempt({ ...over, records: 0 })])).toEqual([]);
    expect(kinds(done(), [attempt(dirty)], TIMES.goodbye)).toEqual(["clean_up"]);
    expect(kinds(done(), [attempt(dirty)], TIMES.goodbye, [putOff("clean_up", null)])).toEqual(["seal_log"]);
  });
});
