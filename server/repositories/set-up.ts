import { tryJson } from "@/lib/json";
import type { RepositoryReference } from "@/lib/repository-settings";
import { findSetUp } from "@/lib/set-up/find";
import type { RepositorySetUp, SaveRepositorySecret } from "@/lib/set-up/page";
import { PORTER_FILE } from "@/lib/set-up/porter-file";
import { setUpReportSchema } from "@/lib/set-up/protocol";
import { problemSentences, setUpLine } from "@/lib/set-up/words";
import type { AppContext } from "@/server/context";
import { AppError } from "@/server/errors";
import { requireUser } from "@/server/identity/actor";
import { placeOfSecret } from "./repository-secrets";
import { onlyAdmins } from "./only-admins";
import { letWriterIn, loadRepositorySettings } from "./settings";

const asIs = (text: string): string => text;

/** How machines are set up in a repository, for people who may write there. @throws AppError */
export async function repositorySetUp(context: AppContext, reference: RepositoryReference): Promise<RepositorySetUp> {
  const { userId } = requireUser(context.actor);
  const {
    repositoryId,
    isAdmin,
    more: files,
  } = await letWriterIn(context, reference, (repository) => repository.runFiles(null));
  const [settings, secrets, recent] = await Promise.all([
    loadRepositorySettings(context, repositoryId),
    context.db.repositorySecrets.list(repositoryId),
    context.db.repositorySecrets.lastSetUps({ repositoryId, userId }),
  ]);
  const { setUp } = findSetUp(files.setUpFiles);
  const { from, run, start, services, problems } = setUp;
  return {
    settings,
    file: files.setUpFiles.texts.get(PORTER_FILE)?.slice(0, 64 * 1024) ?? null,
    found: {
      from,
      run,
      start,
      services,
      problems: problemSentences(problems, { code: asIs }),
      line: setUpLine(setUp, asIs),
    },
    wanted: setUp.secrets,
    secrets: secrets.map(({ name, updatedAt, lastUsedAt }) => ({ name, savedAt: updatedAt, lastUsedAt })),
    isAdmin,
    recent: recent.flatMap(({ taskId, attempt, at, setUpReport }) => {
      const report = tryJson(setUpReportSchema, setUpReport);
      return report === undefined ? [] : [{ taskId, attempt, at, report }];
    }),
  };
}

const MOST_SECRETS = 50;

/** Saves a secret for the set-up of a repository's machines, or deletes it. @throws AppError */
export async function saveRepositorySecret(
  context: AppContext,
  { owner, name: repository, secret: name, value }: SaveRepositorySecret,
): Promise<{ ok: true }> {
  const { userId } = requireUser(context.actor);
  const { repositoryId, isAdmin } = await letWriterIn(context, { owner, name: repository });
  if (!isAdmin) throw onlyAdmins();
  if (value === null) {
    await context.db.repositorySecrets.delete({ repositoryId, name, by: userId, via: context.via });
    return { ok: true };
  }
  const known = await context.db.repositorySecrets.list(repositoryId);
  if (known.length >= MOST_SECRETS && !known.some((one) => one.name === name))
    throw new AppError("conflict", `A repository has at most ${MOST_SECRETS} secrets.`, { field: "secret" });
  const sealed = await context.sealer.seal(value, placeOfSecret(repositoryId, name));
  const updatedAt = context.clock.now().toISOString();
  await context.db.repositorySecrets.put({
    repositoryId,
    name,
    ...sealed,
    savedBy: userId,
    via: context.via,
    updatedAt,
  });
  context.log.info("repository_secret.saved", { repositoryId, userId });
  return { ok: true };
}
