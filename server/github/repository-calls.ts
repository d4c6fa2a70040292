import type { GitHubCall, GitHubClient } from "@/server/github/github-client";
import { apiPath } from "@/server/github/github-client";
import type { RepositoryRef } from "@/server/github/port";

/** What the parts of `GitHubRepository` share: one repository, one token, the App whose comments are ours. */
export type RepositoryCalls = {
  client: GitHubClient;
  repository: RepositoryRef;
  token: string;
  app: { appId: number; appSlug: string };
  /** `repository id:label` that is known to exist; shared by every repository of a client. */
  knownLabels: Set<string>;
};

/** A call below `/repos/{owner}/{name}`; `rest` is built by `apiPath`. */
export function inRepository(
  { repository, token }: RepositoryCalls,
  rest: string,
  more: Pick<Partial<GitHubCall>, "method" | "query" | "body" | "accept"> = {},
): GitHubCall {
  return { method: "GET", ...more, path: apiPath`/repos/${repository.owner}/${repository.name}` + rest, token };
}
