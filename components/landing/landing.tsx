import Link from "next/link";
import { Logo } from "@/components/layout/logo";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { AGENT_IDS, AGENTS } from "@/lib/agents";
import { NOT_LISTED } from "@/lib/people";
import { ExampleThread } from "./example-thread";

type LandingProps = {
  /** What commands begin with. */
  mention: string;
  login: string | null;
  signInUrl: string;
  /** They wanted a page that needs a session. */
  returning: boolean;
  /** Why the last try to sign in did not work. */
  failed: keyof typeof FAILED | null;
};

const FAILED = {
  github_away: "GitHub does not answer right now, so signing in has to wait. Please try again in a minute.",
  not_listed: `${NOT_LISTED} Nothing about you was kept. Whoever runs it can add you.`,
  other: "Signing in did not work. Nothing was changed; please try again.",
};

const AGENT_NAMES = new Intl.ListFormat("en-GB", { type: "disjunction" }).format(
  AGENT_IDS.map((id) => AGENTS[id].name),
);
const FACTS = [
  ["Your machine", "Each task runs in a Fly app of yours and leaves it when it is done."],
  ["Your model key", "Encrypted, never shown again, spent on your tasks alone."],
  ["Your merge", "Porter opens a pull request and stops there. Nothing reaches your main branch without you."],
] as const;

/** What it is, in one screen. */
export function Landing({ mention, login, signInUrl, returning, failed }: LandingProps) {
  return (
    <div className="mx-auto flex min-h-dvh max-w-6xl flex-col px-4 sm:px-8">
      <header className="flex h-14 items-center gap-2 font-semibold tracking-tight">
        <Logo className="size-5" />
        Porter
      </header>
      {/* Not centred: what is read already would move while the rest still comes. */}
      <main className="grid flex-1 content-start items-start gap-10 py-8 lg:grid-cols-[minmax(0,5fr)_minmax(0,6fr)] lg:gap-14 lg:pt-[14dvh]">
        <div>
          <h1 className="text-2xl font-semibold text-balance sm:text-3xl">
            Comment on an issue. Get a pull request back.
          </h1>
          <p className="mt-4 max-w-md text-lg text-soft">
            Write <code className="rounded-sm bg-sunken px-1.5 py-0.5 font-mono text-[0.9em] text-ink">@{mention}</code>{" "}
            under a GitHub issue. {AGENT_NAMES} works on it in the cloud, and the answer is a branch with a pull
            request.
          </p>
          <div className="mt-7 max-w-md">
            {failed === null ? null : <Notice tone="bad">{FAILED[failed]}</Notice>}
            {login === null ? (
              <>
                {returning ? <p className="mb-3">Sign in to see this page. You will come back to it.</p> : null}
                <Button asChild tone="primary" size="lg">
                  <a href={signInUrl}>
                    <GitHubMark className="size-4" />
                    Sign in with GitHub
                  </a>
                </Button>
              </>
            ) : (
              <Button asChild tone="primary" size="lg">
                <Link href="/tasks">Go to your tasks, {login}</Link>
              </Button>
            )}
          </div>
          <p className="mt-3 max-w-md text-soft">
            Porter is free. You pay Fly for the seconds, about a cent a task, and your model provider for the tokens.
          </p>
        </div>
        <ExampleThread mention={mention} />
      </main>
      <footer className="border-t border-line py-6">
        <dl className="grid gap-x-10 gap-y-4 sm:grid-cols-3">
          {FACTS.map(([name, words]) => (
            <div key={name}>
              <dt className="font-medium">{name}</dt>
              <dd className="mt-0.5 text-soft">{words}</dd>
            </div>
          ))}
        </dl>
      </footer>
    </div>
  );
}

/** GitHub's mark, as its brand pages give it for sign-in buttons. */
const GitHubMark = ({ className }: { className?: string }) => (
  <svg aria-hidden viewBox="0 0 16 16" fill="currentColor" className={className}>
    <path d="M8 0C3.58 0 0 3.58 0 8c0 3.54 2.29 6.53 5.47 7.59.4.07.55-.17.55-.38 0-.19-.01-.82-.01-1.49-2.01.37-2.53-.49-2.69-.94-.09-.23-.48-.94-.82-1.13-.28-.15-.68-.52-.01-.53.63-.01 1.08.58 1.23.82.72 1.21 1.87.87 2.33.66.07-.52.28-.87.51-1.07-1.78-.2-3.64-.89-3.64-3.95 0-.87.31-1.59.82-2.15-.08-.2-.36-1.02.08-2.12 0 0 .67-.21 2.2.82.64-.18 1.32-.27 2-.27s1.36.09 2 .27c1.53-1.04 2.2-.82 2.2-.82.44 1.1.16 1.92.08 2.12.51.56.82 1.27.82 2.15 0 3.07-1.87 3.75-3.65 3.95.29.25.54.73.54 1.48 0 1.07-.01 1.93-.01 2.2 0 .21.15.46.55.38A8.01 8.01 0 0 0 16 8c0-4.42-3.58-8-8-8Z" />
  </svg>
);
