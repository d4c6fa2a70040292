import { ROW_END_NAMES, type RowEndName } from "@/lib/row-ends";
import { zoneOffsets } from "@/lib/zone";
import type { Stores } from "@/server/db/stores";
import { aMention, anAttempt, aTask, NOW } from "@/server/testing/rows";
import { SUBJECT, taskOf } from "./fill";

/** What one method is asked in the world of `fill.ts`: a row for each, or it does not compile. */
type Asked<Method> = Method extends (...args: infer Args) => unknown ? () => Args : never;
export type Questions = { [Store in keyof Stores]: { [Method in keyof Stores[Store]]: Asked<Stores[Store][Method]> } };

const now = NOW;
const nowMs = Date.parse(NOW);
const ago = (ms: number): string => new Date(nowMs - ms).toISOString();
const HOUR = 3_600_000;
const { userId, repositoryId, installationId, login } = SUBJECT;
const id = taskOf(1);
const attempt = { taskId: id, attempt: 1 };
const set = { ...attempt, number: 1 };
const mention = "mention-1";
const lease = { id, leaseOwner: "me", leaseUntil: now, now };
const all = { now: nowMs, limit: 50 };
const ended = { ...all, statuses: ["success", "failed", "timed_out"] as ("success" | "failed" | "timed_out")[] };
const secret = {
  id: "secret-1",
  userId,
  provider: "anthropic",
  name: "ANTHROPIC_API_KEY",
  encryptedValue: "x",
  iv: "iv",
  tag: "t",
  alg: "a",
  keyVersion: 1,
  lastFour: "1234",
  updatedAt: now,
};
const sealed = { encryptedValue: "x", iv: "iv2", tag: "t", alg: "a", keyVersion: 1 };
const token = { githubUserId: userId, ...sealed, createdAt: now, updatedAt: now };
const renewed = { ...sealed, scope: null, expiresAt: null, updatedAt: now };
const move = {
  id,
  attempt: null,
  from: ["success", "failed", "timed_out"] as const,
  patch: { phase: "done" as const },
  event: { kind: "moved", data: {} },
  moveId: "move",
  now,
};
const bucket = { capacity: 80, refill: 80, perMs: 60_000, reserve: 0 };
const line = { actorId: userId, action: "task.refuse", through: "page", object: "task/x" };
const obligation = { subject: id, kind: "report" as const, dueAt: now, tries: 1, gaveUpReason: null };
const born = () => {
  const task = aTask({ userId, repositoryId, mentionId: mention });
  return { task: { ...task, mentionId: mention }, event: { kind: "task.created", data: {} }, now, moveId: "born" };
};

/** Every rule of what ends with the same instant. */
export const endedBefore = (instant: string) =>
  Object.fromEntries(ROW_END_NAMES.map((name) => [name, instant])) as Record<RowEndName, string>;

export const QUESTIONS: Questions = {
  accounts: {
    getOauthToken: () => [userId, "access"],
    findOauthToken: () => [login, "access"],
    revokeOauthTokens: () => [{ userId, accessIv: "iv", revokedAt: now }],
    claimRefresh: () => [{ userId, owner: "me", now, until: now }],
    saveRefreshed: () => [{ userId, owner: "me", access: renewed, refresh: null }],
    releaseRefresh: () => [userId, "me"],
    findLiveSession: () => ["session-1", now],
    touchSession: () => [{ id: "session-1", now, staleBefore: now }],
    endSession: () => [{ id: "session-1", userId, endedAt: now }],
    listSessions: () => [userId, now],
    endOtherSessions: () => [{ userId, exceptId: "x", endedAt: now }],
    signIn: () => [
      {
        user: { id: userId, login, name: null, avatarUrl: null, updatedAt: now },
        access: { ...token, kind: "access" },
        refresh: null,
        session: { id: "new", userId, createdAt: now, lastSeenAt: now, expiresAt: now },
      },
    ],
    rename: () => [{ userId, from: login, to: "another" }],
    findById: () => [userId],
    findByLogin: () => [login],
  },
  settings: {
    get: () => [userId],
    noteMirror: () => [userId, { mirrorGistId: null, mirrorResult: "{}" }],
    put: () => [{ userId, version: "1", config: "{}", expected: 1, updatedAt: now }],
  },
  secrets: {
    put: () => [secret],
    listStatus: () => [userId],
    getSealed: () => [userId, ["ANTHROPIC_API_KEY"]],
    delete: () => [secret],
    markUsed: () => [["secret-1"], now],
    markVerified: () => [secret, { verification: "valid", verifiedAt: now }],
    endCheck: () => [secret, { from: "checking", to: "unverified" }],
    takeModelsDue: () => [{ provider: "anthropic", before: "2000", now, limit: 20 }],
  },
  requesters: {
    of: () => [userId],
  },
  installations: {
    get: () => [installationId],
    put: () => [{ installationId, ...sealed, expiresAt: now }],
    limit: () => [installationId, now],
    forget: () => [installationId],
  },
  budgets: {
    take: () => [{ installationId, userId: null, cost: 1, nowMs, minute: bucket, hour: bucket }],
    giveBack: () => [{ installationId, userId, cost: 1 }],
    forgetShares: () => [0],
  },
  deliveries: {
    claim: () => [
      { id: "new", event: "issue_comment", outcome: "mention", receivedAt: now },
      [aMention({ id: "new", deliveryId: "new", commentId: 999_999 })],
    ],
    known: () => [["delivery-1", "delivery-2", "unknown"]],
    get: () => ["delivery-1"],
    owing: () => ["delivery-1"],
    settle: () => ["delivery-1", "done"],
  },
  mentions: {
    lease: () => [{ id: mention, leaseOwner: "me", leaseUntil: now, now }],
    release: () => [{ id: mention, leaseOwner: "me", left: [] }],
    get: () => [mention],
    withObligations: () => [mention],
    settle: () => [mention, { status: "ignored" }],
    update: () => [mention, { reaction: "done" }],
    ignorePendingOfIssue: () => [{ repositoryId, issueNumber: 1, before: now, outcome: "issue_closed" }],
    ignorePendingOfComment: () => [{ repositoryId, commentId: 1, now }],
  },
  tasks: {
    search: () => [userId, ended],
    exported: () => [userId, ended],
    counts: () => [userId, nowMs],
    repositories: () => [userId],
    frame: () => [userId, nowMs, 50],
    attemptsOf: () => [id],
    stats: () => [userId, { ...ended, offsets: zoneOffsets("Europe/Berlin", nowMs) }],
    queuePosition: () => [{ id, userId }],
    hasSlot: () => [{ id, userId }, now],
    line: () => [userId, 50],
    startable: () => [userId, now, 5],
    typicalRunMs: () => [repositoryId],
    ofIssue: () => [repositoryId, 1, ["queued", "running"]],
    lastEnds: () => [repositoryId, 1],
    siblings: () => [{ id, repositoryId, issueNumber: 1 }],
    get: () => [id],
    getForUser: () => [userId, id],
    movedBy: () => [["m0-1", "m0-2"]],
    eventData: () => ["m0-1", "task.created"],
    listForUser: () => [userId, { limit: 50 }],
    blocked: () => [userId],
    transition: () => [move],
    claimSlot: () => [
      { id, moveId: "slot", now, event: { kind: "slot.claimed", data: {} }, attempt: anAttempt(id, 2, { userId }) },
    ],
    createFromMention: () => [born()],
    create: () => [born()],
    lease: () => [lease],
    release: () => [{ id, leaseOwner: "me", wakeSeq: 0, dueAt: null }],
    releaseAfterFailure: () => [{ id, leaseOwner: "me", dueAt: now, quarantinedAt: null }],
    wake: () => [id, now],
    note: () => [id, { reportedAt: now }],
    withTexts: () => ["2000", 50],
    dropTexts: () => [[id], now],
    notePicture: () => [id, { number: 1, isMissing: true }],
    noteReport: () => [id, { reportedAt: now }, null],
  },
  attempts: {
    intendLaunch: () => [{ ...attempt, flyApp: "app-1", now, since: now }],
    adoptMachine: () => [{ ...attempt, machineId: "machine-1", state: "started", region: null, now }],
    claim: () => [{ ...attempt, nonceHash: "n", callbackHmac: "h", now }],
    heartbeat: () => [id, 1, now],
    progress: () => [
      {
        ...attempt,
        seq: 1,
        now,
        phase: "working",
        phaseChanged: false,
        progress: 50,
        steps: 1,
        lastStep: null,
        phaseTimes: "{}",
        spent: null,
        chunk: null,
        moveId: "p",
      },
    ],
    complete: () => [{ ...attempt, completion: "{}", completionHash: "h", reason: "completed", now }],
    end: () => [{ ...attempt, reason: "lost", now }],
    get: () => [id, 1],
    ofTask: () => [id],
    beat: () => [{ ...attempt, callbackHmac: "h", hmacKeyVersion: 1, now, diedBefore: now }],
    withTask: () => [id, 1],
    withObligations: () => [id],
    update: () => [id, 1, { region: "ams" }],
  },
  audit: {
    append: () => [line],
    refuse: () => [line],
    ofPerson: () => [userId, { before: null, limit: 50 }],
    all: () => [{ before: null, limit: 50 }],
    forgetSubjects: () => [0, 2],
  },
  appSweeps: { take: () => ["2000", 10], forget: () => [userId, "app"] },
  obligations: {
    of: () => [id],
    get: () => [id, "report"],
    put: () => [obligation],
    putReport: () => [obligation, null],
    givenUp: () => [50],
    countGivenUp: () => [],
    clear: () => [[obligation]],
    hurryCleanUp: () => [userId, now],
  },
  operations: {
    ping: () => [],
    appliedMigrations: () => [],
    tick: () => ["sweep", now],
    lastTick: () => ["sweep"],
    claimTick: () => ["sweep", { at: now, notAfter: now }],
    dueRows: () => [now, 50],
    lookAround: () => [now, 50],
    addDeadLetter: () => [{ queue: "q", body: "{}", at: now }],
    deadLetters: () => [50],
  },
  githubLocations: {
    open: () => [{ repositoryId }],
    move: () => [{ repositoryId, owner: "new", name: "name", installationId: null }],
    renameAccount: () => [installationId, "new"],
    oweReports: () => [{ repositoryId }, now],
  },
  repositorySecrets: {
    list: () => [repositoryId],
    sealed: () => [repositoryId, ["NPM_TOKEN"]],
    wasDeleted: () => [repositoryId, ago(HOUR)],
    lastSetUps: () => [{ repositoryId, userId }],
    put: () => [{ repositoryId, name: "NEW", ...sealed, savedBy: userId, via: "page", updatedAt: now }],
    noteUse: () => [repositoryId, ["NPM_TOKEN"], now],
    delete: () => [{ repositoryId, name: "NPM_TOKEN", by: userId, via: "page" }],
  },
  repositorySettings: {
    get: () => [repositoryId],
    put: () => [{ repositoryId, settings: "{}", updatedBy: userId, updatedAt: now }],
    forget: () => [{ repositoryIds: [repositoryId], installationId, until: now }],
  },
  pulls: {
    lookAt: () => [{ repositoryId, numbers: [1, 2], headSha: "x" }, now],
    seen: () => [
      { id, prNumber: null, wakeSeq: 0 },
      {
        prState: "open",
        prDraft: null,
        prTitle: null,
        prHeadSha: null,
        prChecks: null,
        prReview: null,
        prMergedBy: null,
        prEndedAt: null,
      },
      { next: null, isNews: true, isTold: false, now },
    ],
  },
  rowEnds: {
    end: () => [endedBefore("2000"), 50],
    optimize: () => [],
  },
  sealed: {
    outdated: () => [{ table: "change_sets", currentVersion: 2, afterRowid: 0, limit: 50 }],
    replace: () => [{ table: "change_sets", rowid: 1, oldIv: "iv", value: sealed }],
    versionsInUse: () => [],
  },
  erasure: {
    taskIds: () => [userId],
    unfinishedTaskIds: () => [userId],
    erase: () => [{ userId, login, newSubject: "left" }],
  },
  githubAnswers: {
    get: () => [userId, "/repos/1"],
    answered: () => [userId, "/repos/", "{}"],
    put: () => [{ userId, question: "/new", etag: "e", answer: "{}", askedAt: now }, now],
  },
  useCounts: {
    take: () => [{ key: "seal:1", now, windowEndsAt: now }],
    read: () => [["seal:1", "open:1"], now],
  },
  ignored: {
    counts: () => [ago(HOUR)],
    newest: () => [ago(HOUR), 50],
    ofPerson: () => [{ userId, login }, ago(24 * HOUR), 50],
  },
  starts: {
    take: () => [
      { id: "new", userId, repositoryId, now },
      { since: ago(24 * HOUR), perPerson: 100, perRepository: 300 },
    ],
  },
  logRows: {
    addBlock: () => [{ ...attempt, from: "[]", to: "[]" }],
    sealed: () => [{ ...attempt, now, expiresAt: now }],
    expired: () => [ago(HOUR), 20],
    forgetBlocks: () => [id, 1],
    chunksAfter: () => [{ ...attempt, record: 0, limit: 50 }],
    chunksThrough: () => [{ ...attempt, record: 9, limit: 50 }],
    bytesOf: () => [id, 1],
    removeChunksThrough: () => [{ ...attempt, record: 9 }],
  },
  changeSets: {
    get: () => [set],
    wasVerified: () => [repositoryId],
    bytesOf: () => [id, 1],
    newestWhole: () => [id, 1],
    ofTask: () => [id],
    taskIdsOf: () => [userId],
    expired: () => [ago(HOUR), 20],
    addPart: () => [set, "content", { number: 1, size: 1, sha256: "x" } as never],
    makeWhole: () => [set, { requestHash: "h", now }],
    judged: () => [set, { judgement: "{}" }, now],
    keepProgress: () => [set, "{}"],
    keepMore: () => [set, "from", "{}"],
    askToPublish: () => [set, { progress: "{}", word: "{}", now }],
    update: () => [set, { refusal: null }],
    open: () => [set, { dataKey: sealed, expiresAt: now, now }],
    forgetFiles: () => [set, now],
  },
  watch: {
    newestChange: () => [userId],
    changedSince: () => [userId, 5, 50],
    task: () => [{ userId, id, event: 0, attempt: 1, limit: 50 }],
  },
};
