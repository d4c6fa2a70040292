import { readIssueReference, type TaskRequest } from "@/lib/task-request";
import type { TaskView } from "@/lib/task-view";
import type { AppContext } from "@/server/context";
import type { TaskRow } from "@/server/db/task-store";
import { AppError } from "@/server/errors";
import { GitHubError, type IssueFacts } from "@/server/github/port";
import { requireUser } from "@/server/identity/actor";
import { problemOfGitHub } from "@/server/identity/user-token";
import { accessTo, type RepositoryAccess } from "@/server/repositories/access";
import { askBeforeARun, type BeforeARun, requireRules, withBranch } from "@/server/repositories/before-a-run";
import { askSaid } from "@/server/repositories/discussion";
import { askAuthor, askGate } from "@/server/repositories/gate";
import { authorWith } from "@/server/repositories/issue-author";
import { problemOfGate } from "@/server/repositories/gate-problem";
import { withRepository } from "@/server/repositories/github-access";
import { installationFor, notInstalled } from "@/server/repositories/installation-for";
import { refusalOf } from "@/server/repositories/refusal";
import { isStandardPrefix, loadRepositorySettings } from "@/server/repositories/settings";
import { DEFAULT_AGENT } from "@/lib/agents";
import { requireAgent, requireStart, requireMachine } from "./start-limits";
import { derivedTaskId } from "./derived-id";
import { getTask } from "../read/get";
import { planTask, type WantedTask } from "./plan";

type IssueAddress = { owner: string; name: string; number: number };

/**
 * `POST /api/tasks`: the same checks as a comment's command, and the same prompt, tracking comment and life. With an
 * idempotency key the same request gives the same task, however often and from wherever it is sent.
 */
export async function createTask(context: AppContext, request: TaskRequest): Promise<TaskView> {
  const { userId } = requireUser(context.actor);
  const reference = readIssueReference(request, context.env.GITHUB_URL);
  if (reference === null)
    throw new AppError(
      "bad_request",
      "Name an issue: owner/name#12, its address on GitHub, or owner/name with a number.",
      {
        field: "repository",
      },
    );
  const id = await taskId(context, userId, request.idempotencyKey);
  const known = request.idempotencyKey === undefined ? null : await context.db.tasks.getForUser(userId, id);
  if (known !== null) return replay(context, known, reference);
  await requireAgent(context, userId, request.agent ?? DEFAULT_AGENT);
  await requireMachine(context, userId, request.machine ?? null);
  const {
    agent,
    model = null,
    priority = null,
    baseBranch: base = null,
    machine = null,
    budget = null,
    instructions,
  } = request;
  const { before, ...found } = await askAbout(context, reference, base);
  await requireStart(context, { id: `task:${id}`, userId, repositoryId: found.repository.id });
  const task = await planTask(context, {
    ...found,
    agent,
    model,
    priority,
    base,
    machine,
    budget,
    instructions,
  });
  await context.db.tasks.create({
    now: task.createdAt,
    moveId: context.ids.uuid(),
    event: { kind: "task.created", data: { agent: task.agent, model: task.model, via: context.via } },
    task: { ...task, ...withBranch(id, before), mentionId: null, commentId: null },
  });
  await context.enqueue([{ kind: "task", id }]);
  return getTask(context, id);
}

/** The key's own id, so that no two requests with it can make two tasks; a random one without a key. */
async function taskId(context: AppContext, userId: number, key: string | undefined): Promise<string> {
  if (key === undefined) return context.ids.taskId();
  return derivedTaskId("task", userId, key);
}

function replay(context: AppContext, task: TaskRow, { owner, name, number }: IssueAddress): Promise<TaskView> {
  const isSame =
    task.issueNumber === number &&
    `${task.repoOwner}/${task.repoName}`.toLowerCase() === `${owner}/${name}`.toLowerCase();
  if (isSame) return getTask(context, task.id);
  throw new AppError("conflict", "This idempotency key was used for another issue.", { field: "idempotencyKey" });
}

type Found = Pick<
  WantedTask,
  "userId" | "login" | "installationId" | "repository" | "issue" | "files" | "said" | "permit"
> & {
  before: BeforeARun;
};

/** Everything that GitHub has to say, with the App's token. Throws `AppError`. */
async function askAbout(context: AppContext, reference: IssueAddress, base: string | null): Promise<Found> {
  const person = requireUser(context.actor);
  const installationId = await installationFor(context, { userId: person.userId, reference, count: "task_create" });
  const access = accessTo({ installationId, repositoryId: 0, repoOwner: reference.owner, repoName: reference.name });
  const end = { commentId: null, at: context.clock.now().toISOString() };
  const question = { door: "dispatch", access, person, issueNumber: reference.number } as const;
  const answer = await askGate(context, question, (repository, issue) =>
    Promise.all([
      // Nobody knows whose it is before GitHub has shown it; about their own one the gate's answer says it.
      issue.then((read) =>
        read === null || read.authorId === person.userId
          ? null
          : askAuthor(context, repository, { author: authorOf(read), repoOwner: reference.owner }),
      ),
      repository.runFiles(base),
      askSaid(context, repository, { issueNumber: reference.number, end }),
      base === null ? null : repository.branchSha(base),
      askBeforeARun(context, repository, { repositoryId: null, ...person }),
    ]),
  );
  if (answer.is === "refused" && answer.mayKnow === "nothing") throw notInstalled(context);
  if (answer.is !== "granted") throw problemOfGate(answer);
  const { permit, login, permission, more, openIssue: found } = answer;
  if (more.status === "rejected") throw problemOfMore(more.reason);
  if (found === null || more.value === null) throw new Error("the gate did not look at the place of a dispatch");
  const [other, files, said, baseSha, ofAnyName] = more.value;
  const { id, owner, name } = found.repository;
  const { number, title, body } = requireIssue(found.issue);
  const author = other ?? authorWith(permission ?? "none", { author: authorOf(found.issue), repoOwner: owner });
  if (base !== null && baseSha === null)
    throw new AppError("bad_request", "There is no such branch.", { field: "baseBranch" });
  const before = await askAgain(context, { ...person, access, repositoryId: id, before: ofAnyName });
  requireRules(before);
  return {
    userId: person.userId,
    login,
    installationId,
    repository: { id, owner, name },
    issue: { number, title, body, author },
    files,
    said,
    before,
    permit,
  };
}

const authorOf = ({ author, authorId }: IssueFacts) => (author === null ? null : { login: author, id: authorId });

/** Which branches a repository wants is known by its number alone, which came with the answer. */
async function askAgain(
  context: AppContext,
  asked: { userId: number; login: string; access: RepositoryAccess; repositoryId: number; before: BeforeARun },
): Promise<BeforeARun> {
  const { access, before, ...subject } = asked;
  if (isStandardPrefix(await loadRepositorySettings(context, subject.repositoryId))) return before;
  return withRepository(context, access, (repository) => askBeforeARun(context, repository, subject));
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
