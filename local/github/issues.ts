import { z } from "zod";
import { authorizationOf, forbiddenRefusal, mayWriteIssues, routeRepository } from "./access.ts";
import {
  type GitHubActor,
  type HttpAnswer,
  type HttpExchange,
  invalidAnswer,
  isRecord,
  jsonAnswer,
  parseJson,
  problemAnswer,
  HttpRefusal,
} from "./exchange.ts";
import { passOn } from "./proxy.ts";
import { parameterOf, defineRoute, type HttpRoute } from "./routes.ts";
import type { Repository, GitHubWorld } from "./world.ts";

const commentSchema = z.looseObject({ id: z.number(), body: z.string(), issue_url: z.string() });
const lockSchema = z.looseObject({ locked: z.boolean() });
const pullSchema = z.looseObject({ url: z.string(), html_url: z.string(), merged_at: z.string().nullable() });
const labelSchema = z.looseObject({ name: z.string() });
const maximumBodyLength = 65_536;

type Deed = { repository: Repository; issueNumber: number; deed: string };

/** Refuses with GitHub's 403 when the issue is locked and the actor is not a person with write access. */
export async function requireUnlocked(
  world: GitHubWorld,
  actor: GitHubActor,
  { repository, issueNumber, deed }: Deed,
): Promise<void> {
  const path = `/repos/${repository.fullName}/issues/${issueNumber}`;
  const issue = await world.emulator.read(lockSchema, path, world.emulator.owner(repository.owner));
  if (issue?.locked !== true) return;
  if (actor.kind === "user" && (await mayWriteIssues(world, actor, repository))) return;
  throw new HttpRefusal(problemAnswer(403, `Unable to ${deed} because issue is locked.`));
}

/** What GitHub has about issues, comments and labels and the emulator lacks or leaves out. */
export function issueRoutes(world: GitHubWorld): HttpRoute[] {
  const issue = "/repos/:owner/:repo/issues/:number(\\d+)";
  return [
    defineRoute("GET", issue, (exchange, parameters) => getIssue(world, exchange, parameters)),
    defineRoute("PATCH", issue, (exchange, parameters) => onlyWriters(world, exchange, parameters)),
    defineRoute("PUT", `${issue}/lock`, (exchange, parameters) => onlyWriters(world, exchange, parameters)),
    defineRoute("DELETE", `${issue}/lock`, (exchange, parameters) => onlyWriters(world, exchange, parameters)),
    defineRoute("POST", `${issue}/comments`, (exchange, parameters) => createComment(world, exchange, parameters)),
    defineRoute("PATCH", "/repos/:owner/:repo/issues/comments/:id(\\d+)", (exchange, parameters) =>
      editComment(world, exchange, parameters),
    ),
    defineRoute("POST", `${issue}/labels`, (exchange, parameters) => onlyWriters(world, exchange, parameters)),
    defineRoute("PUT", `${issue}/labels`, (exchange, parameters) => onlyWriters(world, exchange, parameters)),
    defineRoute("DELETE", `${issue}/labels`, (exchange, parameters) => onlyWriters(world, exchange, parameters)),
    defineRoute("DELETE", `${issue}/labels/:name`, (exchange, parameters) => removeLabel(world, exchange, parameters)),
    defineRoute("POST", "/repos/:owner/:repo/labels", (exchange, parameters) =>
      createLabel(world, exchange, parameters),
    ),
  ];
}

/** The emulator has no issue for a pull request; GitHub does, with a `pull_request` key. */
async function getIssue(
  world: GitHubWorld,
  exchange: HttpExchange,
  parameters: Record<string, string>,
): Promise<HttpAnswer> {
  const answer = await passOn(world, exchange);
  if (answer.status !== 404) return answer;
  const repository = await routeRepository(world, exchange, parameters);
  const path = `/repos/${repository.fullName}/pulls/${parameterOf(parameters, "number")}`;
  const pull = await world.emulator.read(pullSchema, path, authorizationOf(exchange.actor));
  return pull === undefined ? answer : jsonAnswer(200, issueOfPull(world, repository, pull));
}

function issueOfPull(world: GitHubWorld, repository: Repository, pull: z.infer<typeof pullSchema>): unknown {
  const api = `${world.url}/repos/${repository.fullName}/issues/${String(pull.number)}`;
  const copied = ["id", "node_id", "number", "title", "user", "labels", "state", "locked", "assignee", "assignees"];
  const also = ["milestone", "comments", "created_at", "updated_at", "closed_at", "body", "html_url", "draft"];
  return {
    ...Object.fromEntries([...copied, ...also].map((name) => [name, pull[name]])),
    url: api,
    repository_url: `${world.url}/repos/${repository.fullName}`,
    labels_url: `${api}/labels{/name}`,
    comments_url: `${api}/comments`,
    events_url: `${api}/events`,
    state_reason: null,
    active_lock_reason: null,
    author_association: pull.author_association,
    reactions: {
      url: `${api}/reactions`,
      ...world.reactions.summary(`${repository.fullName}/issues/${String(pull.number)}`),
    },
    pull_request: {
      url: pull.url,
      html_url: pull.html_url,
      diff_url: `${pull.html_url}.diff`,
      patch_url: `${pull.html_url}.patch`,
      merged_at: pull.merged_at,
    },
  };
}

/** The emulator lets every user change every public issue. */
async function onlyWriters(
  world: GitHubWorld,
  exchange: HttpExchange,
  parameters: Record<string, string>,
): Promise<HttpAnswer> {
  const repository = await routeRepository(world, exchange, parameters);
  if (!(await mayWriteIssues(world, exchange.actor, repository))) throw forbiddenRefusal(exchange.actor);
  return passOn(world, exchange);
}

/** The comment's text, refused when it is missing, blank or longer than GitHub takes. */
function commentBody(exchange: HttpExchange): string {
  const body = z.looseObject({ body: z.string() }).safeParse(parseJson(exchange.body));
  if (!body.success || body.data.body.trim() === "") {
    throw new HttpRefusal(invalidAnswer({ resource: "IssueComment", code: "missing_field", field: "body" }));
  }
  if (body.data.body.length > maximumBodyLength) {
    const message = `Body is too long (maximum is ${maximumBodyLength} characters)`;
    throw new HttpRefusal(invalidAnswer({ resource: "IssueComment", code: "unprocessable", field: "data", message }));
  }
  return body.data.body;
}

function recordVersion(world: GitHubWorld, answer: HttpAnswer): HttpAnswer {
  const comment = commentSchema.safeParse(parseJson(answer.body));
  if (answer.status < 300 && comment.success) world.comments.record(comment.data.id, comment.data.body);
  return answer;
}

async function createComment(
  world: GitHubWorld,
  exchange: HttpExchange,
  parameters: Record<string, string>,
): Promise<HttpAnswer> {
  const repository = await routeRepository(world, exchange, parameters);
  const issueNumber = Number(parameterOf(parameters, "number"));
  commentBody(exchange);
  await requireUnlocked(world, exchange.actor, { repository, issueNumber, deed: "create comment" });
  return recordVersion(world, await passOn(world, exchange));
}

async function editComment(
  world: GitHubWorld,
  exchange: HttpExchange,
  parameters: Record<string, string>,
): Promise<HttpAnswer> {
  const repository = await routeRepository(world, exchange, parameters);
  const path = `/repos/${repository.fullName}/issues/comments/${parameterOf(parameters, "id")}`;
  const authorization = world.emulator.owner(repository.owner);
  const comment = await world.emulator.read(commentSchema, path, authorization);
  if (comment === undefined) return problemAnswer(404, "Not Found");
  commentBody(exchange);
  const { user } = comment;
  const { actor } = exchange;
  const own = actor.kind === "user" && isRecord(user) && user.login === actor.login;
  if (!own && !(await mayWriteIssues(world, actor, repository))) throw forbiddenRefusal(actor);
  const issueNumber = Number(comment.issue_url.split("/").at(-1));
  await requireUnlocked(world, actor, { repository, issueNumber, deed: "update comment" });
  return recordVersion(world, await passOn(world, exchange));
}

async function removeLabel(
  world: GitHubWorld,
  exchange: HttpExchange,
  parameters: Record<string, string>,
): Promise<HttpAnswer> {
  const answer = await onlyWriters(world, exchange, parameters);
  return answer.status === 404 ? problemAnswer(404, "Label does not exist") : answer;
}

async function createLabel(
  world: GitHubWorld,
  exchange: HttpExchange,
  parameters: Record<string, string>,
): Promise<HttpAnswer> {
  const repository = await routeRepository(world, exchange, parameters);
  if (!(await mayWriteIssues(world, exchange.actor, repository))) throw forbiddenRefusal(exchange.actor);
  const wanted = labelSchema.safeParse(parseJson(exchange.body));
  if (!wanted.success || wanted.data.name.trim() === "") {
    return invalidAnswer({ resource: "Label", code: "missing_field", field: "name" });
  }
  const path = `/repos/${repository.fullName}/labels`;
  const labels = await world.emulator.list(labelSchema, path, world.emulator.owner(repository.owner));
  const name = wanted.data.name.trim().toLowerCase();
  if (labels.some((label) => label.name.toLowerCase() === name)) {
    return invalidAnswer({ resource: "Label", code: "already_exists", field: "name" });
  }
  return passOn(world, exchange);
}
