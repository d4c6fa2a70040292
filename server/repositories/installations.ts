import type { AppContext } from "@/server/context";
import { AppError } from "@/server/errors";
import { GitHubError, type Installation } from "@/server/github/port";
import { problemOfGitHub } from "@/server/identity/user-token";
import { askGitHub, type GitHubResult } from "./ask-github";

/** Accounts that are asked for one by one: more organisations than a person works in. */
const MAX_ACCOUNTS = 30;
/** 1,000 installations. */
const MAX_PAGES = 20;

type Person = { userId: number; login: string };

/**
 * The App's installations that the person reaches, 50 a page, asked with their own token. A classic OAuth app's token
 * is not told them: then the App is asked about the person's account and each of their organisations.
 */
export const installationsOfPage = async (
  context: AppContext,
  person: Person,
  page: number,
): Promise<GitHubResult<"installations">> =>
  (await toldInstallations(context, person, page)) ?? installationsAsApp(context, person);

/** Every installation that GitHub tells this person's token of; null when it tells such a token of none. */
export async function allInstallations(
  context: AppContext,
  person: Person,
): Promise<GitHubResult<"installations"> | null> {
  const first = await toldInstallations(context, person, 1);
  if (first === null) return null;
  let last = first;
  const value = [...first.value];
  for (let page = 2; page <= MAX_PAGES && last.nextPage !== null; page += 1) {
    last = await askGitHub(context, person.userId, { kind: "installations", page });
    value.push(...last.value);
  }
  return { ...last, value };
}

async function toldInstallations(
  context: AppContext,
  person: Person,
  page: number,
): Promise<GitHubResult<"installations"> | null> {
  try {
    return await askGitHub(context, person.userId, { kind: "installations", page });
  } catch (error) {
    const { cause } = error instanceof AppError ? error : {};
    if (cause instanceof GitHubError && cause.failure.kind === "lost") return null;
    throw error;
  }
}

async function installationsAsApp(context: AppContext, person: Person): Promise<GitHubResult<"installations">> {
  const orgs = await askGitHub(context, person.userId, { kind: "orgs", page: 1 });
  const accounts = [person.login, ...orgs.value.map(({ login }) => login)].slice(0, MAX_ACCOUNTS);
  try {
    const found = await Promise.all(accounts.map((login) => context.github.app.installationForAccount(login)));
    const value = found.filter((one): one is Installation => one !== null);
    return { value, nextPage: null, rateLimit: orgs.rateLimit, stale: orgs.stale };
  } catch (error) {
    throw error instanceof GitHubError ? problemOfGitHub(error) : error;
  }
}
