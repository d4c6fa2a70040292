import { type FailureCode, type FailureInfo, FAILURES } from "@/lib/failures";
import { readPlace, type TaskRequest } from "@/lib/task-request";
import type { TaskView } from "@/lib/task-view";
import type { AppContext } from "@/server/context";
import type { TaskRow } from "@/server/db/task-store";
import { AppError } from "@/server/errors";
import { GitHubError, type GitHubRepository, type IssueFacts } from "@/server/github/port";
import { requireUser } from "@/server/identity/actor";
import { problemOfGitHub } from "@/server/identity/user-token";
import { isSelected, mayCommand } from "@/server/mentions/policy";
import { withRepository } from "@/server/repositories/github-access";
import { refusalOf } from "@/server/repositories/refusal";
import { loadRunSettings } from "@/server/settings/run-settings";
import { requireStart } from "./daily-cap";
import { derivedTaskId } from "./derived-id";
import { getTask } from "./get";
import { requireMachine } from "./machine-allowed";
import { planTask, type WantedTask } from "./plan";
import { advice, isWay, linkTo } from "@/lib/fix";

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

/** What keeps Porter out, for somebody who may write to the repository. */
function refused(code: FailureCode): AppError {
  const { sentence, fix }: FailureInfo = FAILURES[code];
  return new AppError("forbidden", sentence, {
    field: "repository",
    ...(fix !== null && isWay(fix) ? { fix } : {}),
  });
}

type Found = Pick<WantedTask, "userId" | "login" | "installationId" | "repository" | "issue" | "contextFile">;

/** Everything that GitHub has to say, with the App's token; the person's access first. Throws `AppError`. */
async function askAbout(context: AppContext, place: Place, base: string | null): Promise<Found> {
  const { userId, login } = requireUser(context.actor);
  await countRequest(context, userId);
  const { selectedRepositoryNames: names } = await loadRunSettings(context, userId);
  if (!isSelected(names, place))
    throw new AppError("forbidden", "This repository is not among the ones you selected in Porter.", {
      field: "repository",
      fix: FAILURES.repository_not_selected.fix,
    });
  let mayKnow = false;
  try {
    const installation = await context.github.app.installationForRepository(place);
    if (installation === null) throw unseen(context);
    const access = { installationId: installation.id, repository: { id: 0, owner: place.owner, name: place.name } };
    const found = await withRepository(context, access, async (repository) => {
      await requireWriter(context, repository, { userId, login });
      mayKnow = true;
      return read(repository, place, base);
    });
    return { userId, login, installationId: installation.id, ...found };
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    if (error.failure.kind !== "lost") throw problemOfGitHub(error);
    throw mayKnow ? refused(refusalOf(error.failure)) : unseen(context);
  }
}

async function requireWriter(
  context: AppContext,
  repository: GitHubRepository,
  person: { userId: number; login: string },
): Promise<void> {
  const asked = await repository.permissionOf(person.login);
  // A login that passed to somebody else grants nothing.
  const isSamePerson = asked.userId === null || asked.userId === person.userId;
  if (asked.permission === "none" || !isSamePerson) throw unseen(context);
  if (!mayCommand(asked.permission))
    throw new AppError("forbidden", "Only people who can write to this repository can start work in it.", {
      field: "repository",
    });
}

async function read(repository: GitHubRepository, place: Place, base: string | null) {
  const [known, issue, contextFile, baseSha] = await Promise.all([
    repository.get(),
    repository.issue(place.number),
    repository.contextFile(),
    base === null ? null : repository.branchSha(base),
  ]);
  if (known.archived) throw new AppError("conflict", "This repository is archived.", { field: "repository" });
  if (base !== null && baseSha === null)
    throw new AppError("bad_request", "There is no such branch.", { field: "baseBranch" });
  const { number, title, body } = openIssue(issue, { ...known, number: place.number });
  return {
    repository: { id: known.id, owner: known.owner, name: known.name },
    issue: { number, title, body },
    contextFile,
  };
}

function openIssue(issue: IssueFacts | null, place: Place): IssueFacts {
  const field = "issueNumber";
  // GitHub follows an issue that moved to another repository.
  const path = `/${place.owner}/${place.name}/issues/${place.number}`.toLowerCase();
  if (
    issue === null ||
    !issue.url.toLowerCase().endsWith(issue.isPullRequest ? path.replace("/issues/", "/pull/") : path)
  )
    throw new AppError("not_found", "There is no such issue.", { field });
  if (issue.isPullRequest) throw new AppError("bad_request", "This number is a pull request, not an issue.", { field });
  if (issue.state === "closed")
    throw new AppError("conflict", "This issue is closed.", { field, fix: advice("Open it again on GitHub.") });
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
