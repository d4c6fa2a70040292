import { createHmac } from "node:crypto";
import { parseComment } from "@/lib/commands/parse";
import { receiveWebhook } from "@/server/webhooks/handle";
import { WEBHOOK_SECRET, type FaultWorld } from "./world";

export type FaultPerson = { id: number; login: string };
export type Issue = { repositoryId: number; installationId: number; name: string; number: number };

/** An event as GitHub has it, and what became of its deliveries. */
export type DeliveredEvent = {
  guid: string;
  event: "issue_comment" | "issues";
  body: string;
  issue: Issue;
  by: FaultPerson;
  comment: { id: number; commands: number; starts: number; retries: number } | null;
  happenedAt: number;
  /** When Porter first answered 202; null: never. */
  acceptedAt: number | null;
};

const repositoryOf = (issue: Issue) => ({
  id: issue.repositoryId,
  name: issue.name,
  owner: { login: "acme" },
  private: false,
  default_branch: "main",
});
const envelope = (action: string, issue: Issue, by: FaultPerson) => ({
  action,
  installation: { id: issue.installationId },
  repository: repositoryOf(issue),
  issue: { number: issue.number, title: "Add a French greeting", body: "Please.", state: "open", locked: false },
  sender: { id: by.id, login: by.login, type: "User" },
});

/** Somebody comments; nothing is delivered yet. */
export function aComment(
  world: FaultWorld,
  input: { issue: Issue; by: FaultPerson; text: string; number: number },
): DeliveredEvent {
  const { issue, by, text, number } = input;
  const commands = parseComment(text, { mentions: ["porter"] });
  const id = 50_000 + number;
  return {
    guid: `guid-${number}`,
    event: "issue_comment",
    body: JSON.stringify({
      ...envelope("created", issue, by),
      comment: { id, body: text, created_at: world.clock.now().toISOString() },
    }),
    issue,
    by,
    comment: {
      id,
      commands: commands.length,
      starts: commands.filter((command) => command.kind === "start").length,
      retries: commands.filter((command) => command.kind === "retry").length,
    },
    happenedAt: world.clock.now().getTime(),
    acceptedAt: null,
  };
}

export const aClosing = (
  world: FaultWorld,
  input: { issue: Issue; by: FaultPerson; number: number },
): DeliveredEvent => ({
  guid: `guid-${input.number}`,
  event: "issues",
  body: JSON.stringify(envelope("closed", input.issue, input.by)),
  issue: input.issue,
  by: input.by,
  comment: null,
  happenedAt: world.clock.now().getTime(),
  acceptedAt: null,
});

/** A request whose body is there at once: the event loop has no say in when it is read. */
export function aRequest(url: string, init: { headers: Record<string, string>; body: string | Uint8Array }): Request {
  const bytes = typeof init.body === "string" ? new TextEncoder().encode(init.body) : init.body;
  const request = new Request(url, { method: "POST", headers: init.headers });
  const body = {
    async *[Symbol.asyncIterator]() {
      yield bytes;
    },
    pipeTo: async () => undefined,
  };
  Object.defineProperty(request, "body", { value: body });
  Object.defineProperty(request, "arrayBuffer", { value: async () => bytes.buffer });
  return request;
}

/** GitHub delivers; `guid` is another one where the same event comes through a second hook. */
export function deliverEvent(
  world: FaultWorld,
  delivery: DeliveredEvent,
  options: { seed: number; guid?: string },
): void {
  const request = aRequest("https://porter.test/api/webhooks/github", {
    body: delivery.body,
    headers: {
      "x-github-delivery": options.guid ?? delivery.guid,
      "x-github-event": delivery.event,
      "x-hub-signature-256": `sha256=${createHmac("sha256", WEBHOOK_SECRET).update(delivery.body).digest("hex")}`,
    },
  });
  world.spawn("webhook", options.seed, async (context) => {
    const answer = await receiveWebhook(request, context);
    if (answer.status === 202) delivery.acceptedAt ??= world.clock.now().getTime();
    await world.followUp(context, answer.work);
  });
}
