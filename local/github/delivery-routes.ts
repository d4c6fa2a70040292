import { z } from "zod";
import {
  type HttpAnswer,
  type HttpExchange,
  isRecord,
  jsonAnswer,
  parseJson,
  problemAnswer,
  HttpRefusal,
} from "./exchange.ts";
import type { WebhookDelivery } from "./deliveries.ts";
import { installationOf, knownRepository } from "./access.ts";
import { AUTOMATIC_EVENTS } from "../../lib/github-app.ts";
import { completeTexts } from "./repairs.ts";
import { appEvents } from "./seed.ts";
import { parameterOf, defineRoute, type HttpRoute } from "./routes.ts";
import type { GitHubWorld } from "./world.ts";

/** The App's list of deliveries, one delivery in full, and redelivery on request. */
export function deliveryRoutes(world: GitHubWorld): HttpRoute[] {
  const one = "/app/hook/deliveries/:id(\\d+)";
  return [
    defineRoute("GET", "/app/hook/deliveries", (exchange) => list(world, exchange)),
    defineRoute("GET", one, (exchange, parameters) => jsonAnswer(200, detail(found(world, exchange, parameters)))),
    defineRoute("POST", `${one}/attempts`, (exchange, parameters) => {
      const delivery = found(world, exchange, parameters);
      world.deliveries.send(delivery, delivery.guid);
      return jsonAnswer(202, {});
    }),
  ];
}

function requireApp(exchange: HttpExchange): void {
  if (exchange.actor.kind !== "app") throw new HttpRefusal(problemAnswer(401, "A JSON web token could not be decoded"));
}

function found(world: GitHubWorld, exchange: HttpExchange, parameters: Record<string, string>): WebhookDelivery {
  requireApp(exchange);
  const delivery = world.deliveries.find(Number(parameterOf(parameters, "id")));
  if (delivery === undefined) throw new HttpRefusal(problemAnswer(404, "Not Found"));
  return delivery;
}

/** Newest first; `cursor` is the id after which the next page begins. */
function list(world: GitHubWorld, exchange: HttpExchange): HttpAnswer {
  requireApp(exchange);
  const size = Math.min(100, Math.max(1, Number(exchange.query.get("per_page")) || 30));
  const cursor = Number(exchange.query.get("cursor")) || Number.POSITIVE_INFINITY;
  const status = exchange.query.get("status");
  const rest = world.deliveries
    .all()
    .filter(({ id }) => id < cursor)
    .filter((delivery) => status === null || (status === "success") === succeeded(delivery));
  const items = rest.slice(0, size);
  const last = items.at(-1);
  const more = rest.length > items.length && last !== undefined;
  const next = `<${world.url}${exchange.path}?per_page=${size}&cursor=${last?.id}>; rel="next"`;
  return jsonAnswer(200, items.map(summary), more ? { link: next } : {});
}

function succeeded({ outcome }: WebhookDelivery): boolean {
  return outcome.kind === "answered" && outcome.status < 400;
}

/** GitHub's words and code for an outcome; what got no answer has code 0. */
function status({ outcome }: WebhookDelivery): { status: string; status_code: number } {
  switch (outcome.kind) {
    case "pending":
      return { status: "pending", status_code: 0 };
    case "timed_out":
      return { status: "timed out", status_code: 0 };
    case "unreachable":
      return { status: "failed to connect to host", status_code: 0 };
    case "answered": {
      const ok = outcome.status < 400;
      return { status: ok ? "OK" : `Invalid HTTP Response: ${outcome.status}`, status_code: outcome.status };
    }
  }
}

function summary(delivery: WebhookDelivery): Record<string, unknown> {
  return {
    id: delivery.id,
    guid: delivery.guid,
    delivered_at: delivery.deliveredAt,
    redelivery: delivery.redelivery,
    duration: delivery.durationSeconds,
    ...status(delivery),
    event: delivery.event,
    action: delivery.action,
    installation_id: delivery.installationId,
    repository_id: delivery.repositoryId,
    throttled_at: null,
  };
}

function detail(delivery: WebhookDelivery): Record<string, unknown> {
  const { outcome } = delivery;
  const answered = outcome.kind === "answered";
  return {
    ...summary(delivery),
    url: "",
    request: { headers: delivery.headers, payload: parseJson(Buffer.from(delivery.body)) },
    response: answered ? { headers: outcome.headers, payload: outcome.body } : { headers: null, payload: null },
  };
}

const emulatedSchema = z.looseObject({
  action: z.string().optional(),
  issue: z.looseObject({ id: z.number(), number: z.number() }).nullish(),
  comment: z.looseObject({ id: z.number(), body: z.string() }).optional(),
  repository: z.looseObject({ id: z.number(), full_name: z.string() }).optional(),
  installation: z.looseObject({ id: z.number() }).optional(),
});

/** Of these the emulator knows too little (where a head is, what checks are) or too much: the front sends them itself. */
const OWN_EVENTS = /^(?:pull_request|check_|status$|push$)/;

/** Takes a webhook from the emulator and sends it on in GitHub's form. What the seed itself caused is dropped. */
export async function relayHook(world: GitHubWorld, event: string, body: Buffer): Promise<void> {
  if (OWN_EVENTS.test(event) || !isHeard(event)) return;
  const payload = emulatedSchema.parse(completeTexts(world, parseJson(body)));
  const installation = world.seed.installations.find(({ id }) => id === payload.installation?.id);
  if (installation?.state !== "active") return;
  const [owner = "", name = ""] = (payload.repository?.full_name ?? "").split("/");
  const repository = knownRepository(world, owner, name);
  if (repository !== undefined && installationOf(world, repository)?.id !== installation.id) return;
  const seeded = payload.issue?.id !== undefined && world.seededIssues.has(payload.issue.id);
  if (event === "issues" && payload.action === "opened" && seeded) return;
  if (payload.repository !== undefined) await markPullRequest(world, payload);
  const { action, comment } = payload;
  if (event === "issue_comment" && action === "edited" && comment !== undefined) {
    payload.changes = { body: { from: world.comments.before(comment.id, comment.body) ?? "" } };
  }
  sendPayload(world, event, payload);
}

const HEARD: readonly string[] = [...appEvents, ...AUTOMATIC_EVENTS, "ping"];
/** Whether the App is sent events of this kind at all. */
export const isHeard = (event: string): boolean => HEARD.includes(event);

export function sendPayload(world: GitHubWorld, event: string, payload: Record<string, unknown>): WebhookDelivery {
  const idOf = (value: unknown): number | null => (isRecord(value) && typeof value.id === "number" ? value.id : null);
  return world.deliveries.send({
    event,
    action: typeof payload.action === "string" ? payload.action : null,
    installationId: idOf(payload.installation),
    repositoryId: idOf(payload.repository),
    body: JSON.stringify(payload),
  });
}

/** A comment on a pull request comes with the issue's `pull_request` key; the emulator leaves it out. */
async function markPullRequest(world: GitHubWorld, payload: z.infer<typeof emulatedSchema>): Promise<void> {
  const { issue, repository } = payload;
  if (issue === undefined || issue === null || repository === undefined) return;
  const [owner = "", name = ""] = repository.full_name.split("/");
  const known = knownRepository(world, owner, name);
  if (known === undefined) return;
  const path = `/repos/${known.fullName}/pulls/${issue.number}`;
  const pull = await world.emulator.read(z.unknown(), path, world.emulator.owner(known.owner));
  if (pull === undefined) return;
  const web = `${world.url}/${known.fullName}/pull/${issue.number}`;
  const api = `${world.url}${path}`;
  issue.pull_request = { url: api, html_url: web, diff_url: `${web}.diff`, patch_url: `${web}.patch`, merged_at: null };
}
