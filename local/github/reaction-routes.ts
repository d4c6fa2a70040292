import { z } from "zod";
import { forbiddenRefusal, installationOf, mayWriteIssues, routeRepository } from "./access.ts";
import {
  type HttpAnswer,
  emptyAnswer,
  type HttpExchange,
  invalidAnswer,
  jsonAnswer,
  pageOf,
  parseJson,
  problemAnswer,
  HttpRefusal,
} from "./exchange.ts";
import { requireUnlocked } from "./issues.ts";
import { type Reaction, reactionContents } from "./reactions.ts";
import { parameterOf, defineRoute, type HttpRoute } from "./routes.ts";
import { simpleUser } from "./shapes.ts";
import type { Repository, GitHubWorld } from "./world.ts";

type Subject = { repository: Repository; key: string; issueNumber: number };

const commentSchema = z.looseObject({ issue_url: z.string() });
const reactionSchema = z.object({ content: z.enum(reactionContents) });

/** Reactions on issues and issue comments: list, create (201, then 200 for the same again) and delete. */
export function reactionRoutes(world: GitHubWorld): HttpRoute[] {
  const kinds = [
    { base: "/repos/:owner/:repo/issues/comments/:id(\\d+)/reactions", find: commentSubject },
    { base: "/repos/:owner/:repo/issues/:id(\\d+)/reactions", find: issueSubject },
    { base: "/repos/:owner/:repo/pulls/comments/:id(\\d+)/reactions", find: reviewCommentSubject },
  ];
  return kinds.flatMap(({ base, find }) => {
    const subject = async (exchange: HttpExchange, parameters: Record<string, string>): Promise<Subject> =>
      find(world, await routeRepository(world, exchange, parameters), parameterOf(parameters, "id"));
    return [
      defineRoute("GET", base, async (exchange, parameters) =>
        list(world, exchange, await subject(exchange, parameters)),
      ),
      defineRoute("POST", base, async (exchange, parameters) =>
        create(world, exchange, await subject(exchange, parameters)),
      ),
      defineRoute("DELETE", `${base}/:reaction(\\d+)`, async (exchange, parameters) => {
        const id = Number(parameterOf(parameters, "reaction"));
        return remove(world, exchange, { ...(await subject(exchange, parameters)), id });
      }),
    ];
  });
}

async function commentSubject(world: GitHubWorld, repository: Repository, id: string): Promise<Subject> {
  const rest = `issues/comments/${id}`;
  const path = `/repos/${repository.fullName}/${rest}`;
  const comment = await world.emulator.read(commentSchema, path, world.emulator.owner(repository.owner));
  if (comment === undefined) throw new HttpRefusal(problemAnswer(404, "Not Found"));
  const issueNumber = Number(comment.issue_url.split("/").at(-1));
  return { repository, key: `${repository.fullName}/${rest}`, issueNumber };
}

async function reviewCommentSubject(world: GitHubWorld, repository: Repository, id: string): Promise<Subject> {
  const comment = world.reviews.findComment(Number(id));
  if (comment?.fullName !== repository.fullName) throw new HttpRefusal(problemAnswer(404, "Not Found"));
  return { repository, key: `${repository.fullName}/pulls/comments/${id}`, issueNumber: comment.pull };
}

async function issueSubject(world: GitHubWorld, repository: Repository, id: string): Promise<Subject> {
  const owner = world.emulator.owner(repository.owner);
  for (const kind of ["issues", "pulls"]) {
    const found = await world.emulator.read(z.unknown(), `/repos/${repository.fullName}/${kind}/${id}`, owner);
    if (found !== undefined) return { repository, key: `${repository.fullName}/issues/${id}`, issueNumber: Number(id) };
  }
  throw new HttpRefusal(problemAnswer(404, "Not Found"));
}

function format(world: GitHubWorld, reaction: Reaction): unknown {
  const type = reaction.user.id === world.bot.id ? "Bot" : "User";
  return {
    id: reaction.id,
    node_id: Buffer.from(`0:Reaction${reaction.id}`).toString("base64url"),
    user: simpleUser(world, { ...reaction.user, type }),
    content: reaction.content,
    created_at: reaction.createdAt,
  };
}

function list(world: GitHubWorld, exchange: HttpExchange, subject: Subject): HttpAnswer {
  const content = exchange.query.get("content");
  const all = world.reactions.of(subject.key).filter((reaction) => content === null || reaction.content === content);
  const { items, headers } = pageOf(exchange, world.url, all);
  return jsonAnswer(
    200,
    items.map((reaction) => format(world, reaction)),
    headers,
  );
}

/** The person or the App's bot that reacts. Reading is enough for people; an App needs `issues` to write. */
async function reactor(world: GitHubWorld, exchange: HttpExchange, repository: Repository): Promise<Reaction["user"]> {
  const { actor } = exchange;
  if (actor.kind === "anonymous" || actor.kind === "app") throw forbiddenRefusal(actor);
  if (actor.kind === "installation") {
    const installed = installationOf(world, repository)?.id === actor.installationId;
    const mayReact = actor.permissions.issues === "write" || actor.permissions.pull_requests === "write";
    if (!installed || !mayReact) throw forbiddenRefusal(actor);
  }
  if (actor.kind === "installation") return world.bot;
  const user = world.users.find(({ login }) => login === actor.login);
  if (user === undefined) throw forbiddenRefusal(actor);
  return { id: user.id, login: user.login };
}

async function create(world: GitHubWorld, exchange: HttpExchange, subject: Subject): Promise<HttpAnswer> {
  const wanted = reactionSchema.safeParse(parseJson(exchange.body));
  if (!wanted.success) return invalidAnswer({ resource: "Reaction", field: "content", code: "invalid" });
  const user = await reactor(world, exchange, subject.repository);
  await requireUnlocked(world, exchange.actor, { ...subject, deed: "create reaction" });
  const { created, reaction } = world.reactions.add({ subject: subject.key, user, content: wanted.data.content });
  return jsonAnswer(created ? 201 : 200, format(world, reaction));
}

async function remove(
  world: GitHubWorld,
  exchange: HttpExchange,
  subject: Subject & { id: number },
): Promise<HttpAnswer> {
  const user = await reactor(world, exchange, subject.repository);
  const reaction = world.reactions.of(subject.key).find(({ id }) => id === subject.id);
  if (reaction === undefined) return problemAnswer(404, "Not Found");
  const own = reaction.user.id === user.id;
  if (!own && !(await mayWriteIssues(world, exchange.actor, subject.repository)))
    throw forbiddenRefusal(exchange.actor);
  world.reactions.remove(reaction);
  return emptyAnswer(204);
}
