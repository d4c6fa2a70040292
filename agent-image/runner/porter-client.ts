import { randomBytes } from "node:crypto";
import {
  claimAnswerSchema,
  type ClaimRequest,
  type MachineFile,
  pictureAnswerSchema,
  progressAnswerSchema,
  PROTOCOL_VERSION,
} from "../../lib/agent-protocol.ts";
import type { Assignment } from "./assignment.ts";
import type { CallbackReply, CallbackStats } from "./callback-request.ts";
import { openChangeSetDoor } from "./change-set-door.ts";
import { type Credentials, sendPorterCall } from "./porter-call.ts";
import type {
  ChangeSetDoor,
  Completion,
  CompletionDelivery,
  Porter,
  PorterReply,
  ProgressReply,
  ProgressUpdate,
} from "./porter.ts";
import { mayCarrySecrets } from "./trusted-url.ts";

const CLAIM_BUDGET_MS = 150_000;
/** A progress or heartbeat call gives up early: the next one says the same and more. */
const QUICK_ATTEMPTS = 3;
const COMPLETION_ATTEMPTS = 60;
/** Porter asks GitHub for it meanwhile. */
const PICTURE_MS = 45_000;

export type ClaimOutcome =
  | { kind: "claimed"; assignment: Assignment; porter: PorterClient }
  | { kind: "refused"; message: string; challenged: boolean };

/** Claims the task once: the nonce makes every repeat of this call the same claim. */
export async function claimTask(input: {
  file: MachineFile;
  machineId: string | null;
  runnerVersion: string;
  signal: AbortSignal;
}): Promise<ClaimOutcome> {
  const { file } = input;
  const stats: CallbackStats = { attempts: 0, lastHttpCode: null };
  const request: ClaimRequest = {
    taskId: file.taskId,
    attempt: file.attempt,
    protocol: PROTOCOL_VERSION,
    nonce: randomBytes(32).toString("base64url"),
    machineId: input.machineId,
    runnerVersion: input.runnerVersion,
  };
  const until = before(Date.now() + CLAIM_BUDGET_MS);
  const reply = await sendPorterCall(
    { porterUrl: file.porterUrl, bearer: file.claimToken, taskId: file.taskId, attempt: file.attempt, stats },
    { path: "claim", body: () => request, until, maxAttempts: 100, signal: input.signal },
  );
  const refused = (message: string): ClaimOutcome => ({ kind: "refused", message, challenged: isChallenge(reply) });
  if (reply.kind !== "ok") return refused(`Porter did not hand out the task (${describe(reply)})`);
  const answer = claimAnswerSchema.safeParse(reply.body);
  if (!answer.success) return refused("Porter's answer to the claim is not understood");
  const fault = unsafeAnswer(answer.data.repository.cloneUrl, answer.data.git.apiUrl);
  if (fault) return refused(fault);
  const { protocol: _protocol, callbackToken, git, ...rest } = answer.data;
  const porter = new PorterClient({
    porterUrl: file.porterUrl,
    bearer: callbackToken,
    taskId: file.taskId,
    attempt: file.attempt,
    stats,
  });
  return { kind: "claimed", porter, assignment: { ...rest, git: { ...git, revokeAtExit: true } } };
}

/** The machine's side of the callback protocol (`lib/agent-protocol.ts`) for one claimed attempt. */
export class PorterClient implements Porter {
  readonly listens = true;
  /** The bearer of every later call: one of the run's secrets. */
  readonly bearer: string;
  readonly changeSets: ChangeSetDoor;
  readonly #credentials: Credentials;

  constructor(credentials: Credentials) {
    this.#credentials = credentials;
    this.changeSets = openChangeSetDoor(credentials);
    this.bearer = credentials.bearer;
  }

  async progress(update: ProgressUpdate): Promise<ProgressReply> {
    const reply = await this.#quick("progress", update);
    if (reply.kind === "gap") return reply;
    if (reply.kind !== "ok") return unheard(reply);
    const answer = progressAnswerSchema.safeParse(reply.body);
    return { kind: "ok", flushAfterMs: answer.success ? answer.data.flushAfterMs : 2000 };
  }

  async heartbeat(): Promise<PorterReply> {
    const reply = await this.#quick("heartbeat", {});
    return reply.kind === "ok" ? { kind: "ok" } : unheard(reply);
  }

  async picture(number: number): Promise<Uint8Array | null> {
    const { taskId, attempt } = this.#credentials;
    const reply = await sendPorterCall(this.#credentials, {
      path: "picture",
      body: () => ({ taskId, attempt, number }),
      until: before(Date.now() + PICTURE_MS),
      maxAttempts: QUICK_ATTEMPTS,
      timeoutMs: PICTURE_MS,
    });
    const answer = pictureAnswerSchema.safeParse(reply.kind === "ok" ? reply.body : null);
    return answer.success ? Buffer.from(answer.data.content, "base64") : null;
  }

  async complete(completion: Completion, until: number): Promise<CompletionDelivery> {
    const { taskId, attempt, stats } = this.#credentials;
    let tries = 0;
    const tell = async (what: Completion): Promise<CallbackReply> => {
      const body = (): unknown => ({
        taskId,
        attempt,
        ...what,
        callbackAttempts: (tries += 1),
        callbackMaxAttempts: COMPLETION_ATTEMPTS,
        callbackLastHttpCode: stats.lastHttpCode,
      });
      return sendPorterCall(this.#credentials, {
        path: "complete",
        body,
        until: before(until),
        maxAttempts: COMPLETION_ATTEMPTS,
      });
    };
    let reply = await tell(completion);
    // A Porter of another age may not take some text; what was pushed and why it ended must still arrive.
    if (reply.kind === "rejected") reply = await tell(bareFacts(completion));
    if (reply.kind === "ok" || reply.kind === "ended") return "delivered";
    if (reply.kind !== "unreachable") return "refused";
    return isChallenge(reply) ? "challenged" : "undelivered";
  }

  async #quick(path: "progress" | "heartbeat", fields: object): Promise<CallbackReply> {
    const { taskId, attempt } = this.#credentials;
    const body = (): unknown => ({ taskId, attempt, ...fields });
    return sendPorterCall(this.#credentials, {
      path,
      body,
      until: before(Date.now() + 30_000),
      maxAttempts: QUICK_ATTEMPTS,
    });
  }
}

const before = (time: number) => (): number => time;

function bareFacts(completion: Completion): Completion {
  const { status, outcome, failureCode, failedPhase, branch, base, baseSha, headSha, changeSet } = completion;
  const { commits, filesChanged, additions, deletions } = completion;
  return {
    status,
    outcome,
    failureCode,
    failedPhase,
    branch,
    base,
    baseSha,
    headSha,
    changeSet,
    commits,
    filesChanged,
    additions,
    deletions,
  };
}

function unheard(reply: Exclude<CallbackReply, { kind: "ok" }>): Exclude<PorterReply, { kind: "ok" }> {
  switch (reply.kind) {
    case "ended":
      return reply;
    case "superseded":
    case "unauthorized":
      return { kind: "lost" };
    case "gap":
    case "rejected":
    case "unreachable":
      return { kind: "unreachable" };
  }
}

function unsafeAnswer(cloneUrl: string, apiUrl: string | null | undefined): string | null {
  if (!mayCarrySecrets(cloneUrl)) return "the clone URL must be https, or http on this machine, without credentials";
  if (apiUrl && !mayCarrySecrets(apiUrl)) return "the API URL must be https, or http on this machine";
  return null;
}

const isChallenge = (reply: CallbackReply): boolean => reply.kind === "unreachable" && reply.challenged;

function describe(reply: CallbackReply): string {
  switch (reply.kind) {
    case "unreachable":
      if (reply.challenged) return `a bot check before it answered ${reply.lastStatus}`;
      return reply.lastStatus === null ? "no answer" : `last status ${reply.lastStatus}`;
    case "rejected":
      return `status ${reply.status}`;
    case "ended":
      return reply.reason;
    default:
      return reply.kind;
  }
}
