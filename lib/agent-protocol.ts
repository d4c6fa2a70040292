import { z } from "zod";
import { AGENT_IDS } from "./agents.ts";
import { CONTEXT_LIMITS, PICTURE_KINDS } from "./context-files.ts";
import { CHANGE_SET_LIMITS, noteSchema } from "./change-set.ts";
import { UPLOAD_LIMITS } from "./change-set-upload.ts";
import { FAILURE_CODES } from "./failures.ts";
import { heldBackSchema } from "./held-back.ts";
import { networkPolicySchema, sealSchema } from "./network.ts";
import { machineSetUpSchema, setUpReportSchema } from "./set-up/protocol.ts";
import { TASK_ID_PATTERN } from "./task.ts";
import { toolchainSchema } from "./toolchain.ts";

/**
 * What a machine and Porter say to each other. Both sides parse with these schemas. Every body names the task
 * and the attempt; the bearer token belongs to exactly that pair. Unknown keys are dropped, so that an older
 * machine and a newer Porter understand each other; `protocol` changes only when that is not enough.
 */
export const PROTOCOL_VERSION = 1;

const attemptRef = { taskId: z.string().regex(TASK_ID_PATTERN), attempt: z.number().int().min(1).max(1000) };
const sha = z.string().regex(/^[0-9a-f]{40,64}$/);
const instant = z.iso.datetime();

/**
 * The one file in a machine's config (guest path `/porter/task.json`, mode 0400). `claimToken` is good for one
 * claim; nothing else in it is secret.
 */
export const machineFileSchema = z.object({
  ...attemptRef,
  protocol: z.literal(PROTOCOL_VERSION),
  porterUrl: z.url(),
  claimToken: z.string().min(32),
});
export type MachineFile = z.infer<typeof machineFileSchema>;

/** `POST /api/callbacks/claim`, bearer: claim token. Same nonce, same answer, until `started`. */
export const claimRequestSchema = z.object({
  ...attemptRef,
  protocol: z.literal(PROTOCOL_VERSION),
  nonce: z.string().regex(/^[A-Za-z0-9_-]{43,128}$/),
  machineId: z.string().max(64).nullish(),
  runnerVersion: z.string().max(40).optional(),
});
export type ClaimRequest = z.infer<typeof claimRequestSchema>;

export const claimAnswerSchema = z.object({
  ...attemptRef,
  protocol: z.literal(PROTOCOL_VERSION),
  /** Bearer for every later call of this attempt; dead at `deadlineAt` + grace. */
  callbackToken: z.string().min(32),
  repository: z.object({
    fullName: z.string(),
    /** https, or http on loopback; without credentials. */
    cloneUrl: z.url(),
    /** null: the repository's default branch. */
    baseBranch: z.string().nullable(),
    branch: z.string(),
    wipBranch: z.string(),
  }),
  issue: z.object({ number: z.number().int(), title: z.string() }),
  agent: z.object({ id: z.enum(AGENT_IDS), model: z.string().nullable() }),
  prompt: z.string(),
  git: z.object({
    token: z.string().min(1),
    expiresAt: instant,
    /** Author and committer of commits that the supervisor makes. */
    userName: z.string(),
    userEmail: z.string(),
    /** Appended to every commit message, e.g. `Co-authored-by: …`, `Porter-Task: …`. */
    trailers: z.array(z.string()),
    /** Base of GitHub's REST API, where the runner revokes its token; absent: derived from the clone URL. */
    apiUrl: z.url().nullish(),
  }),
  /** Environment name → secret value, e.g. `ANTHROPIC_API_KEY`. */
  keys: z.record(z.string(), z.string()),
  /** Provider id → base URL without a trailing slash, e.g. `https://api.anthropic.com`. */
  providerBaseUrls: z.record(z.string(), z.url()),
  limits: z.object({
    deadlineAt: instant,
    stallTimeoutMs: z.number().int().positive(),
    heartbeatMs: z.number().int().positive(),
    maxModelRequests: z.number().int().positive(),
    /** The budget of the task, all attempts together; null: none. */
    maxCostUsd: z.number().positive().nullable(),
    /** What earlier attempts have spent of it. */
    spentUsd: z.number().min(0).optional(),
  }),
  /** Where the run may go; absent: `DEFAULT_NETWORK_POLICY`. */
  network: networkPolicySchema.optional(),
  /** Before the agent works; absent: nothing. */
  setup: machineSetUpSchema.optional(),
  /** Files beside the clone; absent: none. Pictures are asked for one by one. */
  context: z
    .object({
      discussion: z.string().nullable(),
      pictures: z.number().int().min(0).max(CONTEXT_LIMITS.pictures),
    })
    .optional(),
});
export type ClaimAnswer = z.infer<typeof claimAnswerSchema>;

/** `POST /api/callbacks/picture`, bearer: callback token. 404: GitHub does not show it (any more). */
export const pictureRequestSchema = z.object({
  ...attemptRef,
  /** From 1, as the prompt names them. */
  number: z.number().int().min(1).max(CONTEXT_LIMITS.pictures),
});
/** `content` in base64. */
export const pictureAnswerSchema = z.object({ kind: z.enum(PICTURE_KINDS), content: z.base64() });
export type PictureAnswer = z.infer<typeof pictureAnswerSchema>;

/** Phases that a machine may report; the others are Porter's own. `preparing`: only where there is something to set up. */
export const MACHINE_PHASES = ["cloning", "preparing", "working", "pushing", "reporting"] as const;
export type MachinePhase = (typeof MACHINE_PHASES)[number];

/**
 * One record of an attempt's ordered stream: `n` number from 1, `t` ms since the attempt began, `k` kind:
 * `o`/`e` raw line of stdout/stderr, `m` message of the agent (Markdown), `c` tool call, `r` its result,
 * `d` file edit with its patch, `f` a file of the change as it was pushed, `p` phase or note of the runner, `x` a
 * visible gap (lines dropped).
 */
const recordBase = { n: z.number().int().min(1), t: z.number().int().min(0) };
const text = z.string().max(8192);
/** The text was too long: it is the beginning only. */
const cut = z.literal(true).optional();
/** An item of a plan that a call wrote down. */
export const todoSchema = z.object({ text: z.string().max(400), state: z.enum(["done", "now", "open"]) });
export type Todo = z.infer<typeof todoSchema>;
export const MOST_TODOS = 30;
export const logRecordSchema = z.discriminatedUnion("k", [
  z.object({ ...recordBase, k: z.literal("o"), s: text }),
  z.object({ ...recordBase, k: z.literal("e"), s: text }),
  z.object({ ...recordBase, k: z.literal("m"), s: text }),
  z.object({
    ...recordBase,
    k: z.literal("c"),
    id: z.string().max(128),
    tool: z.string().max(64),
    s: text,
    /** Of a call that writes a plan; absent in records of a runner of before, which have it in their text. */
    todos: z.array(todoSchema).max(MOST_TODOS).optional(),
  }),
  z.object({
    ...recordBase,
    k: z.literal("r"),
    id: z.string().max(128),
    ok: z.boolean(),
    s: text,
    ms: z.number().int().min(0).optional(),
    /** Of a command. */
    exit: z.number().int().optional(),
  }),
  z.object({ ...recordBase, k: z.literal("d"), id: z.string().max(128), path: z.string().max(1024), s: text, cut }),
  z.object({
    ...recordBase,
    k: z.literal("f"),
    path: z.string().max(1024),
    /** Lines of the whole file's change; absent for binary files, and in parts after a file's first. */
    add: z.number().int().min(0).optional(),
    del: z.number().int().min(0).optional(),
    /** git's patch without its first line, in whole lines; parts of one file follow each other. */
    s: text,
    cut,
  }),
  z.object({
    ...recordBase,
    k: z.literal("p"),
    phase: z.enum(MACHINE_PHASES).optional(),
    s: text,
  }),
  z.object({ ...recordBase, k: z.literal("x"), dropped: z.number().int().min(1), s: text }),
]);
export type LogRecord = z.infer<typeof logRecordSchema>;

const ms = z.number().int().min(0);
/** A phase that began, and when it was done; null: it is not, or never was. ms by the clock of the record stream. */
export const phaseSpanSchema = z.object({ phase: z.enum(MACHINE_PHASES), from: ms, to: ms.nullable() });
export type PhaseSpan = z.infer<typeof phaseSpanSchema>;
/** What was begun and done so far, in order, and the time by that clock as it is said. Absent: a runner of before. */
const phaseReport = { phases: z.array(phaseSpanSchema).max(MACHINE_PHASES.length).optional(), now: ms.optional() };

export const MOST_BLOCKED_CALLS = 50;
/** Calls of a run that its network refused, folded. `host` and `command` are the agent's words. */
export const blockedCallSchema = z.strictObject({
  /** A name, an address, or "?" where none was said. */
  host: z.string().min(1).max(253),
  /** 0: the name was only looked up. */
  port: z.number().int().min(0).max(65_535),
  phase: z.enum(MACHINE_PHASES),
  /** What called first, where that is known. */
  command: z.string().max(200).nullable(),
  count: z.number().int().min(1),
});
export type BlockedCall = z.infer<typeof blockedCallSchema>;
/** How the machine's network is closed, and all that it refused so far: never an increment. */
export const networkReportSchema = z.strictObject({
  ...sealSchema.shape,
  blocked: z.array(blockedCallSchema).max(MOST_BLOCKED_CALLS),
  /** Refused calls to hosts for which the list had no place left. */
  unlisted: z.number().int().min(0),
});
export type NetworkReport = z.infer<typeof networkReportSchema>;

/** Where the agent keeps a plan: the place of the item that it is at, from 1, of how many, and its words. */
export const planSchema = z.object({
  at: z.number().int().min(1),
  of: z.number().int().min(1),
  item: z.string().max(200),
});
export type AgentPlan = z.infer<typeof planSchema>;

/**
 * What an attempt's calls of the model have cost so far, by the count of the runner's key proxy. What an agent says of
 * its cost is nobody's word here.
 */
export const spentSchema = z.object({
  // Sums of it stay numbers, whoever plays the machine.
  costUsd: z.number().min(0).max(1_000_000),
  inputTokens: z.number().int().min(0),
  outputTokens: z.number().int().min(0),
  requests: z.number().int().min(0),
});
export type Spent = z.infer<typeof spentSchema>;

/**
 * `POST /api/callbacks/progress`: a numbered batch (`seq` from 1, no gaps). 200 also for a repeat;
 * 409 `{expected}` for a gap; 410 `{reason}` when the attempt has ended: the runner stops the agent.
 * The first one with a phase is `started`: the claim token is dead from then on.
 */
export const progressRequestSchema = z.object({
  ...attemptRef,
  seq: z.number().int().min(1),
  phase: z.enum(MACHINE_PHASES),
  ...phaseReport,
  /** Count of agent steps (tool calls and messages) so far. */
  steps: z.number().int().min(0),
  /** One line for people, e.g. "`npm test`". */
  lastStep: z.string().max(200).nullable(),
  plan: planSchema.nullish(),
  /** Absent: as in the last batch that had it. */
  network: networkReportSchema.optional(),
  /** Absent: nothing yet, or an agent that cannot be metered. */
  spent: spentSchema.optional(),
  /** What the machine's image has. In the first batch; absent: as it was said, or a runner outside of an image. */
  toolchain: toolchainSchema.optional(),
  /** How the machine's set-up ended. In the first batch after it; absent: as it was said, or nothing yet. */
  setUpReport: setUpReportSchema.optional(),
  records: z.array(logRecordSchema).max(1000),
});
export type ProgressRequest = z.infer<typeof progressRequestSchema>;
export const progressAnswerSchema = z.object({ flushAfterMs: z.number().int().min(100).max(60_000) });
export type ProgressAnswer = z.infer<typeof progressAnswerSchema>;

/** `POST /api/callbacks/heartbeat`: 200, or 410 `{reason}` when the attempt has ended. */
export const heartbeatRequestSchema = z.object({ ...attemptRef });

export const endedAnswerSchema = z.object({
  error: z.object({ code: z.string(), message: z.string() }),
  reason: z.string(),
});
export const gapAnswerSchema = z.object({ expected: z.number().int().min(1) });

/**
 * `POST /api/callbacks/complete`. The short form of a run by hand (`task_id`, `status`) is accepted as well.
 * `outcome`: `changed` pushed to `branch`; `no_changes`; `partial`: failed or stopped, work pushed to the wip
 * branch; `failed`: nothing pushed. `failedPhase`: in which phase a run ended that did not end well.
 */
const completionFields = z.object({
  taskId: attemptRef.taskId,
  attempt: attemptRef.attempt.optional(),
  status: z.enum(["complete", "success", "failed", "timed_out", "stopped"]),
  outcome: z.enum(["changed", "no_changes", "partial", "failed"]).optional(),
  failureCode: z.enum(FAILURE_CODES).nullish(),
  /** Of `provider_limit`: the account is empty, which ends when somebody pays and not by waiting. */
  lacksCredit: z.boolean().nullish(),
  failedPhase: z.enum(MACHINE_PHASES).nullish(),
  ...phaseReport,
  message: z.string().max(4096).nullish(),
  branch: z.string().max(255).nullish(),
  base: z.string().max(255).nullish(),
  baseSha: sha.nullish(),
  headSha: sha.nullish(),
  commits: z.number().int().min(0).default(0),
  filesChanged: z.number().int().min(0).default(0),
  additions: z.number().int().min(0).default(0),
  deletions: z.number().int().min(0).default(0),
  /** From the agent's first commit or last message; one line. */
  title: z.string().max(256).nullish(),
  /** The agent's last message, Markdown, cut. */
  summary: z.string().max(8192).nullish(),
  /** Commands that look like checks with their exit codes, e.g. `npm test`, 0. */
  checks: z
    .array(z.object({ command: z.string().max(200), exitCode: z.number().int().nullable() }))
    .max(20)
    .default([]),
  /** Why the pull request must be a draft, one sentence each. */
  draftReasons: z.array(z.string().max(500)).max(20).default([]),
  /** Worth a look by the reviewer, one sentence each (CODEOWNERS, lock files). */
  notices: z.array(z.string().max(500)).max(20).default([]),
  /** Patch of changes under `.github/workflows` that were held back. */
  heldBackPatch: z.string().max(60_000).nullish(),
  /** What is not in the push although the agent changed it, and what there is to know of its work. */
  heldBack: z.array(heldBackSchema).max(CHANGE_SET_LIMITS.heldBack).optional(),
  notes: z.array(noteSchema).max(100).optional(),
  /** The last change set that Porter has whole (lib/change-set-upload.ts). */
  changeSet: z.number().int().min(1).max(UPLOAD_LIMITS.sets).nullish(),
  exitCode: z.number().int().nullish(),
  signal: z.string().max(16).nullish(),
  logTail: z.string().max(4096).nullish(),
  network: networkReportSchema.nullish(),
  spent: spentSchema.nullish(),
  setUpReport: setUpReportSchema.nullish(),
  agentDurationMs: z.number().int().min(0).nullish(),
  /** Last `seq` of progress that was acknowledged. */
  lastSeq: z.number().int().min(0).nullish(),
  callbackAttempts: z.number().int().min(0).optional(),
  callbackMaxAttempts: z.number().int().min(0).optional(),
  callbackLastHttpCode: z.number().int().nullish(),
});
export const completeRequestSchema = z.preprocess((body) => {
  if (typeof body !== "object" || body === null || !("task_id" in body)) return body;
  const { task_id, ...rest } = body as Record<string, unknown>;
  return { taskId: task_id, ...rest };
}, completionFields);
export type CompleteRequest = z.infer<typeof completionFields>;
export type CompleteRequestInput = z.input<typeof completionFields>;

/**
 * What the runner's process ends with. Without a completion it is the machine's last word, which Fly passes on. 0: Porter
 * has the result, or wants none. `challenged`: a page that only a browser can answer stands before Porter.
 */
export const RUNNER_EXIT = {
  delivered: 0,
  crashed: 1,
  config: 2,
  notOurs: 3,
  undelivered: 4,
  challenged: 5,
} as const;
