import { createHmac, randomBytes, randomUUID } from "node:crypto";

type Outcome =
  | { kind: "pending" }
  | { kind: "answered"; status: number; headers: Record<string, string>; body: string }
  | { kind: "timed_out" }
  | { kind: "unreachable" };

export type WebhookDelivery = {
  id: number;
  /** The X-GitHub-Delivery header; a redelivery has the same. */
  guid: string;
  event: string;
  action: string | null;
  installationId: number | null;
  repositoryId: number | null;
  /** The exact text that was sent and signed. */
  body: string;
  headers: Record<string, string>;
  redelivery: boolean;
  deliveredAt: string;
  durationSeconds: number;
  outcome: Outcome;
};

export type Message = Pick<WebhookDelivery, "event" | "action" | "installationId" | "repositoryId" | "body">;

type Target = { url: string; secret: string; appId: number };

const timeoutMs = 10_000;
const hookId = 510_041;
const firstId = 27_000_000_001;

/** The App's webhook: signs, sends once with ten seconds to answer, never retries, and keeps a record of all of it. */
export class Deliveries {
  readonly #target: Target;
  readonly #deliveries: WebhookDelivery[] = [];
  readonly #underWay = new Set<WebhookDelivery>();
  #waiting: (() => void)[] = [];
  readonly #closing = new AbortController();
  readonly #userAgent = `GitHub-Hookshot/${randomBytes(4).toString("hex").slice(0, 7)}`;
  #losses = 0;

  constructor(target: Target) {
    this.#target = target;
  }

  /** The next `count` messages get lost on their way: recorded as timed out, never sent. */
  lose(count: number): void {
    this.#losses = count;
  }

  /** Newest first. */
  all(): WebhookDelivery[] {
    return this.#deliveries.toReversed();
  }

  find(id: number): WebhookDelivery | undefined {
    return this.#deliveries.find((delivery) => delivery.id === id);
  }

  /** Sends without waiting. `guid` is given for a repetition of an earlier delivery. */
  send(message: Message, guid?: string): WebhookDelivery {
    const delivery: WebhookDelivery = {
      ...message,
      id: firstId + this.#deliveries.length,
      guid: guid ?? randomUUID(),
      headers: {},
      redelivery: guid !== undefined,
      deliveredAt: new Date().toISOString(),
      durationSeconds: 0,
      outcome: { kind: "pending" },
    };
    delivery.headers = this.#headers(delivery);
    this.#deliveries.push(delivery);
    if (this.#losses > 0) {
      this.#losses -= 1;
      delivery.outcome = { kind: "timed_out" };
      return delivery;
    }
    this.#underWay.add(delivery);
    this.#post(delivery).then(
      () => this.#done(delivery),
      () => this.#done(delivery),
    );
    return delivery;
  }

  /** Waits until every delivery under way has its outcome. */
  settled(): Promise<void> {
    if (this.#underWay.size === 0) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push(resolve);
    return promise;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.settled();
  }

  #done(delivery: WebhookDelivery): void {
    this.#underWay.delete(delivery);
    if (this.#underWay.size > 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  #headers({ event, guid, body }: WebhookDelivery): Record<string, string> {
    const { secret, appId } = this.#target;
    const signature = (algorithm: string): string => createHmac(algorithm, secret).update(body).digest("hex");
    return {
      accept: "*/*",
      "content-type": "application/json",
      "user-agent": this.#userAgent,
      "x-github-delivery": guid,
      "x-github-event": event,
      "x-github-hook-id": String(hookId),
      "x-github-hook-installation-target-id": String(appId),
      "x-github-hook-installation-target-type": "integration",
      "x-hub-signature": `sha1=${signature("sha1")}`,
      "x-hub-signature-256": `sha256=${signature("sha256")}`,
    };
  }

  async #post(delivery: WebhookDelivery): Promise<void> {
    const started = performance.now();
    const deadline = AbortSignal.timeout(timeoutMs);
    try {
      const response = await fetch(this.#target.url, {
        method: "POST",
        headers: delivery.headers,
        body: delivery.body,
        redirect: "manual",
        signal: AbortSignal.any([deadline, this.#closing.signal]),
      });
      const headers = Object.fromEntries(response.headers);
      delivery.outcome = { kind: "answered", status: response.status, headers, body: await response.text() };
    } catch {
      delivery.outcome = { kind: deadline.aborted ? "timed_out" : "unreachable" };
    }
    delivery.durationSeconds = Math.round(performance.now() - started) / 1000;
  }
}
