import { gapsOf, lacksInWords } from "@/lib/github-app";
import type { AppContext } from "@/server/context";
import { GitHubError } from "@/server/github/port";
import { describeError } from "@/server/log";

/** What a look at one part found, in words for operators. */
export type HealthFinding = { ok: true; message: string } | { ok: false; message: string; fix: string };
export const healthyFinding = (message: string): HealthFinding => ({ ok: true, message });
export const faultyFinding = (message: string, fix: string): HealthFinding => ({ ok: false, message, fix });

/** Whether GitHub takes the App's id and key, and the App has what Porter needs. Never throws for GitHub's sake. */
export async function checkApp({ github, env, log }: AppContext): Promise<HealthFinding> {
  const settings = `${env.GITHUB_URL}/settings/apps/${env.GITHUB_APP_SLUG}`;
  try {
    const app = await github.app.describe();
    if (app.id !== env.GITHUB_APP_ID || (app.slug !== null && app.slug !== env.GITHUB_APP_SLUG))
      return faultyFinding(
        `The private key is that of ${app.slug} (${app.id}).`,
        "Correct GITHUB_APP_ID and GITHUB_APP_SLUG.",
      );
    const { needed, further } = gapsOf(app);
    const lacks = lacksInWords(needed);
    if (lacks !== "") return faultyFinding(`The App lacks ${lacks}.`, `${settings}/permissions`);
    const less = lacksInWords(further);
    const without = less === "" ? "" : ` It lacks ${less}: what becomes of pull requests is seen late, or not at all.`;
    return healthyFinding(`GitHub knows the App ${app.slug}.${without}`);
  } catch (error) {
    log.warn("startup_check.github_app", { error: describeError(error) });
    const isAway = error instanceof GitHubError && ["unavailable", "limited"].includes(error.failure.kind);
    if (isAway) return faultyFinding("GitHub does not answer.", "Look again later; see https://www.githubstatus.com.");
    return faultyFinding("GitHub does not take the App's id and private key.", `Make a new private key: ${settings}`);
  }
}
