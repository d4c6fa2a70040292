import { readPlace, type TaskRequest } from "@/lib/task-request";
import type { TaskView } from "@/lib/task-view";
import type { AppContext } from "@/server/context";
import type { TaskRow } from "@/server/db/task-store";
import { AppError } from "@/server/errors";
import { GitHubError, type IssueFacts } from "@/server/github/port";
import { requireUser } from "@/server/identity/actor";
import { problemOfGitHub } from "@/server/identity/user-token";
import { accessTo } from "@/server/repositories/access";
import { askGate } from "@/server/repositories/gate";
import { problemOfGate } from "@/server/repositories/gate-problem";
import { refusalOf } from "@/server/repositories/refusal";
import { requireStart } from "./daily-cap";
import { derivedTaskId } from "./derived-id";
import { getTask } from "./get";
import { requireMachine } from "./machine-allowed";
import { planTask, type WantedTask } from "./plan";
import { advice, linkTo } from "@/lib/fix";

/** Each asks GitHub as the App, in installations that may be other people's: 60 in ten minutes a person. */
const MAX_REQUESTS = 60;
const WINDOW_MS = 10 * 60_000;

type Place = { owner: string; name: string; number: number };

/**
 * `POST /api/tasks`: the same checks as a comment's command, and the same prompt, tracking comment and life. With an
 * idempotency key the same request gives the same task, however often and from wherever it is sent.
 */
export async function createTask(context: AppContext, request: TaskRequest): Promise<TaskView> {
  const { userId } = requireUser(context.actor);
  const place = readPlace(request, context.env.GITHUB_URL);
  if (place === null)
    throw new AppError(
      "bad_request",
      "Name an issue: owner/name#12, its address on GitHub, or owner/name with a number.",
      {
        field: "repository",
      },
    );
  const id = await taskId(context, userId, request.idempotencyKey);
  const known = request.idempotencyKey === undefined ? null : await context.db.tasks.getForUser(userId, id);
  if (known !== null) return replay(context, known, place);
  await requireMachine(context, userId, request.machine ?? null);
  const { agent, model = null, priority = null, baseBranch: base = null, machine = null, instructions } = request;
  const found = await askAbout(context, place, base);
  await requireStart(context, { id: `task:${id}`, userId, repositoryId: found.repository.id });
  const task = await planTask(context, {
    ...found,
    agent,
    model,
    priority,
    base,
    machine,
    instructions,
  });
  await context.db.tasks.create({
    now: task.createdAt,
    moveId: context.ids.uuid(),
    event: { kind: "task.created", data: { agent: task.agent, model: task.model } },
    task: { ...task, id, mentionId: null, commentId: null },
  });
  await context.enqueue([{ kind: "task", id }]);
  return getTask(context, id);
}

/** The key's own id, so that no two requests with it can make two tasks; a random one without a key. */
async function taskId(context: AppContext, userId: number, key: string | undefined): Promise<string> {
  if (key === undefined) return context.ids.taskId();
  return derivedTaskId("task", userId, key);
}

function replay(context: AppContext, task: TaskRow, { owner, name, number }: Place): Promise<TaskView> {
  const isSame =
    task.issueNumber === number &&
    `${task.repoOwner}/${task.repoName}`.toLowerCase() === `${owner}/${name}`.toLowerCase();
  if (isSame) return getTask(context, task.id);
  throw new AppError("conflict", "This idempotency key was used for another issue.", { field: "idempotencyKey" });
}

/** Who lacks access is told the same as where Porter is not installed. */
const unseen = (context: AppContext) =>
  new AppError("not_found", "Porter is not installed in this repository, or you cannot see it.", {
    field: "repository",
    fix: linkTo("install the App", `${context.env.GITHUB_URL}/apps/${context.env.GITHUB_APP_SLUG}/installations/new`),
  });

type Found = Pick<
  WantedTask,
  "userId" | "login" | "installationId" | "repository" | "issue" | "contextFile" | "permit"
>;

/** Everything that GitHub has to say, with the App's token. Throws `AppError`. */
async function askAbout(context: AppContext, place: Place, base: string | null): Promise<Found> {
  const person = requireUser(context.actor);
  await countRequest(context, person.userId);
  const installationId = await installationAt(context, place);
  const access = accessTo({ installationId, repositoryId: 0, repoOwner: place.owner, repoName: place.name });
  const question = { door: "dispatch", access, person, issueNumber: place.number } as const;
  const answer = await askGate(context, question, (repository) =>
    Promise.all([repository.contextFile(), base === null ? null : repository.branchSha(base)]),
  );
  if (answer.is === "refused" && answer.mayKnow === "nothing") throw unseen(context);
  if (answer.is !== "granted") throw problemOfGate(answer);
  const { permit, more, place: found } = answer;
  if (more.status === "rejected") throw problemOfMore(more.reason);
  if (found === null || more.value === null) throw new Error("the gate did not look at the place of a dispatch");
  const [contextFile, baseSha] = more.value;
  const { id, owner, name } = found.repository;
  const { number, title, body } = requireIssue(found.issue);
  if (base !== null && baseSha === null)
    throw new AppError("bad_request", "There is no such branch.", { field: "baseBranch" });
  return {
    userId: person.userId,
    login: person.login,
    installationId,
    repository: { id, owner, name },
    issue: { number, title, body },
    contextFile,
    permit,
  };
}

async function installationAt(context: AppContext, place: Place): Promise<number> {
  try {
    const installation = await context.github.app.installationForRepository(place);
    if (installation === null) throw unseen(context);
    return installation.id;
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    throw error.failure.kind === "lost" ? unseen(context) : problemOfGitHub(error);
  }
}

/** For somebody who may write there, and so may know what GitHub refused. */
const problemOfMore = (error: unknown): unknown => {
  if (!(error instanceof GitHubError)) return error;
  if (error.failure.kind !== "lost") return problemOfGitHub(error);
  return problemOfGate({ is: "refused", code: refusalOf(error.failure), mayKnow: "reason" });
};

function requireIssue(issue: IssueFacts): IssueFacts {
  if (issue.isPullRequest)
    throw new AppError("bad_request", "This number is a pull request, not an issue.", { field: "issueNumber" });
  return issue;
}

async function countRequest(context: AppContext, userId: number): Promise<void> {
  const now = context.clock.now();
  const used = await context.db.useCounts.take({
    key: `task_create:${userId}`,
    now: now.toISOString(),
    windowEndsAt: new Date(now.getTime() + WINDOW_MS).toISOString(),
  });
  if (used > MAX_REQUESTS)
    throw new AppError("rate_limited", "You asked for many tasks in the last minutes.", {
      fix: advice("Wait ten minutes, then try again."),
    });
}
