import type { GitHubClient } from "@/server/github/github-client";
import { isMissing, unavailableError } from "@/server/github/errors";
import { GitHubError, type GitHubOauth } from "@/server/github/port";
import { tokenAnswerSchema } from "@/server/github/schemas";

/** The App's (or classic OAuth app's) client, and GitHub's web origin, where OAuth lives. */
export type OauthClient = { webUrl: string; clientId: string; clientSecret: string };

const TIMEOUT_MS = 10_000;
/** Errors of the token endpoint that say something about us or the moment, not about the token. */
const NOT_ABOUT_THE_TOKEN = new Set(["incorrect_client_credentials", "slow_down", "temporarily_unavailable"]);

/** The OAuth client's own calls. @throws GitHubError from every method */
export function createGitHubOauth(client: GitHubClient, options: OauthClient & { fetch: typeof fetch }): GitHubOauth {
  const { webUrl, clientId, clientSecret } = options;
  return {
    async refresh(refreshToken) {
      const body = new URLSearchParams({
        client_id: clientId,
        client_secret: clientSecret,
        grant_type: "refresh_token",
        refresh_token: refreshToken,
      });
      const answer = tokenAnswerSchema.safeParse(
        await postForm(options.fetch, `${webUrl}/login/oauth/access_token`, body),
      );
      if (!answer.success) throw unavailableError("GitHub's answer to a token refresh could not be read");
      if ("error" in answer.data) {
        const { error: reason } = answer.data;
        if (NOT_ABOUT_THE_TOKEN.has(reason)) throw unavailableError(`GitHub refused a token refresh: ${reason}`);
        return { outcome: "refused", reason };
      }
      const tokens = answer.data;
      return {
        outcome: "refreshed",
        tokens: {
          accessToken: tokens.access_token,
          expiresInSeconds: tokens.expires_in ?? null,
          refreshToken: tokens.refresh_token ?? null,
          refreshExpiresInSeconds: tokens.refresh_token_expires_in ?? null,
          scope: tokens.scope ?? null,
        },
      };
    },

    async revokeGrant(accessToken) {
      const path = `/applications/${encodeURIComponent(clientId)}/grant`;
      const basic = btoa(`${clientId}:${clientSecret}`);
      try {
        await client.send({ method: "DELETE", path, body: { access_token: accessToken }, token: null, basic });
      } catch (error) {
        // A token that GitHub does not know (422, 404) is what was asked for.
        if (isMissing(error) || (error instanceof GitHubError && error.failure.kind === "invalid")) return;
        throw error;
      }
    },
  };
}

/** The JSON of a 200. The answer is never in the error: it may hold tokens. */
async function postForm(outside: typeof fetch, url: string, body: URLSearchParams): Promise<unknown> {
  try {
    const headers = { accept: "application/json", "user-agent": "porter" };
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const answer = await outside(url, { method: "POST", body, headers, signal, redirect: "manual" });
    if (answer.status !== 200) throw unavailableError(`GitHub answered ${answer.status} to a token refresh`);
    return await answer.json();
  } catch (error) {
    if (error instanceof GitHubError) throw error;
    throw unavailableError("GitHub did not answer a token refresh", error);
  }
}
