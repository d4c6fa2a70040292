import type { DeletedAccount } from "@/lib/account";
import type { AppContext } from "@/server/context";
import { AppError } from "@/server/errors";
import { describeError } from "@/server/log";
import { closeAllTasks } from "./close-all";
import { requireUser } from "@/server/identity/actor";
import { userToken } from "@/server/identity/user-token";
import { adviceFix } from "@/lib/fix";

/**
 * Removes the signed-in person permanently: stops their tasks while their keys can still reach the machines, ends the
 * authorisation on GitHub, then removes logs and rows. `typed` must be their login. What is left outside
 * of Porter is said, and stops nothing. Safe to send again: whatever went stays gone.
 */
export async function deleteAccount(context: AppContext, typed: string): Promise<DeletedAccount> {
  const { userId, login } = requireUser(context.actor);
  if (typed.trim().toLowerCase() !== login.toLowerCase())
    throw new AppError("bad_request", "That is not your login.", { field: "login", fix: adviceFix(`Type ${login}.`) });
  const { stopped, leftovers } = await closeAllTasks(context, { userId, login });
  if (!(await revokeGrant(context, userId)))
    leftovers.push("GitHub still lists Porter among your authorised apps: github.com/settings/applications.");
  let logFiles = 0;
  for (const taskId of await context.db.erasure.taskIds(userId)) logFiles += await context.logs.removeTask(taskId);
  let workFiles = await removeWork(context, await context.db.changeSets.taskIdsOf(userId));
  const newSubject = `left-${context.ids.secret(9)}`;
  const { erased, withWork, pseudonym } = await context.db.erasure.erase({ userId, login, newSubject });
  // What a machine was still sending: with the rows gone nothing more can come.
  workFiles += await removeWork(context, withWork);
  context.log.info("account.deleted", { tasks: erased.tasks, logFiles, workFiles });
  return { login, stoppedTasks: stopped, removed: { ...erased, logFiles, workFiles }, leftovers, pseudonym };
}

async function removeWork(context: AppContext, taskIds: readonly string[]): Promise<number> {
  let removed = 0;
  for (const taskId of taskIds) removed += await context.changeFiles.removeTask(taskId);
  return removed;
}

async function revokeGrant(context: AppContext, userId: number): Promise<boolean> {
  try {
    await context.github.oauth.revokeGrant(await userToken(context, userId));
    return true;
  } catch (error) {
    // Revoked before, or GitHub is away: the person can do it there, and Porter's copy goes in any case.
    context.log.warn("account.grant_not_revoked", { error: describeError(error) });
    return false;
  }
}
