import type { IssueAuthor } from "@/lib/issue-author";
import type { FailureCode } from "@/lib/failures";
import type { AppContext } from "@/server/context";
import {
  GitHubError,
  type GitHubRepository,
  type IssueFacts,
  type RepositoryPermission,
  type RepositoryRef,
} from "@/server/github/port";
import { listingOf, mayUse } from "@/server/identity/may-use";
import { isSelected, mayCommand } from "./policy";
import { loadRunSettings, type RunSettings } from "@/server/settings/run-settings";
import type { RepositoryAccess } from "./access";
import { withRepository } from "./github-access";
import { type AskedAuthor, authorWith } from "./issue-author";
import { refusalOf } from "./refusal";

/**
 * Every place at which somebody's power in a repository is used. `looksAt`: what must be open besides: the issue and the
 * repository where work begins, the repository where it goes on. `afresh`: a person asks for it just now, or it is time
 * to ask again, so GitHub is asked however short ago it was. `ends`: it only ends something, which also those may do who
 * may not use this Porter. `leaves`: what a refusal leaves of itself, of which the audit log is told.
 */
export const DOORS = {
  comment: { looksAt: "issue", afresh: true, ends: false, leaves: "row" },
  stop_by_comment: { looksAt: "nothing", afresh: true, ends: true, leaves: "row" },
  dispatch: { looksAt: "issue", afresh: true, ends: false, leaves: "nothing" },
  retry: { looksAt: "issue", afresh: true, ends: false, leaves: "nothing" },
  retry_with_another_agent: { looksAt: "issue", afresh: true, ends: false, leaves: "nothing" },
  retry_with_other_words: { looksAt: "issue", afresh: true, ends: false, leaves: "nothing" },
  undo: { looksAt: "nothing", afresh: true, ends: true, leaves: "row" },
  end_of_wait: { looksAt: "issue", afresh: false, ends: false, leaves: "row" },
  automatic_attempt: { looksAt: "issue", afresh: false, ends: false, leaves: "row" },
  launch: { looksAt: "issue", afresh: false, ends: false, leaves: "row" },
  // A stopped run may still save its work, also that of an issue which was closed.
  claim: { looksAt: "repository", afresh: false, ends: false, leaves: "row" },
  token: { looksAt: "repository", afresh: false, ends: false, leaves: "row" },
  running: { looksAt: "repository", afresh: true, ends: false, leaves: "row" },
  settings: { looksAt: "nothing", afresh: true, ends: false, leaves: "nothing" },
  pull_request: { looksAt: "repository", afresh: false, ends: false, leaves: "row" },
  publish: { looksAt: "repository", afresh: true, ends: false, leaves: "nothing" },
} as const satisfies Record<string, Passing>;
type Passing = {
  looksAt: "issue" | "repository" | "nothing";
  afresh: boolean;
  ends: boolean;
  leaves: "row" | "nothing";
};
export type Door = keyof typeof DOORS;

/** So long an answer of GitHub counts, from when it was asked. */
const COUNTS_FOR_MS = 60_000;

const made = Symbol("made by askGate");
type PermitKey = { userId: number; repositoryId: number };
/** GitHub's word that this person may command in this repository. Whatever hands power out takes one. */
export type Permit = Readonly<PermitKey> & { readonly [made]: true; readonly askedAt: string };

/** When GitHub was asked for this permit. Throws where it is somebody else's, or of another repository. */
export function whenPermitted(permit: Permit, { userId, repositoryId }: PermitKey): string {
  if (permit.userId !== userId || permit.repositoryId !== repositoryId)
    throw new Error("a permit was used for another person or another repository");
  return permit.askedAt;
}

export type GateQuestion = {
  door: Door;
  access: RepositoryAccess;
  person: { userId: number; login: string };
  /** Null for a command that starts nothing: then nothing has to be open. */
  issueNumber: number | null;
  /** When GitHub last said yes to the same question, as far as anybody noted it. */
  permittedAt?: string | null;
  /** The person's, where they are already known. */
  settings?: RunSettings | undefined;
};

/** Where work was asked for. `issue` is null where none had to be open. */
export type OpenIssue = { repository: Awaited<ReturnType<GitHubRepository["get"]>>; issue: IssueFacts };

/** `issue_missing`: deleted, moved to another repository, or never there. */
export type RefusalCode = FailureCode | "issue_missing";

/**
 * `refused`: the person may not, for the reason `code`, of which they may be told what `mayKnow` says: all of it
 * (`reason`), that the repository is there, or nothing. `unknown`: GitHub cannot be asked just now.
 */
export type GateAnswer<T> =
  | ({ is: "granted"; permit: Permit; settings: RunSettings } & Found<T>)
  | Refused
  | { is: "unknown"; error: GitHubError };
/** `login`: what the person is called today, as far as anybody asked. `permission`: null where nothing was asked. */
type Found<T> = {
  login: string;
  permission: RepositoryPermission | null;
  openIssue: OpenIssue | null;
  more: PromiseSettledResult<T>;
};
type Refused = { is: "refused"; code: RefusalCode; mayKnow: "reason" | "repository" | "nothing" };
const refused = (code: RefusalCode, mayKnow: Refused["mayKnow"]): Refused => ({ is: "refused", code, mayKnow });

/** Whether what GitHub said then still counts at this door. */
export const isPermitFresh = (
  context: AppContext,
  door: Door,
  permittedAt: string | null | undefined,
): permittedAt is string =>
  permittedAt != null &&
  !DOORS[door].afresh &&
  context.clock.now().getTime() - Date.parse(permittedAt) <= COUNTS_FOR_MS;

/** What else is wanted of the repository. `issue`: as it is read meanwhile, for what can be asked of its answer alone. */
type More<T> = (repository: GitHubRepository, issue: Promise<IssueFacts | null>) => Promise<T>;

/**
 * Whether this person may command here: the one place that asks it, and the one maker of a `Permit`. With what else
 * `more` wants of the repository, asked side by side; its own failure refuses nothing. Where GitHub's last answer still
 * counts nothing is asked of it, and `more` is null; who may use this Porter is the list's to say at any time.
 */
export async function askGate<T = null>(
  context: AppContext,
  question: GateQuestion,
  more?: More<T>,
): Promise<GateAnswer<T | null>> {
  const { door } = question;
  const answer = await judge(context, question, more);
  if (answer.is === "granted") return answer;
  context.log.info("gate.closed", { door, answer: answer.is === "refused" ? answer.code : answer.is });
  if (answer.is === "refused" && DOORS[door].leaves === "nothing") await noteRefusal(context, question, answer.code);
  return answer;
}

async function judge<T>(
  context: AppContext,
  question: GateQuestion,
  more: More<T> | undefined,
): Promise<GateAnswer<T | null>> {
  const { door, permittedAt } = question;
  const isKept = isPermitFresh(context, door, permittedAt);
  const [listed, heard] = await Promise.all([
    isListed(context, question, isKept),
    isKept
      ? { askedAt: permittedAt, login: question.person.login, permission: null, openIssue: null, more: NOTHING_MORE }
      : askGitHub(context, question, more),
  ]);
  const answer = mayHear(heard) ? await withList(context, question, { listed, heard }) : heard;
  if ("is" in answer) return answer;
  const { askedAt, ...found } = answer;
  const { userId, login } = question.person;
  if (found.login !== login) await context.db.accounts.rename({ userId, from: login, to: found.login });
  // Who asks by name alone learns the number with the answer.
  const repositoryId = found.openIssue?.repository.id ?? question.access.repository.id;
  const settings = question.settings ?? (await loadRunSettings(context, userId));
  if (!isSelected(settings.selectedRepositoryNames, question.access.repository))
    return refused("repository_not_selected", "reason");
  return { is: "granted", permit: { [made]: true, askedAt, userId, repositoryId }, settings, ...found };
}

/** What the list says of the asker; `GitHubError` where GitHub does not say whose member they are. */
async function isListed(
  context: AppContext,
  { door, person }: Pick<GateQuestion, "door" | "person">,
  isKept: boolean,
): Promise<boolean | GitHubError> {
  if (DOORS[door].ends) return true;
  if (isKept) return listingOf(context, person.userId) !== "no";
  try {
    return await mayUse(context, person);
  } catch (error) {
    if (error instanceof GitHubError) return error;
    throw error;
  }
}

/** Of a request that leaves no row behind, as a command and a task do. */
const noteRefusal = (context: AppContext, { door, access, person }: GateQuestion, code: RefusalCode): Promise<void> =>
  context.db.audit.refuse({
    actorId: person.userId,
    actorLogin: person.login,
    action: "door.refuse",
    through: context.via,
    // Its number is not known to whom it was not told.
    object: access.repository.id === 0 ? "repository" : `repository/${access.repository.id}`,
    detail: { door, reason: code },
  });

/** Whoever may not write there, or of whom nobody knows it, hears nothing of the list either. */
const mayHear = (answer: object): boolean => !("is" in answer) || ("mayKnow" in answer && answer.mayKnow === "reason");

type Asked<T> = { listed: boolean | GitHubError; heard: Heard<T> | Refused | { is: "unknown"; error: GitHubError } };
/** The answer of the repository, or that of the list, which goes before it. */
async function withList<T>(
  context: AppContext,
  { person }: GateQuestion,
  { listed, heard }: Asked<T>,
): Promise<Asked<T>["heard"]> {
  if (listed === true) return heard;
  if (listed !== false) return { is: "unknown", error: listed };
  // GitHub was asked under the name that Porter knew.
  const today = "login" in heard && heard.login !== person.login ? heard.login : null;
  if (today === null) return refused("not_listed", "reason");
  const question = { door: "comment", person: { ...person, login: today } } as const;
  const again = await isListed(context, question, false);
  if (again === true) return heard;
  return again === false ? refused("not_listed", "reason") : { is: "unknown", error: again };
}

const NOTHING_MORE = { status: "fulfilled", value: null } as const;
type Heard<T> = { askedAt: string } & Found<T | null>;

async function askGitHub<T>(
  context: AppContext,
  question: GateQuestion,
  more: More<T> | undefined,
): Promise<Heard<T> | Exclude<GateAnswer<T>, { is: "granted" }>> {
  const { access, person } = question;
  const askedAt = context.clock.now().toISOString();
  let isWriter = false;
  try {
    return await withRepository(context, access, async (repository) => {
      const roleRead = askRole(repository, person);
      const targetRead = readTarget(repository, question);
      const issue = targetRead.then((read) => read?.issue ?? null);
      const [role, target, rest] = await Promise.allSettled([
        roleRead,
        targetRead,
        more === undefined ? null : more(repository, issue),
        issue,
      ]);
      if (role.status === "rejected") throw role.reason;
      if (target.status === "fulfilled") requireSame(access, target.value);
      const { permission, login } = role.value;
      isWriter = mayCommand(permission);
      // GitHub answers 404 to this question also where Porter itself has lost the repository.
      if (permission === "none") await repository.get();
      if (!isWriter) return refused("permission_lost", permission === "none" ? "nothing" : "repository");
      if (target.status === "rejected") throw target.reason;
      const shut = target.value === null ? null : whyShut(target.value);
      return shut === null
        ? { askedAt, login, permission, openIssue: openIssueOf(target.value), more: rest }
        : refused(shut, "reason");
    });
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    if (error.failure.kind !== "lost") return { is: "unknown", error };
    const code = refusalOf(error.failure);
    // Only the loss of the whole repository ends what runs: one call that is refused says nothing of the person.
    if (code !== "access_lost" && DOORS[question.door].looksAt !== "issue") return { is: "unknown", error };
    return refused(code, isWriter ? "reason" : "nothing");
  }
}

/**
 * GitHub's permission endpoint. It knows people by their login, and a login passes to somebody else, or to nobody, when
 * its owner takes another one: who is not found under theirs is looked up by their number, which stays. An answer that
 * does not say whose it is is nobody's.
 */
async function askRole(
  repository: GitHubRepository,
  { userId, login }: GateQuestion["person"],
): Promise<{ permission: RepositoryPermission; login: string }> {
  const roleAs = async (name: string) => {
    const found = await permissionUnder(repository, name);
    return found.userId === userId ? { permission: found.permission, login: name } : null;
  };
  const role = await roleAs(login);
  if (role !== null) return role;
  const today = await repository.loginOf(userId);
  const renamed = today === null || today.toLowerCase() === login.toLowerCase() ? null : await roleAs(today);
  return renamed ?? { permission: "none", login };
}

const permissionUnder = (repository: GitHubRepository, login: string) => repository.permissionOf(login);

/**
 * What an issue's author is in its repository, in one question beside whatever else is asked: nothing that they may do
 * hangs on it. Where GitHub does not say so, or means somebody else who has the name by now, nothing is known.
 */
export async function askAuthor(
  context: AppContext,
  repository: GitHubRepository,
  asked: AskedAuthor,
): Promise<IssueAuthor> {
  const { author } = asked;
  if (author === null) return { login: null, role: "unknown" };
  try {
    const { permission, userId } = await permissionUnder(repository, author.login);
    const isOther = author.id !== null && userId !== null && userId !== author.id;
    return isOther ? { login: author.login, role: "unknown" } : authorWith(permission, asked);
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    context.log.info("issue_author.unknown", { message: error.failure.message });
    return { login: author.login, role: "unknown" };
  }
}

/** Whether somebody can read a repository, by the same word of GitHub. @throws GitHubError */
export const readsRepository = (
  context: AppContext,
  access: RepositoryAccess,
  person: GateQuestion["person"],
): Promise<boolean> =>
  withRepository(context, access, async (repository) => {
    const { permission } = await askRole(repository, person);
    // GitHub answers 404 to this question also where Porter itself has lost the repository.
    if (permission === "none") await repository.get();
    return permission !== "none";
  });

/** Whether they may command in one of `repositories`, asked one after the other with the App's `token`. */
export async function mayCommandInOneOf(
  { github }: Pick<AppContext, "github">,
  repositories: readonly RepositoryRef[],
  { token, person }: { token: string; person: GateQuestion["person"] },
): Promise<boolean> {
  for (const ref of repositories) {
    const { permission } = await askRole(github.repository(ref, token), person);
    if (mayCommand(permission)) return true;
  }
  return false;
}

/**
 * GitHub is asked by name, and another repository may have the name by now: then nothing that it said counts. What is
 * thrown has the issue looked for by its number.
 */
function requireSame({ repository }: RepositoryAccess, target: ReadTarget | null): void {
  if (target === null || repository.id === 0 || target.repository.id === repository.id) return;
  throw new GitHubError({ kind: "lost", reason: "not_found", message: "another repository has this name" });
}

/** `issue`: null where there is none, undefined where nobody asked. */
type ReadTarget = { repository: OpenIssue["repository"]; issue: IssueFacts | null | undefined };
async function readTarget(client: GitHubRepository, { door, issueNumber }: GateQuestion): Promise<ReadTarget | null> {
  const { looksAt } = DOORS[door];
  if (looksAt === "nothing" || issueNumber === null) return null;
  const [repository, issue] = await Promise.all([
    client.get(),
    looksAt === "issue" ? client.issue(issueNumber) : undefined,
  ]);
  return { repository, issue };
}
const openIssueOf = (target: ReadTarget | null): OpenIssue | null =>
  target?.issue == null ? null : { repository: target.repository, issue: target.issue };

/** A pull request is never shut here: whoever takes issues alone says so. */
function whyShut({ repository, issue }: ReadTarget): RefusalCode | null {
  if (repository.archived) return "repository_archived";
  if (issue === null) return "issue_missing";
  if (issue === undefined || issue.isPullRequest) return null;
  // GitHub follows an issue that moved to another repository.
  const path = `/${repository.owner}/${repository.name}/issues/${issue.number}`.toLowerCase();
  if (!issue.url.toLowerCase().endsWith(path)) return "issue_missing";
  return issue.state === "closed" ? "issue_closed" : null;
}
