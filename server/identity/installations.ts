import type { AppContext } from "@/server/context";
import { GitHubError, type Installation } from "@/server/github/port";
import { problemOfGitHub, withUserToken } from "./user-token";

type Person = { userId: number; login: string };

/**
 * The App's installations that the person reaches, asked with their own token. A classic OAuth app's token is not told
 * them: then the App is asked, for the person's own account. Throws `AppError`.
 */
export async function installationsOf(context: AppContext, person: Person): Promise<Installation[]> {
  const told = await withUserToken(context, person.userId, (token) => context.github.user(token).installations());
  if (told !== null) return told;
  const own = await asApp(() => context.github.app.installationForAccount(person.login));
  return own === null ? [] : [own];
}

/** What `ask` meets at GitHub is thrown as an `AppError`, for people. */
export async function asApp<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw error instanceof GitHubError ? problemOfGitHub(error) : error;
  }
}
