import { callPorter } from "./callback-request.ts";
import type { ManualRunContract } from "./manual-run-contract.ts";
import type { Completion, CompletionDelivery, Porter, PorterReply, ProgressReply } from "./porter.ts";

/** A run by hand: nobody listens until the one short callback (`task_id`, `status`) at its end. */
export class ManualRunPorter implements Porter {
  readonly listens = false;
  readonly changeSets = null;
  readonly #contract: ManualRunContract;

  constructor(contract: ManualRunContract) {
    this.#contract = contract;
  }

  async progress(): Promise<ProgressReply> {
    return { kind: "ok", flushAfterMs: 60_000 };
  }

  async heartbeat(): Promise<PorterReply> {
    return { kind: "ok" };
  }

  async picture(): Promise<null> {
    return null;
  }

  async complete(completion: Completion, until: number): Promise<CompletionDelivery> {
    const reply = await callPorter({
      url: this.#contract.callbackUrl,
      bearer: this.#contract.callbackToken,
      body: () => ({ task_id: this.#contract.assignment.taskId, ...completion, status: specStatus(completion) }),
      until: () => until,
      maxAttempts: 60,
      timeoutMs: 10_000,
      onAttempt: () => undefined,
      onStatus: () => undefined,
    });
    if (reply.kind === "ok" || reply.kind === "ended") return "delivered";
    return reply.kind === "unreachable" ? "undelivered" : "refused";
  }
}

/** The short callback says `complete` for a run that went well. */
function specStatus({ status }: Completion): Completion["status"] {
  return status === "success" ? "complete" : status;
}
