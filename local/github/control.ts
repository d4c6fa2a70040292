/**
 * The control API under `/_control/`, for tests and the demo. Loopback only, JSON only, never through a foreign host
 * name, so that no web page can reach it.
 *
 * - `POST /_control/faults` one fault or a list (see `faults.ts`): adds; `DELETE /_control/faults`: clears.
 * - `GET /_control/state`: issues, comments with every text they had, reactions, labels, pulls, references, deliveries.
 * - `POST /_control/comment` `{login, repo, issue, body}`: comments as that user through the API; the webhook follows.
 * - `POST /_control/checks` `{repo, ref, runs?, statuses?}`: check runs `{name, status, conclusion?}` and commit statuses
 *   `{context, state}` of the commit at `ref`, as if its CI had written them.
 * - `POST /_control/repository` `{repo, rules?, pushProtection?, allowedSecrets?, signsCommits?}`: what holds in the
 *   repository from now on, instead of what held before (see `repository-rules.ts`).
 * - `POST /_control/lag` `{pulls?, refs?, heads?, commits?}`: how many readings of what is made from now on come too
 *   early (see `lag.ts`).
 * - `POST /_control/deliver` `{delivery?, times?, guid?}`: sends a recorded delivery (default: the newest) again,
 *   `times` at once, with the `"same"` delivery id (default) or a `"fresh"` one each. With `{event, payload}`
 *   instead, sends that payload as a new delivery.
 * - `POST /_control/lose` `{count}`: the next deliveries get lost: recorded as timed out, never sent.
 * - `POST /_control/tokens` `{revoke: token}`, `{expire: "installations"}`, `{expire: "users"}` (access tokens only:
 *   their refresh tokens still work) or `{disconnect: login}` (the person takes the App's access to them back).
 * - `POST /_control/installations` `{id, action}`, action `suspend`, `unsuspend` or `deleted`: changes it, ends its
 *   tokens where GitHub does, and sends the `installation` event.
 */
import type { IncomingMessage } from "node:http";
import { z } from "zod";
import { checksSchema, setChecks } from "./checks.ts";
import type { WebhookDelivery } from "./deliveries.ts";
import { sendPayload } from "./delivery-routes.ts";
import { type HttpAnswer, emptyAnswer, jsonAnswer, parseJson, problemAnswer } from "./exchange.ts";
import { faultSchema } from "./faults.ts";
import { lagSchema } from "./lag.ts";
import { type RepositorySettingsInput, settingsSchema } from "./repository-rules.ts";
import { formatInstallation, simpleUser } from "./shapes.ts";
import { readState } from "./state.ts";
import type { GitHubWorld } from "./world.ts";

type ControlRequest = { method: string; url: URL; body: Buffer; request: IncomingMessage };

const commentSchema = z.strictObject({
  login: z.string(),
  repo: z.string(),
  issue: z.number().int().positive(),
  body: z.string(),
});
export type CommentOrder = z.infer<typeof commentSchema>;

const deliverSchema = z.union([
  z.strictObject({ event: z.string(), payload: z.record(z.string(), z.unknown()) }),
  z.strictObject({
    delivery: z.number().int().optional(),
    times: z.number().int().min(1).max(1000).default(1),
    guid: z.enum(["same", "fresh"]).default("same"),
  }),
]);
export type DeliverOrder = z.input<typeof deliverSchema>;

const tokensSchema = z.union([
  z.strictObject({ revoke: z.string() }),
  z.strictObject({ expire: z.enum(["installations", "users"]) }),
  z.strictObject({ disconnect: z.string() }),
]);
const installationSchema = z.strictObject({
  id: z.number().int(),
  action: z.enum(["suspend", "unsuspend", "deleted"]),
});

const handlers: Record<string, (world: GitHubWorld, input: unknown) => Promise<HttpAnswer> | HttpAnswer> = {
  "GET /_control/state": async (world) => jsonAnswer(200, await readState(world)),
  "POST /_control/comment": async (world, input) =>
    jsonAnswer(201, await postComment(world, commentSchema.parse(input))),
  "POST /_control/checks": async (world, input) => {
    await setChecks(world, checksSchema.parse(input));
    return emptyAnswer(204);
  },
  "POST /_control/repository": (world, input) => {
    const { repo, ...settings } = z.looseObject({ repo: z.string() }).parse(input);
    setSettings(world, repo, settingsSchema.parse(settings));
    return emptyAnswer(204);
  },
  "POST /_control/lag": (world, input) => {
    world.lag.set(lagSchema.parse(input));
    return emptyAnswer(204);
  },
  "POST /_control/deliver": (world, input) =>
    jsonAnswer(202, {
      deliveries: sendDelivery(world, deliverSchema.parse(input)).map(({ id, guid }) => ({ id, guid })),
    }),
  "POST /_control/faults": (world, input) => {
    for (const fault of z.array(faultSchema).parse([input].flat())) world.faults.add(fault);
    return emptyAnswer(204);
  },
  "DELETE /_control/faults": (world) => {
    world.faults.set([]);
    return emptyAnswer(204);
  },
  "POST /_control/lose": (world, input) => {
    world.deliveries.lose(z.strictObject({ count: z.number().int().nonnegative() }).parse(input).count);
    return emptyAnswer(204);
  },
  "POST /_control/tokens": (world, input) => {
    const order = tokensSchema.parse(input);
    if ("revoke" in order) world.tokens.revoke(order.revoke);
    else if ("disconnect" in order) world.tokens.disconnect(order.disconnect);
    else if (order.expire === "users") world.tokens.expireUserTokens();
    else world.tokens.expireInstallationTokens();
    return emptyAnswer(204);
  },
  "POST /_control/installations": (world, input) => changeInstallation(world, installationSchema.parse(input)),
};

export async function answerControl(
  world: GitHubWorld,
  { method, url, body, request }: ControlRequest,
): Promise<HttpAnswer> {
  const peer = request.socket.remoteAddress ?? "";
  const isLoopback = peer === "::1" || peer.replace("::ffff:", "").startsWith("127.");
  const isOurHost = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(request.headers.host ?? "");
  if (!isLoopback || !isOurHost) return problemAnswer(403, "The control API is for this machine only");
  if (method === "POST" && request.headers["content-type"]?.startsWith("application/json") !== true) {
    return problemAnswer(415, "The control API takes JSON");
  }
  const handle = handlers[`${method} ${url.pathname}`];
  if (handle === undefined) return problemAnswer(404, "Not Found");
  try {
    return await handle(world, parseJson(body));
  } catch (error) {
    if (error instanceof z.ZodError) return problemAnswer(400, z.prettifyError(error));
    throw error;
  }
}

/** Sets what holds in a repository. Throws when there is none of this name. */
export function setSettings(world: GitHubWorld, repo: string, settings: RepositorySettingsInput): void {
  if (!world.repositories.some(({ fullName }) => fullName === repo)) throw new Error(`there is no repository ${repo}`);
  world.settings.set(repo, settingsSchema.parse(settings));
}

const createdCommentSchema = z.looseObject({ id: z.number(), html_url: z.string() });

/** Comments as a user through the front's own API. Throws when the API refuses. */
export async function postComment(
  world: GitHubWorld,
  order: CommentOrder,
): Promise<z.infer<typeof createdCommentSchema>> {
  const user = world.users.find(({ login }) => login === order.login);
  if (user === undefined) throw new Error(`there is no user ${order.login}`);
  const response = await fetch(`${world.url}/repos/${order.repo}/issues/${order.issue}/comments`, {
    method: "POST",
    headers: { authorization: `Bearer ${user.token}`, "content-type": "application/json" },
    body: JSON.stringify({ body: order.body }),
  });
  if (response.status !== 201) throw new Error(`the comment was refused: ${response.status} ${await response.text()}`);
  return createdCommentSchema.parse(await response.json());
}

/** Sends a payload as a new delivery, or a recorded delivery again. Throws when there is none. */
export function sendDelivery(world: GitHubWorld, input: DeliverOrder): WebhookDelivery[] {
  const order = deliverSchema.parse(input);
  if ("event" in order) return [sendPayload(world, order.event, order.payload)];
  const original = order.delivery === undefined ? world.deliveries.all()[0] : world.deliveries.find(order.delivery);
  if (original === undefined) throw new Error("there is no such delivery");
  const guid = order.guid === "same" ? original.guid : undefined;
  return Array.from({ length: order.times }, () => world.deliveries.send(original, guid));
}

function changeInstallation(world: GitHubWorld, order: z.infer<typeof installationSchema>): HttpAnswer {
  const installation = world.seed.installations.find(({ id }) => id === order.id);
  const account = world.users.find(({ login }) => login === installation?.account);
  if (installation === undefined || account === undefined) return problemAnswer(404, "Not Found");
  const states = { suspend: "suspended", unsuspend: "active", deleted: "deleted" } as const;
  installation.state = states[order.action];
  if (order.action !== "unsuspend") world.tokens.revokeInstallation(installation.id);
  sendPayload(world, "installation", {
    action: order.action,
    installation: formatInstallation(world, installation),
    repositories: [],
    sender: simpleUser(world, { id: account.id, login: account.login, type: "User" }),
  });
  return emptyAnswer(204);
}
