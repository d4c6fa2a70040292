import { z } from "zod";
import { forbiddenRefusal, installationOf, routeRepository } from "./access.ts";
import {
  type GitHubActor,
  type HttpAnswer,
  type HttpExchange,
  HttpRefusal,
  jsonAnswer,
  pageOf,
  parseJson,
  problemAnswer,
} from "./exchange.ts";
import { pullFromEmulator, syncedOf } from "./git-sync.ts";
import { sendEvent, senderOf } from "./pull-events.ts";
import { atHead, branchHead, type Pull, shortenedPull, storedPull } from "./pull-reading.ts";
import { findInDiff } from "./review-hunks.ts";
import { formatReview, formatReviewComment } from "./review-shapes.ts";
import type { LocalReview, ReviewState, ReviewUser } from "./review-store.ts";
import { parameterOf, defineRoute, type HttpRoute, type Parameters } from "./routes.ts";
import type { Repository, GitHubWorld } from "./world.ts";

const lineSchema = z.looseObject({
  path: z.string(),
  line: z.number().int(),
  side: z.enum(["LEFT", "RIGHT"]).default("RIGHT"),
  body: z.string().min(1),
});
const reviewSchema = z.looseObject({
  event: z.enum(["APPROVE", "REQUEST_CHANGES", "COMMENT"]),
  body: z.string().default(""),
  comments: z.array(lineSchema).default([]),
});
const bodySchema = z.looseObject({ body: z.string().min(1) });
const STATES = { APPROVE: "APPROVED", REQUEST_CHANGES: "CHANGES_REQUESTED", COMMENT: "COMMENTED" } as const;

type Target = { world: GitHubWorld; exchange: HttpExchange; repository: Repository; pull: Pull };

/** Reviews, their comments at lines, and replies to those. A review that waits to be sent is nobody's but its writer's, and not here. */
export function reviewRoutes(world: GitHubWorld): HttpRoute[] {
  const one = "/repos/:owner/:repo/pulls/:number(\\d+)";
  const on =
    (answer: (target: Target, parameters: Parameters) => HttpAnswer | Promise<HttpAnswer>) =>
    async (exchange: HttpExchange, parameters: Parameters): Promise<HttpAnswer> => {
      const repository = await routeRepository(world, exchange, parameters);
      const stored = await storedPull(world, repository, Number(parameterOf(parameters, "number")));
      if (stored === undefined) return problemAnswer(404, "Not Found");
      return answer({ world, exchange, repository, pull: await atHead(world, repository, stored) }, parameters);
    };
  return [
    defineRoute("GET", `${one}/reviews`, on(listReviews)),
    defineRoute("POST", `${one}/reviews`, on(createReview)),
    defineRoute("GET", `${one}/reviews/:review(\\d+)/comments`, on(listComments)),
    defineRoute("GET", `${one}/comments`, on(listComments)),
    defineRoute("POST", `${one}/comments/:comment(\\d+)/replies`, on(reply)),
  ];
}

function paged<T>({ world, exchange }: Target, all: T[], format: (one: T) => unknown): HttpAnswer {
  const { items, headers } = pageOf(exchange, world.url, all);
  return jsonAnswer(200, items.map(format), headers);
}

const listReviews = (target: Target): HttpAnswer =>
  paged(target, target.world.reviews.of(target.repository.fullName, target.pull.number), (review) =>
    formatReview(target.world, target.repository, review),
  );

/** Of the whole pull request, or of one review. */
function listComments(target: Target, { review }: Parameters): HttpAnswer {
  const { world, repository, pull } = target;
  const all = world.reviews.commentsOf(repository.fullName, pull.number);
  const wanted = all.filter(({ reviewId }) => review === undefined || reviewId === Number(review));
  return paged(target, wanted, (comment) => formatReviewComment(world, repository, comment));
}

/** Who writes: whoever sees a public repository, and an App with the permission. */
function writerIn(world: GitHubWorld, actor: GitHubActor, repository: Repository): ReviewUser {
  if (actor.kind === "user") {
    const user = world.users.find(({ login }) => login === actor.login);
    if (user !== undefined) return { id: user.id, login: user.login, type: "User" };
  }
  const isOurs = actor.kind === "installation" && installationOf(world, repository)?.id === actor.installationId;
  if (!isOurs || actor.permissions.pull_requests !== "write") throw forbiddenRefusal(actor);
  return { ...world.bot, type: "Bot" };
}

/** Words that GitHub gives as plain sentences here, not as fields. */
const unprocessable = (...errors: string[]): HttpAnswer =>
  jsonAnswer(422, { message: "Unprocessable Entity", errors, documentation_url: "https://docs.github.com/rest" });

async function createReview(target: Target): Promise<HttpAnswer> {
  const { world, exchange, repository, pull } = target;
  const user = writerIn(world, exchange.actor, repository);
  const { data } = reviewSchema.safeParse(parseJson(exchange.body));
  if (data === undefined) return problemAnswer(422, "Validation Failed", []);
  const author = z.looseObject({ user: z.object({ id: z.number() }) }).parse(pull).user.id;
  if (author === user.id && data.event !== "COMMENT")
    return unprocessable(
      `Can not ${data.event === "APPROVE" ? "approve" : "request changes on"} your own pull request`,
    );
  if (data.event !== "APPROVE" && data.body.trim() === "" && data.comments.length === 0)
    return unprocessable("Body can't be blank");
  const placed = await Promise.all(data.comments.map((comment) => placeIn(target, comment)));
  const state: ReviewState = STATES[data.event];
  const { fullName } = repository;
  const at = { fullName, pull: pull.number, user, commitId: pull.head.sha };
  const review = world.reviews.add({ ...at, state, body: data.body, submittedAt: now() });
  for (const comment of placed)
    world.reviews.addComment({ ...at, ...comment, reviewId: review.id, inReplyTo: null, createdAt: now() });
  await tell(target, review);
  return jsonAnswer(200, formatReview(world, repository, review));
}

const now = (): string => new Date().toISOString().replace(/\.\d+Z$/, "Z");

async function placeIn({ world, repository, pull }: Target, comment: z.infer<typeof lineSchema>) {
  const synced = syncedOf(world, repository);
  const base = await branchHead(world, repository, pull.base.ref);
  const diff = await world.locks.run(repository.fullName, async () => {
    if (synced === undefined || base === undefined) return "";
    await pullFromEmulator(synced);
    return synced.git.text(["diff", "--no-color", `${base}...${pull.head.sha}`, "--", comment.path]);
  });
  if (diff === "") throw new HttpRefusal(unprocessable("Path could not be resolved"));
  const found = findInDiff(diff, comment);
  if (found === undefined) throw new HttpRefusal(unprocessable("Line could not be resolved"));
  const { path, line, side, body } = comment;
  return { path, line, side, body, position: found.position, diffHunk: found.hunk };
}

async function tell({ world, exchange, repository, pull }: Target, review: LocalReview): Promise<void> {
  const payload = {
    action: "submitted",
    // A delivery writes the state in small letters.
    review: { ...formatReview(world, repository, review), state: review.state.toLowerCase() },
    pull_request: { active_lock_reason: null, ...z.looseObject({}).parse(shortenedPull(pull)) },
  };
  await sendEvent(
    world,
    { repository, sender: senderOf(world, exchange.actor) },
    { event: "pull_request_review", payload },
  );
}

/** A reply is a review of its own with one comment and no words, as on GitHub. */
async function reply(target: Target, parameters: Parameters): Promise<HttpAnswer> {
  const { world, exchange, repository, pull } = target;
  const user = writerIn(world, exchange.actor, repository);
  const { data } = bodySchema.safeParse(parseJson(exchange.body));
  const to = world.reviews.findComment(Number(parameterOf(parameters, "comment")));
  if (to === undefined || to.fullName !== repository.fullName || to.pull !== pull.number)
    return problemAnswer(404, "Not Found");
  if (data === undefined) return problemAnswer(422, "Validation Failed", []);
  const { fullName } = repository;
  const at = { fullName, pull: pull.number, user, commitId: pull.head.sha };
  const review = world.reviews.add({ ...at, state: "COMMENTED", body: "", submittedAt: now() });
  const { path, line, side, position, diffHunk } = to;
  const made = world.reviews.addComment({
    ...at,
    path,
    line,
    side,
    position,
    diffHunk,
    body: data.body,
    reviewId: review.id,
    // Below a reply there are no replies: it joins the thread.
    inReplyTo: to.inReplyTo ?? to.id,
    createdAt: now(),
  });
  await tell(target, review);
  return jsonAnswer(201, formatReviewComment(world, repository, made));
}
