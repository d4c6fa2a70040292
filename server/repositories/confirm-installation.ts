import type { AppContext } from "@/server/context";
import { AppError } from "@/server/errors";
import { requireUser } from "@/server/identity/actor";
import { asApp } from "@/server/identity/installations";
import { mayUse } from "@/server/identity/may-use";
import { isReconnect, withUserToken } from "@/server/identity/user-token";
import { mayCommandInOneOf } from "./gate";

/** Repositories of an organisation's installation at which the person's permission is looked for. */
const LOOKED_AT = 10;

type Person = { userId: number; login: string };

/**
 * What a post-install redirect says, checked with GitHub: `foreign` when the installation is none of this person's,
 * `reconnect` when GitHub takes their token no more, `unknown` when it does not answer, `not_listed` where they may not
 * use this Porter.
 */
export async function confirmInstallation(
  context: AppContext,
  installationId: number,
): Promise<"confirmed" | "foreign" | "reconnect" | "unknown" | "not_listed"> {
  const { userId, login } = requireUser(context.actor);
  try {
    if (!(await asApp(() => mayUse(context, { userId, login })))) return "not_listed";
    if (!(await reachesInstallation(context, { userId, login }, installationId))) return "foreign";
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return isReconnect(error) ? "reconnect" : "unknown";
  }
  return "confirmed";
}

/**
 * Whether this person has to do with the installation, whatever a URL says. With a GitHub App's token GitHub lists what
 * the person reaches. Else the App itself is asked: the person's own account, or one in whose repositories they may
 * write. Throws `AppError` when GitHub cannot be asked.
 */
async function reachesInstallation(context: AppContext, person: Person, installationId: number): Promise<boolean> {
  const told = await withUserToken(context, person.userId, (token) => context.github.user(token).installations());
  if (told !== null) return told.some(({ id }) => id === installationId);
  return asApp(async () => {
    const installation = await context.github.app.installation(installationId);
    if (installation === null || installation.suspendedAt !== null) return false;
    if (installation.accountId === person.userId) return true;
    return writesIn(context, person, installationId);
  });
}

async function writesIn(context: AppContext, person: Person, installationId: number): Promise<boolean> {
  const { token } = await context.github.app.createInstallationToken({
    installationId,
    repositoryIds: null,
    permissions: { metadata: "read" },
  });
  const repositories = await context.github.app.installationRepositories(token);
  return mayCommandInOneOf(context, repositories.slice(0, LOOKED_AT), { token, person });
}
