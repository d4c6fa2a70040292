import type { AppContext } from "@/server/context";
import { GitHubError } from "@/server/github/port";
import { describeError } from "@/server/log";
import { missingPermissions } from "./installations";

/** What a look at one part found, in words for operators. */
export type Finding = { ok: true; message: string } | { ok: false; message: string; fix: string };
export const green = (message: string): Finding => ({ ok: true, message });
export const red = (message: string, fix: string): Finding => ({ ok: false, message, fix });

/** Spec "Webhook Events". */
const EVENTS = ["issue_comment", "issues"];

/** Whether GitHub takes the App's id and key, and the App has what Porter needs. Never throws for GitHub's sake. */
export async function lookAtApp({ github, env, log }: AppContext): Promise<Finding> {
  const settings = `${env.GITHUB_URL}/settings/apps/${env.GITHUB_APP_SLUG}`;
  try {
    const app = await github.app.describe();
    if (app.id !== env.GITHUB_APP_ID || (app.slug !== null && app.slug !== env.GITHUB_APP_SLUG))
      return red(`The private key is that of ${app.slug} (${app.id}).`, "Correct GITHUB_APP_ID and GITHUB_APP_SLUG.");
    const lacks = [
      ...Object.entries(missingPermissions(app.permissions)).map(([name, level]) => `${name}: ${level}`),
      ...EVENTS.filter((event) => !app.events.includes(event)).map((event) => `event ${event}`),
    ];
    if (lacks.length > 0) return red(`The App lacks ${lacks.join(", ")}.`, `${settings}/permissions`);
    return green(`GitHub knows the App ${app.slug}.`);
  } catch (error) {
    log.warn("startup_check.github_app", { error: describeError(error) });
    const isAway = error instanceof GitHubError && ["unavailable", "limited"].includes(error.failure.kind);
    if (isAway) return red("GitHub does not answer.", "Look again later; see https://www.githubstatus.com.");
    return red("GitHub does not take the App's id and private key.", `Make a new private key: ${settings}`);
  }
}
