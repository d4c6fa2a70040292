import { adviceFix, linkTo } from "@/lib/fix";
import type { AppContext } from "@/server/context";
import { AppError } from "@/server/errors";
import { GitHubError } from "@/server/github/port";
import { problemOfGitHub } from "@/server/identity/user-token";

/** Each asks GitHub as the App, in installations that may be other people's: so many in ten minutes a person. */
const MAX_REQUESTS = 60;
const WINDOW_MS = 10 * 60_000;

/** Who lacks access is told the same as where Porter is not installed. */
export const notInstalled = (context: AppContext): AppError =>
  new AppError("not_found", "Porter is not installed in this repository, or you cannot see it.", {
    field: "repository",
    fix: linkTo("install the App", `${context.env.GITHUB_URL}/apps/${context.env.GITHUB_APP_SLUG}/installations/new`),
  });

type Wanted = {
  userId: number;
  reference: { owner: string; name: string };
  /** What a person's requests are counted as. */
  count: "task_create" | "repository_settings";
};

/** By which installation Porter reaches a repository that a person names. @throws AppError */
export async function installationFor(context: AppContext, { userId, reference, count }: Wanted): Promise<number> {
  await countRequest(context, `${count}:${userId}`);
  try {
    const installation = await context.github.app.installationForRepository(reference);
    if (installation === null) throw notInstalled(context);
    return installation.id;
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    throw error.failure.kind === "lost" ? notInstalled(context) : problemOfGitHub(error);
  }
}

async function countRequest(context: AppContext, key: string): Promise<void> {
  const now = context.clock.now();
  const used = await context.db.useCounts.take({
    key,
    now: now.toISOString(),
    windowEndsAt: new Date(now.getTime() + WINDOW_MS).toISOString(),
  });
  if (used > MAX_REQUESTS)
    throw new AppError("rate_limited", "You asked for much in the last minutes.", {
      fix: adviceFix("Wait ten minutes, then try again."),
    });
}
