import type { z } from "zod";
import type { repositoriesAnswer, RepositoryView, selectAnswer } from "@/lib/github-data";
import type { AppContext } from "@/server/context";
import { GitHubError, type RepositoryFacts } from "@/server/github/port";
import { requireUser } from "@/server/identity/actor";
import { problemOfGitHub } from "@/server/identity/user-token";
import { isSelected } from "./policy";
import { updateConfig } from "@/server/settings/config";
import { loadRunSettings } from "@/server/settings/run-settings";
import { askGitHub, type GitHubResult } from "./ask-github";
import { type PageCursor, readPageCursor, writePageCursor } from "./page-cursor";
import { allInstallations, installationsOfPage } from "./installations";

type Answer = z.output<typeof repositoriesAnswer>;
type Person = { userId: number; login: string };
type Placed = RepositoryFacts & { installationId: number | null };
type Part = Pick<Answer, "rateLimit" | "stale"> & { repositories: Placed[]; next: PageCursor | null };

/**
 * `GET /api/github/repositories`: what the person's own access and the App's installations have in common, 50 a page,
 * one installation after the other. With a classic OAuth app: the person's repositories, each asked for as the App.
 */
export async function githubRepositories(context: AppContext, input: { cursor?: string | undefined }): Promise<Answer> {
  const person = requireUser(context.actor);
  const { selectedRepositoryNames: names } = await loadRunSettings(context, person.userId);
  const part = await readPart(context, person, readPageCursor(input.cursor));
  return {
    repositories: part.repositories.map((found) => view(found, names)),
    selection: names.length === 0 ? "all" : "some",
    rateLimit: part.rateLimit,
    stale: part.stale,
    nextCursor: part.next === null ? null : writePageCursor(part.next),
  };
}

/** `PUT /api/github/repositories/selected`: Porter acts there and nowhere else; none means everywhere. */
export async function selectRepositories(
  context: AppContext,
  repositories: string[],
): Promise<z.output<typeof selectAnswer>> {
  const unique = [...new Map(repositories.map((name) => [name.toLowerCase(), name])).values()];
  const config = await updateConfig(context, { onboarding: { selectedRepos: unique } });
  const saved = config.onboarding.selectedRepos;
  return { selection: saved.length === 0 ? "all" : "some", repositories: saved };
}

/** Installations are read to their last, so that a person's pages stay in order while some come and go. */
async function readPart(context: AppContext, person: Person, cursor: PageCursor): Promise<Part> {
  const held = await allInstallations(context, person);
  return held === null ? ofPerson(context, person, cursor.page) : ofInstallations(context, { person, held, cursor });
}

type Held = { person: Person; held: GitHubResult<"installations">; cursor: PageCursor };

async function ofInstallations(context: AppContext, { person, held, cursor }: Held): Promise<Part> {
  const open = held.value.filter(({ suspendedAt }) => suspendedAt === null).map(({ id }) => id);
  const installationId = cursor.installationId ?? open[0];
  if (installationId === undefined || !open.includes(installationId))
    return { repositories: [], next: null, rateLimit: held.rateLimit, stale: held.stale };
  const question = { kind: "installation_repositories", installationId, page: cursor.page } as const;
  const asked: GitHubResult<"installation_repositories"> = await askGitHub(context, person.userId, question);
  const following = open[open.indexOf(installationId) + 1];
  return {
    repositories: asked.value.map((found) => ({ ...found, installationId })),
    next: nextPlace(asked.nextPage, installationId, following),
    rateLimit: asked.rateLimit,
    stale: held.stale || asked.stale,
  };
}

function nextPlace(page: number | null, installationId: number, following: number | undefined): PageCursor | null {
  if (page !== null) return { page, installationId };
  return following === undefined ? null : { page: 1, installationId: following };
}

/** GitHub does not tell a classic token where the App is: the App itself is asked, repository by repository. */
async function ofPerson(context: AppContext, person: Person, page: number): Promise<Part> {
  const [asked, held] = await Promise.all([
    askGitHub(context, person.userId, { kind: "own_repositories", page }),
    installationsOfPage(context, person, 1),
  ]);
  const byAccount = new Map(held.value.map((one) => [one.account.toLowerCase(), one]));
  const repositories = asked.value.map(async (found): Promise<Placed> => {
    const installation = byAccount.get(found.owner.toLowerCase());
    if (installation === undefined || installation.suspendedAt !== null) return { ...found, installationId: null };
    if (installation.repositorySelection === "all") return { ...found, installationId: installation.id };
    const exact = await context.github.app.installationForRepository(found);
    return { ...found, installationId: exact?.id ?? null };
  });
  try {
    return {
      repositories: await Promise.all(repositories),
      next: asked.nextPage === null ? null : { page: asked.nextPage, installationId: null },
      rateLimit: asked.rateLimit,
      stale: asked.stale || held.stale,
    };
  } catch (error) {
    throw error instanceof GitHubError ? problemOfGitHub(error) : error;
  }
}

function view(found: Placed, selectedNames: string[]): RepositoryView {
  return {
    ...found,
    fullName: `${found.owner}/${found.name}`,
    selected: found.installationId !== null && isSelected(selectedNames, found),
  };
}
