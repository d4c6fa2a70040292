import Link from "next/link";
import { Logo } from "@/components/layout/logo";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { AGENT_IDS, AGENTS } from "@/lib/agents";
import { NOT_LISTED } from "@/lib/people";
import { ExampleThread } from "./example-thread";
import { GitHubMark } from "./github-mark";

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
