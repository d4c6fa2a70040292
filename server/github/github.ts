import { createGitHubApp } from "@/server/github/app";
import { createGitHubClient } from "@/server/github/github-client";
import type { GitHubOptions } from "@/server/github/github-client";
import { createGitData } from "@/server/github/git-data";
import { createGitHubOauth, type OauthClient } from "@/server/github/oauth";
import type { GitHub, RepositoryRef } from "@/server/github/port";
import { createGitHubReader } from "@/server/github/reader";
import { createGitHubRepository } from "@/server/github/repository";
import type { KeptWriters } from "@/server/github/repository-calls";
import { createGitHubUser } from "@/server/github/user";

export type GitHubAppOptions = GitHubOptions & {
  appId: number;
  appSlug: string;
  privateKey: string;
  oauth: OauthClient;
};

/** GitHub (github.com, Enterprise or the emulator at `apiUrl`) for one App. Each call takes at most 10 s. */
export function createGitHub(options: GitHubAppOptions): GitHub {
  const client = createGitHubClient(options);
  const { appId, appSlug } = options;
  const knownLabels = new Set<string>();
  const keptWriters: KeptWriters = new Map();
  const callsTo = (repository: RepositoryRef, token: string) =>
    ({
      client,
      repository,
      token,
      app: { appId, appSlug },
      knownLabels,
      keptWriters,
      fetch: options.fetch,
      webUrl: options.oauth.webUrl,
      now: options.now,
    }) as const;
  return {
    app: createGitHubApp(client, options),
    repository: (repository, token) => createGitHubRepository(callsTo(repository, token)),
    gitData: (repository, token) => createGitData(callsTo(repository, token)),
    user: (token) => createGitHubUser(client, token),
    reader: (token) => createGitHubReader(client, token),
    oauth: createGitHubOauth(client, { ...options.oauth, fetch: options.fetch }),
  };
}
