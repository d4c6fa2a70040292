import type { AppContext } from "@/server/context";
import { AppError } from "@/server/errors";
import { GitHubError, type Installation } from "@/server/github/port";
import { mayCommandInOneOf } from "@/server/repositories/gate";
import { requireUser } from "./actor";
import { mayUse } from "./may-use";
import { isReconnect, problemOfGitHub, withUserToken } from "./user-token";

/** Repositories of an organisation's installation at which the person's permission is looked for. */
const LOOKED_AT = 10;

/** What Porter needs of an installation (spec "GitHub App Permissions"). */
const REQUIRED_PERMISSIONS: Record<string, "read" | "write"> = {
  contents: "write",
  issues: "write",
  pull_requests: "write",
  metadata: "read",
};

/** What of `REQUIRED_PERMISSIONS` is not granted; write covers read. */
export function missingPermissions(granted: Record<string, string>): Record<string, string> {
  const lacks = ([name, level]: [string, string]) =>
    granted[name] === undefined || (level === "write" && granted[name] === "read");
  return Object.fromEntries(Object.entries(REQUIRED_PERMISSIONS).filter(lacks));
}

type Person = { userId: number; login: string };

/**
 * The App's installations that the person reaches, asked with their own token. A classic OAuth app's token is not told
 * them: then the App is asked, for the person's own account. Throws `AppError`.
 */
export async function installationsOf(context: AppContext, person: Person): Promise<Installation[]> {
  const told = await withUserToken(context, person.userId, (token) => context.github.user(token).installations());
  if (told !== null) return told;
  const own = await asApp(() => context.github.app.installationForAccount(person.login));
  return own === null ? [] : [own];
}

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

async function asApp<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw error instanceof GitHubError ? problemOfGitHub(error) : error;
  }
}
