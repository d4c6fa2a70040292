import { z } from "zod";
import { forbidden, installationOf, mayWriteIssues, routeRepository } from "./access.ts";
import { type Answer, empty, type Exchange, invalid, json, page, parseJson, problem, Refusal } from "./exchange.ts";
import { requireUnlocked } from "./issues.ts";
import { type Reaction, reactionContents } from "./reactions.ts";
import { parameter, route, type Route } from "./routes.ts";
import { simpleUser } from "./shapes.ts";
import type { Repository, World } from "./world.ts";

type Subject = { repository: Repository; key: string; issueNumber: number };

const commentSchema = z.looseObject({ issue_url: z.string() });
const reactionSchema = z.object({ content: z.enum(reactionContents) });

/** Reactions on issues and issue comments: list, create (201, then 200 for the same again) and delete. */
export function reactionRoutes(world: World): Route[] {
  const kinds = [
    { base: "/repos/:owner/:repo/issues/comments/:id(\\d+)/reactions", find: commentSubject },
    { base: "/repos/:owner/:repo/issues/:id(\\d+)/reactions", find: issueSubject },
  ];
  return kinds.flatMap(({ base, find }) => {
    const subject = async (exchange: Exchange, parameters: Record<string, string>): Promise<Subject> =>
      find(world, await routeRepository(world, exchange, parameters), parameter(parameters, "id"));
    return [
      route("GET", base, async (exchange, parameters) => list(world, exchange, await subject(exchange, parameters))),
      route("POST", base, async (exchange, parameters) => create(world, exchange, await subject(exchange, parameters))),
      route("DELETE", `${base}/:reaction(\\d+)`, async (exchange, parameters) => {
        const id = Number(parameter(parameters, "reaction"));
        return remove(world, exchange, { ...(await subject(exchange, parameters)), id });
      }),
    ];
  });
}

async function commentSubject(world: World, repository: Repository, id: string): Promise<Subject> {
  const rest = `issues/comments/${id}`;
  const path = `/repos/${repository.fullName}/${rest}`;
  const comment = await world.emulator.read(commentSchema, path, world.emulator.owner(repository.owner));
  if (comment === undefined) throw new Refusal(problem(404, "Not Found"));
  const issueNumber = Number(comment.issue_url.split("/").at(-1));
  return { repository, key: `${repository.fullName}/${rest}`, issueNumber };
}

async function issueSubject(world: World, repository: Repository, id: string): Promise<Subject> {
  const owner = world.emulator.owner(repository.owner);
  for (const kind of ["issues", "pulls"]) {
    const found = await world.emulator.read(z.unknown(), `/repos/${repository.fullName}/${kind}/${id}`, owner);
    if (found !== undefined) return { repository, key: `${repository.fullName}/issues/${id}`, issueNumber: Number(id) };
  }
  throw new Refusal(problem(404, "Not Found"));
}

function format(world: World, reaction: Reaction): unknown {
  const type = reaction.user.id === world.bot.id ? "Bot" : "User";
  return {
    id: reaction.id,
    node_id: Buffer.from(`0:Reaction${reaction.id}`).toString("base64url"),
    user: simpleUser(world, { ...reaction.user, type }),
    content: reaction.content,
    created_at: reaction.createdAt,
  };
}

function list(world: World, exchange: Exchange, subject: Subject): Answer {
  const content = exchange.query.get("content");
  const all = world.reactions.of(subject.key).filter((reaction) => content === null || reaction.content === content);
  const { items, headers } = page(exchange, world.url, all);
  return json(
    200,
    items.map((reaction) => format(world, reaction)),
    headers,
  );
}

/** The person or the App's bot that reacts. Reading is enough for people; an App needs `issues` to write. */
async function reactor(world: World, exchange: Exchange, repository: Repository): Promise<Reaction["user"]> {
  const { actor } = exchange;
  if (actor.kind === "anonymous" || actor.kind === "app") throw forbidden(actor);
  if (actor.kind === "installation") {
    const installed = installationOf(world, repository)?.id === actor.installationId;
    if (!installed || actor.permissions.issues !== "write") throw forbidden(actor);
  }
  if (actor.kind === "installation") return world.bot;
  const user = world.users.find(({ login }) => login === actor.login);
  if (user === undefined) throw forbidden(actor);
  return { id: user.id, login: user.login };
}

async function create(world: World, exchange: Exchange, subject: Subject): Promise<Answer> {
  const wanted = reactionSchema.safeParse(parseJson(exchange.body));
  if (!wanted.success) return invalid({ resource: "Reaction", field: "content", code: "invalid" });
  const user = await reactor(world, exchange, subject.repository);
  await requireUnlocked(world, exchange.actor, { ...subject, deed: "create reaction" });
  const { created, reaction } = world.reactions.add({ subject: subject.key, user, content: wanted.data.content });
  return json(created ? 201 : 200, format(world, reaction));
}

async function remove(world: World, exchange: Exchange, subject: Subject & { id: number }): Promise<Answer> {
  const user = await reactor(world, exchange, subject.repository);
  const reaction = world.reactions.of(subject.key).find(({ id }) => id === subject.id);
  if (reaction === undefined) return problem(404, "Not Found");
  const own = reaction.user.id === user.id;
  if (!own && !(await mayWriteIssues(world, exchange.actor, subject.repository))) throw forbidden(exchange.actor);
  world.reactions.remove(reaction);
  return empty(204);
}
