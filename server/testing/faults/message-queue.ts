import { backOff } from "@/lib/back-off";
import type { WorkItem } from "@/server/context";
import type { Process } from "./scheduler";

/** `tries`: how often a consumer had it. */
export type QueueMessage = { work: WorkItem; dueAt: number; tries: number };

/** A queue that delivers at least once: what its consumer did not live to acknowledge comes again. */
export class MessageQueue {
  messages: QueueMessage[] = [];
  readonly #now: () => number;
  #unacknowledged: { message: QueueMessage; process: Process }[] = [];

  constructor(now: () => number) {
    this.#now = now;
  }

  send(work: WorkItem[], delaySeconds: number): void {
    const dueAt = this.#now() + delaySeconds * 1000;
    this.messages.push(...work.map((item) => ({ work: item, dueAt, tries: 0 })));
  }

  /** Notes who has a message now. */
  handOut(message: QueueMessage, process: Process): void {
    this.#unacknowledged.push({ message, process });
  }

  /** As the consumer asks for a message that is not done: at its time, or ever later. */
  retry(message: QueueMessage, heldUntil: string | null): void {
    const dueAt =
      heldUntil === null
        ? this.#now() + backOff({ first: 5, longest: 20 }, message.tries) * 1000
        : Date.parse(heldUntil);
    this.messages.push({ ...message, dueAt });
  }

  /** What a consumer had that died comes again; what its consumer ended with is done. */
  returnUnacknowledged(): void {
    const all = this.#unacknowledged;
    this.#unacknowledged = all.filter(({ process }) => process.state === "running");
    const lost = all.filter(({ process }) => process.state === "killed");
    this.messages.push(...lost.map(({ message }) => ({ ...message, dueAt: this.#now() + 5000 })));
  }
}
