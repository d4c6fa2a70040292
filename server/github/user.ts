import type { GitHubClient } from "@/server/github/github-client";
import type { GitHubUser } from "@/server/github/port";
import { profileSchema } from "@/server/github/schemas";

/** Calls with a person's OAuth token. @throws GitHubError from every method */
export function createGitHubUser(client: GitHubClient, token: string): GitHubUser {
  return {
    async profile() {
      const { id, login, name, avatar_url } = await client.get(profileSchema, { method: "GET", path: "/user", token });
      return { id, login, name: name ?? null, avatarUrl: avatar_url ?? null };
    },
  };
}
