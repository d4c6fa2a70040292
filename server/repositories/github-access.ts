import type { AppContext } from "@/server/context";
import {
  GitHubError,
  type GitHubGitData,
  type GitHubRepository,
  type LossReason,
  type RepositoryRef,
} from "@/server/github/port";
import type { RepositoryAccess } from "./access";
import { OverBudget, withinBudget } from "./content-budget";

/** What Porter itself does in a repository; the machine's token is another one, with contents only. */
const OWN_PERMISSIONS = { contents: "read", issues: "write", pull_requests: "write", metadata: "read" } as const;
/** Checks of a private repository: one for check runs, one for what CI outside of GitHub's own writes. */
const CHECK_PERMISSIONS = { checks: "read", statuses: "read" } as const;
/** A cached token is not used in its last minutes: a call may take its time. */
const MIN_TOKEN_LIFE_MS = 5 * 60_000;

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
  const minted = await mint(context, installationId);
  const sealed = await context.sealer.seal(minted.token, sealedAt(installationId));
  await context.db.installations.put({ installationId, ...sealed, expiresAt: minted.expiresAt });
  return minted.token;
}

/** With checks where the App may read them: GitHub refuses the whole token for one permission that was not given. */
async function mint(context: AppContext, installationId: number): Promise<{ token: string; expiresAt: string }> {
  const ask = (permissions: Record<string, "read" | "write">) =>
    context.github.app.createInstallationToken({ installationId, repositoryIds: null, permissions });
  try {
    return await ask({ ...OWN_PERMISSIONS, ...CHECK_PERMISSIONS });
  } catch (error) {
    if (!(error instanceof GitHubError) || error.failure.kind !== "invalid") throw error;
  }
  const granted = (await context.github.app.installation(installationId))?.permissions ?? {};
  const allowed = Object.entries(CHECK_PERMISSIONS).filter(([name]) => granted[name] !== undefined);
  return ask({ ...OWN_PERMISSIONS, ...Object.fromEntries(allowed) });
}

/** What the token call's own failure means: the installation is gone or suspended. */
async function reachable(context: AppContext, installationId: number): Promise<string> {
  try {
    return await installationToken(context, installationId);
  } catch (error) {
    throw lossOfAll(error);
  }
}

const noAccess = (error: GitHubError): GitHubError =>
  new GitHubError({ kind: "lost", reason: "no_access", message: error.message }, error);

/** These say more than that all is lost: somebody can change them. */
const MENDABLE: readonly LossReason[] = ["ip_allow_list", "saml", "permission"];
/** The failure of a call without which nothing of the repository can be read. */
const lossOfAll = (error: unknown): unknown =>
  error instanceof GitHubError && error.failure.kind === "lost" && !MENDABLE.includes(error.failure.reason)
    ? noAccess(error)
    : error;

/**
 * Runs `use` with a client of the repository. A token that GitHub no longer takes is minted again once; a limit
 * that GitHub states is kept for the installation, so that every task of it waits. A refusal or a 404 of one call is not
 * the loss of the repository: that is asked for by its number, which finds it under a new name as well; `no_access`
 * when that fails too. Writes are counted.
 */
export async function withRepository<T>(
  context: AppContext,
  access: RepositoryAccess,
  use: (repository: GitHubRepository) => Promise<T>,
): Promise<T> {
  const { installationId, userId, commentEdits } = access;
  return reach(context, access, async (ref) => {
    const repository = context.github.repository(ref, await reachable(context, installationId));
    return use(withinBudget(context, { installationId, userId, commentEdits }, repository));
  });
}

/**
 * Runs `use` with what writes objects and branches of this one repository. The token is made for it, and nobody else
 * ever has it. `workflows`: also files that GitHub runs, where the App may. Failures as of `withRepository`.
 */
export async function withGitData<T>(
  context: AppContext,
  access: RepositoryAccess,
  { workflows, use }: { workflows: boolean; use: (git: GitHubGitData) => Promise<T> },
): Promise<T> {
  const permissions: Record<string, "read" | "write"> = { contents: "write", metadata: "read" };
  if (workflows) permissions.workflows = "write";
  return reach(context, access, async (ref) => {
    const { token } = await mintToWrite(context, access.installationId, { repositoryIds: [ref.id], permissions });
    return use(context.github.gitData(ref, token));
  });
}

async function mintToWrite(
  context: AppContext,
  installationId: number,
  wanted: { repositoryIds: number[]; permissions: Record<string, "read" | "write"> },
) {
  try {
    return await context.github.app.createInstallationToken({ installationId, ...wanted });
  } catch (error) {
    // GitHub refuses the whole token for one permission that was not given.
    if (error instanceof GitHubError && error.failure.kind === "invalid") {
      const needs = Object.entries(wanted.permissions).map(([name, right]) => `${name}=${right}`);
      throw new GitHubError(
        { kind: "lost", reason: "permission", message: error.message, needs: needs.join("; ") },
        error,
      );
    }
    throw lossOfAll(error);
  }
}

async function reach<T>(
  context: AppContext,
  access: RepositoryAccess,
  run: (ref: RepositoryRef) => Promise<T>,
): Promise<T> {
  const { installationId } = access;
  await untilAllowed(context, installationId);
  try {
    return await run(access.repository);
  } catch (error) {
    if (!(error instanceof GitHubError) || error instanceof OverBudget) throw error;
    switch (error.failure.kind) {
      case "unauthenticated":
        await context.db.installations.forget(installationId);
        return run(access.repository);
      case "limited": {
        const until = context.clock.now().getTime() + error.failure.retryAfterMs;
        await context.db.installations.limit(installationId, new Date(until).toISOString());
        throw error;
      }
      case "lost":
        return run(await placeNow(context, access, error));
      default:
        throw error;
    }
  }
}

async function untilAllowed(context: AppContext, installationId: number): Promise<void> {
  const limited = (await context.db.installations.get(installationId))?.limitedUntil ?? null;
  const wait = limited === null ? 0 : Date.parse(limited) - context.clock.now().getTime();
  if (wait > 0) throw new GitHubError({ kind: "limited", retryAfterMs: wait, message: "GitHub asked Porter to wait" });
}

/** One call with this reason says nothing of the others. */
const MAY_BE_ALL: readonly LossReason[] = ["not_found", "forbidden"];

/** Where the repository is now, if that is elsewhere; else `error` is thrown again, as `no_access` when it is nowhere. */
async function placeNow(context: AppContext, access: RepositoryAccess, error: GitHubError): Promise<RepositoryRef> {
  const { failure } = error;
  if (failure.kind !== "lost") throw error;
  if (failure.reason === "suspended") throw noAccess(error);
  if (!MAY_BE_ALL.includes(failure.reason)) throw error;
  const { id, owner, name } = access.repository;
  const found = await lookFor(context, access);
  if (found === null) throw noAccess(error);
  if (found.owner === owner && found.name === name) throw error;
  await context.db.githubLocations.move({ repositoryId: id, ...found, installationId: null });
  return { id, ...found };
}

async function lookFor(context: AppContext, { installationId, repository }: RepositoryAccess) {
  const token = await reachable(context, installationId);
  try {
    return await context.github.app.repositoryById(repository.id, token);
  } catch (error) {
    throw lossOfAll(error);
  }
}
