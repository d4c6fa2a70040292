import Link from "next/link";
import { Notice } from "@/components/ui/notice";

type LandingProps = {
  login: string | null;
  signInUrl: string;
  /** They wanted a page that needs a session. */
  returning: boolean;
  /** A sign-in just went wrong. */
  failed: boolean;
};

const link =
  "inline-block rounded bg-neutral-900 px-4 py-2 text-sm font-medium text-white hover:bg-neutral-700 dark:bg-white dark:text-neutral-900";

export function Landing({ login, signInUrl, returning, failed }: LandingProps) {
  return (
    <main className="mx-auto max-w-2xl px-4 py-20">
      <h1 className="text-3xl font-semibold">Porter</h1>
      <p className="mt-3 text-lg">Comment on a GitHub issue, get a pull request back.</p>
      <p className="mt-4">
        Write <code className="rounded bg-neutral-100 px-1.5 py-0.5 dark:bg-neutral-800">@porter opencode</code> under
        an issue. Porter starts a machine of yours, runs the coding agent on the repository and opens a pull request
        with its work. You bring the model key and a Fly token; Porter is free.
      </p>
      <div className="mt-8">
        {failed ? <Notice tone="bad">Signing in did not work. Nothing was changed; please try again.</Notice> : null}
        {login === null ? (
          <>
            {returning ? <p className="mb-3 text-sm">Sign in to see this page. You will come back to it.</p> : null}
            <a href={signInUrl} className={link}>
              Sign in with GitHub
            </a>
          </>
        ) : (
          <Link href="/tasks" className={link}>
            Go to your tasks, {login}
          </Link>
        )}
      </div>
    </main>
  );
}
