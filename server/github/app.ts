import { createAppJwt } from "@/server/github/app-jwt";
import { toInstallation } from "@/server/github/installations";
import { isMissing, orNull } from "@/server/github/errors";
import { apiPath } from "@/server/github/github-client";
import type { GitHubAnswer, GitHubClient } from "@/server/github/github-client";
import { GitHubError } from "@/server/github/port";
import type { FailedDelivery, GitHubApp } from "@/server/github/port";
import {
  accountSchema,
  appSchema,
  deliveriesSchema,
  installationRepositoriesSchema,
  installationSchema,
  installationTokenSchema,
  membershipSchema,
  repositorySchema,
} from "@/server/github/schemas";

export type AppIdentity = { appId: number; appSlug: string; privateKey: string; now: () => Date };
type Identity = Awaited<ReturnType<GitHubApp["identity"]>>;
type AppCalls = { client: GitHubClient; jwt: () => Promise<string> };

const DELIVERIES_PER_PAGE = 100;
/** 3,000 deliveries a look, newest first. */
const MAX_DELIVERY_PAGES = 30;

/** The opaque `cursor` of the next page, from the Link header. */
function nextCursor(answer: GitHubAnswer): string | null {
  const link = /<([^>]+)>;\s*rel="next"/.exec(String(answer.headers["link"] ?? ""))?.[1];
  return link === undefined ? null : (URL.parse(link)?.searchParams.get("cursor") ?? null);
}

function createDeliveries({ client, jwt }: AppCalls): Pick<GitHubApp, "listFailedDeliveries" | "redeliver"> {
  return {
    async listFailedDeliveries(sinceIso) {
      const since = Date.parse(sinceIso);
      const newestByGuid = new Map<string, FailedDelivery>();
      const delivered = new Set<string>();
      let cursor: string | null = null;
      let isComplete = false;
      for (let page = 0; page < MAX_DELIVERY_PAGES; page += 1) {
        const query: Record<string, string | number> = {
          per_page: DELIVERIES_PER_PAGE,
          ...(cursor === null ? {} : { cursor }),
        };
        const call = { method: "GET", path: "/app/hook/deliveries", query, token: await jwt() } as const;
        const answer = await client.send(call);
        const deliveries = client.read(deliveriesSchema, answer, call);
        const recent = deliveries.filter((delivery) => Date.parse(delivery.delivered_at) >= since);
        for (const { id, guid, event, delivered_at: deliveredAt, status_code } of recent) {
          const statusCode = status_code === undefined || status_code === 0 ? null : status_code;
          if (statusCode !== null && statusCode >= 200 && statusCode < 300) delivered.add(guid);
          else if (!newestByGuid.has(guid)) newestByGuid.set(guid, { id, guid, event, statusCode, deliveredAt });
        }
        cursor = nextCursor(answer);
        isComplete = cursor === null || recent.length < deliveries.length;
        if (isComplete) break;
      }
      const failed = [...newestByGuid.values()].filter((delivery) => !delivered.has(delivery.guid));
      return { failed, isComplete };
    },
    async redeliver(deliveryId) {
      await client.send({
        method: "POST",
        path: apiPath`/app/hook/deliveries/${deliveryId}/attempts`,
        token: await jwt(),
      });
    },
  };
}

function createTokens({
  client,
  jwt,
}: AppCalls): Pick<GitHubApp, "createInstallationToken" | "revokeInstallationToken"> {
  return {
    async createInstallationToken({ installationId, repositoryIds, permissions }) {
      // GitHub reads an empty list as "every repository".
      if (repositoryIds?.length === 0)
        throw new GitHubError({ kind: "invalid", message: "A token for no repository was asked for", errors: [] });
      const body = { permissions, ...(repositoryIds === null ? {} : { repository_ids: repositoryIds }) };
      const call = {
        method: "POST",
        path: apiPath`/app/installations/${installationId}/access_tokens`,
        body,
        token: await jwt(),
      } as const;
      const { token, expires_at: expiresAt } = await client.get(installationTokenSchema, call);
      return { token, expiresAt };
    },
    async revokeInstallationToken(token) {
      try {
        await client.send({ method: "DELETE", path: "/installation/token", token });
      } catch (error) {
        // A token that GitHub no longer accepts is what was asked for.
        if (error instanceof GitHubError && error.failure.kind === "unauthenticated") return;
        throw error;
      }
    },
  };
}

/** Looks the App and its bot up once; a bot id that could not be read is asked for again next time. */
function createIdentity({ client, jwt }: AppCalls, app: AppIdentity): GitHubApp["identity"] {
  let known: Identity | null = null;
  return async (installationToken) => {
    if (known !== null) return known;
    const { id: appId, slug = app.appSlug } = await client.get(appSchema, {
      method: "GET",
      path: "/app",
      token: await jwt(),
    });
    const botLogin = `${slug}[bot]`;
    const call = { method: "GET", path: apiPath`/users/${botLogin}`, token: installationToken ?? null } as const;
    try {
      known = { appId, slug, botLogin, botId: (await client.get(accountSchema, call)).id };
      return known;
    } catch (error) {
      if (!(error instanceof GitHubError)) throw error;
      const unknown = { appId, slug, botLogin, botId: 0 };
      if (isMissing(error)) known = unknown;
      return unknown;
    }
  };
}

function createInstallations({
  client,
  jwt,
}: AppCalls): Pick<
  GitHubApp,
  "describe" | "installation" | "installationForAccount" | "installationRepositories" | "installationForRepository"
> {
  const find = async (where: string) => {
    const call = { method: "GET", path: where, token: await jwt() } as const;
    const found = await orNull(client.get(installationSchema, call));
    return found && toInstallation(found);
  };
  return {
    async describe() {
      const found = await client.get(appSchema, { method: "GET", path: "/app", token: await jwt() });
      return { ...found, slug: found.slug ?? null };
    },
    installation: (installationId) => find(apiPath`/app/installations/${installationId}`),
    installationForAccount: async (login) =>
      (await find(apiPath`/users/${login}/installation`)) ?? find(apiPath`/orgs/${login}/installation`),
    async installationForRepository({ owner, name }) {
      const found = await find(apiPath`/repos/${owner}/${name}/installation`);
      return found && { id: found.id, account: found.account || owner };
    },
    async installationRepositories(token) {
      const query = { per_page: 100 };
      const call = { method: "GET", path: "/installation/repositories", query, token } as const;
      const { repositories } = await client.get(installationRepositoriesSchema, call);
      return repositories.map(({ id, name, owner }) => ({ id, name, owner: owner.login }));
    },
  };
}

/** Calls as the App itself. @throws GitHubError from every method */
export function createGitHubApp(client: GitHubClient, app: AppIdentity): GitHubApp {
  const jwt = createAppJwt(app);
  const calls: AppCalls = { client, jwt };
  return {
    ...createDeliveries(calls),
    ...createTokens(calls),
    ...createInstallations(calls),
    identity: createIdentity(calls, app),
    async membership({ organization, login }, token) {
      const call = { method: "GET", path: apiPath`/orgs/${organization}/memberships/${login}`, token } as const;
      const found = await orNull(client.get(membershipSchema, call));
      if (found === null || found.state !== "active") return null;
      return { userId: found.user.id, organizationId: found.organization.id };
    },
    async repositoryById(repositoryId, token) {
      const repository = await orNull(
        client.get(repositorySchema, { method: "GET", path: apiPath`/repositories/${repositoryId}`, token }),
      );
      return repository && { owner: repository.owner.login, name: repository.name };
    },
  };
}
