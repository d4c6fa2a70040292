import type { GitHubCall, GitHubClient } from "@/server/github/github-client";
import { apiPath } from "@/server/github/github-client";
import type { RepositoryRole } from "@/lib/issue-author";
import type { RepositoryRef } from "@/server/github/port";

/** By repository: who may write there, and when that was asked. */
export type KeptWriters = Map<string, { at: number; writers: ReadonlyMap<number, RepositoryRole> }>;

/** What the parts of `GitHubRepository` share: one repository, one token, the App whose comments are ours. */
export type RepositoryCalls = {
  client: GitHubClient;
  repository: RepositoryRef;
  token: string;
  app: { appId: number; appSlug: string };
  /** `repository id:label` that is known to exist; shared by every repository of a client. */
  knownLabels: Set<string>;
  /** Who may write where, as of a moment ago; shared likewise. */
  keptWriters: KeptWriters;
  now: () => Date;
  /** For what is not asked with a token. */
  fetch: typeof fetch;
  webUrl: string;
};

/** A call below `/repos/{owner}/{name}`; `rest` is built by `apiPath`. */
export function inRepository(
  { repository, token }: RepositoryCalls,
  rest: string,
  more: Pick<Partial<GitHubCall>, "method" | "query" | "body" | "accept"> = {},
): GitHubCall {
  return { method: "GET", ...more, path: apiPath`/repos/${repository.owner}/${repository.name}` + rest, token };
}
