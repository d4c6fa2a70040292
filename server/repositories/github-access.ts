import type { AppContext } from "@/server/context";
import { GitHubError, type GitHubRepository, type RepositoryRef } from "@/server/github/port";

/** What Porter itself does in a repository; the machine's token is another one, with contents only. */
const OWN_PERMISSIONS = { contents: "read", issues: "write", pull_requests: "write", metadata: "read" } as const;
/** A cached token is not used in its last minutes: a call may take its time. */
const MIN_TOKEN_LIFE_MS = 5 * 60_000;

export type RepositoryAccess = { installationId: number; repository: RepositoryRef };

const sealedAt = (installationId: number) => ({
  table: "installation_tokens",
  row: String(installationId),
  user: "app",
  field: "token",
});

async function installationToken(context: AppContext, installationId: number): Promise<string> {
  const cached = await context.db.installations.get(installationId);
  const now = context.clock.now().getTime();
  if (cached !== null && Date.parse(cached.expiresAt) - now > MIN_TOKEN_LIFE_MS) {
    try {
      return await context.sealer.open(cached, sealedAt(installationId));
    } catch {
      context.log.warn("installation_token.unreadable", { installationId });
    }
  }
  const minted = await context.github.app.createInstallationToken({
    installationId,
    repositoryIds: null,
    permissions: OWN_PERMISSIONS,
  });
  const sealed = await context.sealer.seal(minted.token, sealedAt(installationId));
  await context.db.installations.put({ installationId, ...sealed, expiresAt: minted.expiresAt });
  return minted.token;
}

/**
 * Runs `use` with a client of the repository. A token that GitHub no longer takes is minted anew once; a limit
 * that GitHub states is kept for the installation, so that every task of it waits (rulings 29).
 */
export async function withRepository<T>(
  context: AppContext,
  access: RepositoryAccess,
  use: (repository: GitHubRepository) => Promise<T>,
): Promise<T> {
  const limited = (await context.db.installations.get(access.installationId))?.limitedUntil ?? null;
  const now = context.clock.now().getTime();
  if (limited !== null && Date.parse(limited) > now) {
    throw new GitHubError({
      kind: "limited",
      retryAfterMs: Date.parse(limited) - now,
      message: "GitHub asked Porter to wait",
    });
  }
  const run = async () =>
    use(context.github.repository(access.repository, await installationToken(context, access.installationId)));
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    if (error.failure.kind === "unauthenticated") {
      await context.db.installations.forget(access.installationId);
      return run();
    }
    if (error.failure.kind === "limited") {
      await context.db.installations.limit(
        access.installationId,
        new Date(now + error.failure.retryAfterMs).toISOString(),
      );
    }
    throw error;
  }
}
