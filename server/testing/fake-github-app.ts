import type { GitHubApp } from "@/server/github/port";
import type { FakeCall } from "./fake-git";
import { type FakeGitHubState, nextGitHubId } from "./fake-github-state";

/** What a GitHub answers Porter as its App: who it is, where it is installed, tokens, deliveries. */
export function createFakeApp(state: FakeGitHubState, call: FakeCall): GitHubApp {
  const accountInstallation = (login: string) =>
    state.appInstallations.find(({ account }) => account === login) ?? null;

  return {
    identity: () =>
      call("identity", () => ({ appId: 1, slug: "porter-test", botLogin: "porter-test[bot]", botId: 99 })),
    describe: () => call("describe", () => state.app),
    installation: (id) => call("installation", () => state.appInstallations.find((each) => each.id === id) ?? null),
    installationForAccount: (login) => call("installationForAccount", () => accountInstallation(login)),
    membership: ({ organization, login }) =>
      call("membership", () => {
        const userId = state.userIds.get(login);
        const organizationId = accountInstallation(organization)?.accountId ?? 0;
        return userId !== undefined && state.members.get(organization)?.has(userId) ? { userId, organizationId } : null;
      }),
    installationRepositories: () =>
      call("installationRepositories", () => [{ id: 10, owner: "acme", name: "widgets" }]),
    repositoryById: (id) => call("repositoryById", () => state.locations.get(id) ?? null),
    installationForRepository: () => call("installationForRepository", () => ({ id: 100, account: "acme" })),
    createInstallationToken: (input) =>
      call("createInstallationToken", () => {
        const token = `fake-installation-token-${input.repositoryIds?.join("-") ?? "all"}-${nextGitHubId()}`;
        state.liveTokens.add(token);
        state.minted.push({ ...input, token });
        return { token, expiresAt: "2099-01-01T00:00:00.000Z" };
      }),
    revokeInstallationToken: (token) =>
      call("revokeInstallationToken", () => {
        state.liveTokens.delete(token);
        state.revokedTokens.add(token);
      }),
    listFailedDeliveries: (since) =>
      call("listFailedDeliveries", () => ({
        failed: state.failedDeliveries.filter((delivery) => delivery.deliveredAt >= since),
        isComplete: true,
      })),
    redeliver: (id) => call("redeliver", () => void state.redelivered.push(id)),
  };
}
