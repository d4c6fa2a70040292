import { changedFields } from "@/lib/changed-fields";
import { tryJson } from "@/lib/json";
import {
  type RepositoryReference,
  type RepositorySettings,
  repositorySettingsSchema,
  type RepositorySettingsUpdate,
} from "@/lib/repository-settings";
import type { AppContext } from "@/server/context";
import { AppError } from "@/server/errors";
import { GitHubError, type GitHubRepository } from "@/server/github/port";
import { requireUser } from "@/server/identity/actor";
import { problemOfGitHub } from "@/server/identity/user-token";
import { accessTo } from "./access";
import { askGate } from "./gate";
import { problemOfGate } from "./gate-problem";
import { installationFor, notInstalled } from "./installation-for";
import { onlyAdmins } from "./only-admins";

/** What is set for a repository. What cannot be read counts as not set. */
export async function loadRepositorySettings(
  context: AppContext,
  repositoryId: number | null,
): Promise<RepositorySettings> {
  const row = repositoryId === null ? null : await context.db.repositorySettings.get(repositoryId);
  return tryJson(repositorySettingsSchema, row?.settings ?? "{}") ?? STANDARD;
}
const STANDARD = repositorySettingsSchema.parse({});

export const isStandardPrefix = ({ branchPrefix }: RepositorySettings): boolean =>
  branchPrefix === STANDARD.branchPrefix;

/** Whether a task's work is published only once somebody who may write has clicked. */
export const waitsForClick = async (context: AppContext, task: { repositoryId: number }): Promise<boolean> =>
  (await loadRepositorySettings(context, task.repositoryId)).publish === "after_click";

/** For people who may write there. @throws AppError */
export async function repositorySettings(
  context: AppContext,
  reference: RepositoryReference,
): Promise<RepositorySettings> {
  return loadRepositorySettings(context, (await letWriterIn(context, reference)).repositoryId);
}

/** Changes what is given. @throws AppError */
export async function updateRepositorySettings(
  context: AppContext,
  { owner, name, ...changes }: RepositorySettingsUpdate,
): Promise<RepositorySettings> {
  const { repositoryId, isAdmin } = await letWriterIn(context, { owner, name });
  const before = await loadRepositorySettings(context, repositoryId);
  const app = changes.secretsApp;
  if (app !== undefined && app !== before.secretsApp && !isAdmin) throw onlyAdmins();
  const given = Object.entries({ ...before, ...changes });
  const settings = repositorySettingsSchema.parse(
    Object.fromEntries(given.filter(([, value]) => value !== null && value !== undefined)),
  );
  const { userId } = requireUser(context.actor);
  const updatedAt = context.clock.now().toISOString();
  await context.db.repositorySettings.put({
    repositoryId,
    settings: JSON.stringify(settings),
    updatedBy: userId,
    updatedAt,
    lastChange: JSON.stringify({ at: updatedAt, via: context.via, fields: changedFields(before, settings) }),
  });
  context.log.info("repository_settings.updated", { repositoryId, userId, changed: Object.keys(changes).join() });
  return settings;
}

type LetIn<T> = { repositoryId: number; isAdmin: boolean; more: T };

/**
 * A repository that the person may write to, by GitHub's number, with what else `more` asks beside that. Who cannot see it
 * is told that nothing is there. @throws AppError
 */
export async function letWriterIn<T = null>(
  context: AppContext,
  reference: RepositoryReference,
  more?: (repository: GitHubRepository) => Promise<T>,
): Promise<LetIn<T>> {
  const person = requireUser(context.actor);
  const installationId = await installationFor(context, {
    userId: person.userId,
    reference,
    count: "repository_settings",
  });
  const access = accessTo({ installationId, repositoryId: 0, repoOwner: reference.owner, repoName: reference.name });
  const question = { door: "settings", access, person, issueNumber: null } as const;
  const answer = await askGate(context, question, (repository) =>
    Promise.all([repository.get(), more === undefined ? null : more(repository)]),
  );
  if (answer.is === "refused" && answer.mayKnow === "nothing") throw notInstalled(context);
  if (answer.is === "refused" && answer.code === "permission_lost")
    throw new AppError("forbidden", "Only people who can write to this repository can see and change its settings.");
  if (answer.is !== "granted") throw problemOfGate(answer);
  if (answer.more.status === "rejected") throw problemOfMore(answer.more.reason);
  const [found, asked] = answer.more.value ?? [null, null];
  if (found === null) throw new Error("the gate did not ask for the repository");
  return { repositoryId: found.id, isAdmin: answer.permission === "admin", more: asked as T };
}

const problemOfMore = (error: unknown): unknown => (error instanceof GitHubError ? problemOfGitHub(error) : error);
