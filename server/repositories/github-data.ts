import type { z } from "zod";
import type {
  installationsAnswer,
  installationViewSchema,
  issueAnswer,
  issuesAnswer,
  orgsAnswer,
  profileAnswer,
  summaryAnswer,
} from "@/lib/github-data";
import type { AppContext } from "@/server/context";
import { AppError } from "@/server/errors";
import type { Installation } from "@/server/github/port";
import { requireUser } from "@/server/identity/actor";
import { loadRunSettings } from "@/server/settings/run-settings";
import { askGitHub } from "./ask-github";
import { readPageCursor, writePageCursor } from "./page-cursor";
import { installationsOfPage } from "./installations";

type Out<T extends z.ZodType> = z.output<T>;

/** `GET /api/github/profile`. */
export async function githubProfile(context: AppContext): Promise<Out<typeof profileAnswer>> {
  const { userId } = requireUser(context.actor);
  const { value: profile, rateLimit, stale } = await askGitHub(context, userId, { kind: "profile" });
  return { profile, rateLimit, stale };
}

/** `GET /api/github/orgs`: organisations that GitHub shows to this person's token. */
export async function githubOrgs(
  context: AppContext,
  input: { cursor?: string | undefined },
): Promise<Out<typeof orgsAnswer>> {
  const { userId } = requireUser(context.actor);
  const { page } = readPageCursor(input.cursor);
  const asked = await askGitHub(context, userId, { kind: "orgs", page });
  return { orgs: asked.value, ...rest(asked) };
}

/** `GET /api/github/installations`: where the App is installed, as far as this person reaches. */
export async function githubInstallations(
  context: AppContext,
  input: { cursor?: string | undefined },
): Promise<Out<typeof installationsAnswer>> {
  const person = requireUser(context.actor);
  const asked = await installationsOfPage(context, person, readPageCursor(input.cursor).page);
  return {
    installations: asked.value.map((installation) => installationView(context, installation)),
    installUrl: installUrl(context),
    ...rest(asked),
  };
}

/** `GET /api/github/issues/{owner}/{repo}/{number}`. A pull request is none. */
export async function githubIssue(
  context: AppContext,
  input: { owner: string; repo: string; number: number },
): Promise<Out<typeof issueAnswer>> {
  const { userId } = requireUser(context.actor);
  const { owner, repo: name, number } = input;
  const asked = await askGitHub(context, userId, { kind: "issue", owner, name, number });
  if (asked.value.isPullRequest) throw new AppError("not_found", "This number is a pull request, not an issue.");
  return { issue: asked.value, rateLimit: asked.rateLimit, stale: asked.stale };
}

/** Open issues of a repository: all by last change, by words, or the one with this number. */
export async function searchIssues(
  context: AppContext,
  input: { repository: string; query?: string | undefined; cursor?: string | undefined },
): Promise<Out<typeof issuesAnswer>> {
  const { userId } = requireUser(context.actor);
  const [owner = "", name = ""] = input.repository.split("/");
  const words = input.query ?? "";
  const number = /^#?(\d{1,9})$/.exec(words)?.[1];
  if (number !== undefined) return oneIssue(context, { owner, repo: name, number: Number(number) });
  const { page } = readPageCursor(input.cursor);
  const asked =
    words === ""
      ? await askGitHub(context, userId, { kind: "issues", owner, name, page })
      : await askGitHub(context, userId, { kind: "issue_search", owner, name, text: words, page });
  return { issues: asked.value, ...rest(asked) };
}

async function oneIssue(context: AppContext, input: { owner: string; repo: string; number: number }) {
  try {
    const { issue, ...about } = await githubIssue(context, input);
    return { issues: [issue], ...about, nextCursor: null };
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "not_found") throw error;
    return { issues: [], rateLimit: null, stale: false, nextCursor: null };
  }
}

/** `GET /api/github/summary`: what a start page needs to know at once. */
export async function githubSummary(context: AppContext): Promise<Out<typeof summaryAnswer>> {
  const { userId } = requireUser(context.actor);
  const [profile, installations, orgs, settings] = await Promise.all([
    githubProfile(context),
    githubInstallations(context, {}),
    githubOrgs(context, {}),
    loadRunSettings(context, userId),
  ]);
  return {
    profile: profile.profile,
    installations: installations.installations,
    orgs: orgs.orgs,
    installUrl: installUrl(context),
    selectedRepositories: settings.selectedRepositoryNames,
    // The one that knows of the most requests.
    rateLimit:
      [profile, installations, orgs]
        .flatMap(({ rateLimit }) => rateLimit ?? [])
        .toSorted((a, b) => a.remaining - b.remaining)[0] ?? null,
    stale: profile.stale || installations.stale || orgs.stale,
  };
}

const rest = ({ rateLimit, stale, nextPage }: Paged) => ({
  rateLimit,
  stale,
  nextCursor: nextPage === null ? null : writePageCursor({ page: nextPage, installationId: null }),
});
type Paged = { nextPage: number | null; stale: boolean } & Pick<Out<typeof profileAnswer>, "rateLimit">;

const installUrl = ({ env }: AppContext) => `${env.GITHUB_URL}/apps/${env.GITHUB_APP_SLUG}/installations/new`;

function installationView(context: AppContext, installation: Installation): Out<typeof installationViewSchema> {
  const { id, account, accountType, repositorySelection, suspendedAt } = installation;
  const base = context.env.GITHUB_URL;
  const settings = accountType === "Organization" ? `${base}/organizations/${account}/settings` : `${base}/settings`;
  const manageUrl = `${settings}/installations/${id}`;
  return { id, account, accountType, repositorySelection, suspended: suspendedAt !== null, manageUrl };
}
