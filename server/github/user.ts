import { isMissing } from "@/server/github/errors";
import { apiPath, type GitHubClient } from "@/server/github/github-client";
import { toInstallation } from "@/server/github/installations";
import { GitHubError, type GitHubUser, type Installation } from "@/server/github/port";
import { gistSchema, installationsSchema, profileSchema, rateLimitSchema } from "@/server/github/schemas";

/** 1,000 installations: more than anybody reaches. */
const MAX_PAGES = 10;

/** Calls with a person's OAuth token. @throws GitHubError from every method */
export function createGitHubUser(client: GitHubClient, token: string): GitHubUser {
  const who = { method: "GET", path: "/user", token } as const;
  return {
    async profile() {
      const { id, login, name, avatar_url } = await client.get(profileSchema, who);
      return { id, login, name: name ?? null, avatarUrl: avatar_url ?? null };
    },

    async inspect() {
      const answer = await client.send(who);
      const { id, login } = client.read(profileSchema, answer, who);
      return { id, login, scopes: token.startsWith("ghu_") ? null : scopesOf(answer.headers["x-oauth-scopes"]) };
    },

    async installations() {
      const all: Installation[] = [];
      for (let page = 1; page <= MAX_PAGES; page += 1) {
        const query = { per_page: 100, page };
        const call = { method: "GET", path: "/user/installations", query, token } as const;
        try {
          const { installations } = await client.get(installationsSchema, call);
          all.push(...installations.map(toInstallation));
          if (installations.length < 100) break;
        } catch (error) {
          // 403: "You must authenticate with an access token authorized to a GitHub App".
          if (error instanceof GitHubError && error.failure.kind === "lost" && error.failure.reason === "forbidden")
            return null;
          throw error;
        }
      }
      return all;
    },

    async rateLimit() {
      const call = { method: "GET", path: "/rate_limit", token } as const;
      const { limit, remaining, used, reset } = (await client.get(rateLimitSchema, call)).resources.core;
      return { limit, remaining, used, resetAt: new Date(reset * 1000).toISOString() };
    },

    async putGist({ id, description, filename, content }) {
      const body = { description, files: { [filename]: { content } } };
      try {
        const { id: gistId, html_url: url } = await client.get(
          gistSchema,
          id === null
            ? { method: "POST", path: "/gists", body: { ...body, public: false }, token }
            : { method: "PATCH", path: apiPath`/gists/${id}`, body, token },
        );
        return { id: gistId, url };
      } catch (error) {
        if (id !== null && isMissing(error)) return null;
        throw error;
      }
    },
  };
}

const scopesOf = (header: string | number | undefined): string[] =>
  String(header ?? "")
    .split(",")
    .map((scope) => scope.trim())
    .filter((scope) => scope !== "");
