import type { Assignment } from "./assignment.ts";
import { RUNNER_VERSION } from "./runner-version.ts";

const REVOKE_TIMEOUT_MS = 5000;

/** Revokes the run's git credential, if it was minted for this run. Never throws: Porter revokes what is left after a crash. */
export async function revokeGitToken({ git, repository }: Assignment): Promise<void> {
  if (!git.revokeAtExit) return;
  await revokeOne(`${apiBase(repository.cloneUrl, git.apiUrl)}/installation/token`, git.token);
}

/** GitHub's REST API beside a clone URL: api.github.com, or `/api/v3` of an Enterprise server. */
export function apiBase(cloneUrl: string, apiUrl: string | null | undefined): string {
  if (apiUrl) return apiUrl.replace(/\/+$/, "");
  const { hostname, origin } = new URL(cloneUrl);
  return hostname === "github.com" ? "https://api.github.com" : `${origin}/api/v3`;
}

async function revokeOne(url: string, token: string): Promise<void> {
  try {
    const response = await fetch(url, {
      method: "DELETE",
      redirect: "manual",
      headers: {
        authorization: `Bearer ${token}`,
        accept: "application/vnd.github+json",
        "user-agent": `porter-runner/${RUNNER_VERSION}`,
      },
      signal: AbortSignal.timeout(REVOKE_TIMEOUT_MS),
    });
    await response.body?.cancel();
  } catch {
    // Best effort; the token dies within the hour.
  }
}
