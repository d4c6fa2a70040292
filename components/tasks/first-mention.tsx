import { useMention } from "@/components/layout/mention";
import Link from "next/link";
import { CopyButton } from "@/components/ui/copy-button";
import { AGENT_IDS, DEFAULT_AGENT } from "@/lib/agents";

/** No task yet: teaches the first mention. */
export default function FirstMention() {
  const mention = `@${useMention()}`;
  const first = `${mention} ${DEFAULT_AGENT}`;
  return (
    <section aria-labelledby="first" className="mx-auto max-w-xl py-14 sm:py-20">
      <h2 id="first" className="text-2xl font-semibold">
        Comment on an issue, get a pull request
      </h2>
      <p className="mt-3 text-base text-soft">
        Write this under an issue of a repository that has Porter installed. The task appears here within a second and
        moves by itself.
      </p>
      <div className="mt-6 flex items-center gap-3 rounded-lg border border-line bg-raised py-3 pr-3 pl-4">
        <code className="min-w-0 flex-1 truncate font-mono text-base">{first}</code>
        <CopyButton text={first} label="Copy the comment" words="Copy" />
      </div>
      <ul className="mt-5 space-y-2 text-base text-soft">
        <li>
          <code className="font-mono text-sm text-ink">
            {mention} {AGENT_IDS[1]} fix the flaky test
          </code>{" "}
          picks an agent and says what you want.
        </li>
        <li>
          <code className="font-mono text-sm text-ink">{mention} stop</code> and{" "}
          <code className="font-mono text-sm text-ink">{mention} retry</code> work there, too.
        </li>
      </ul>
      <p className="mt-6 text-base">
        First time?{" "}
        <Link href="/start" className="link">
          Check the five steps
        </Link>
        .
      </p>
    </section>
  );
}
