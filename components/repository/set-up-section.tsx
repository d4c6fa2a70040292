"use client";
import Link from "next/link";
import { Time } from "@/components/layout/clock";
import { useMention } from "@/components/layout/mention";
import { SettingsSection } from "@/components/settings/field-row";
import { durationText } from "@/lib/format";
import type { RepositorySetUp } from "@/lib/set-up/page";
import type { SetUpReport } from "@/lib/set-up/protocol";

const OUTCOMES: Record<SetUpReport["outcome"], string> = {
  done: "done",
  failed: "failed",
  timed_out: "took too long",
  none: "nothing to run",
};

/** The file as it was read, what a run would do now, and how the last ones went. */
export function SetUpSection({ setUp }: { setUp: RepositorySetUp }) {
  const mention = useMention();
  const { file, found, recent } = setUp;
  return (
    <SettingsSection
      id="set-up"
      title="How a machine is set up"
      lead="Read from the branch that a run begins from; this is the default branch as it is now."
    >
      <div className="grid gap-3 py-4">
        <p>{found.line ?? "Nothing in this repository says how."}</p>
        {found.run === null ? null : <Script label="What is run" text={found.run} />}
        {found.start === null ? null : <Script label="What runs beside the agent" text={found.start} />}
        {found.problems.length === 0 ? null : (
          <ul aria-label="Problems" className="list-disc pl-5 text-waiting">
            {found.problems.map((problem) => (
              <li key={problem}>{problem}</li>
            ))}
          </ul>
        )}
        {file === null ? (
          <p className="text-soft">
            There is no <code>.porter.yml</code>. Comment <code>@{mention} setup</code> on an issue, and Porter opens a
            pull request with the one that it would use.
          </p>
        ) : (
          <Script label=".porter.yml" text={file} />
        )}
      </div>
      {recent.length === 0 ? null : (
        <div className="py-4">
          <h3 className="font-medium">Your last set-ups</h3>
          <ul className="mt-2 grid gap-1">
            {recent.map(({ taskId, attempt, at, report }) => (
              <li key={`${taskId} ${attempt}`} className="flex flex-wrap gap-x-3">
                <Link href={`/tasks/${taskId}?attempt=${attempt}`} className="link">
                  <Time at={at} />
                </Link>
                <span>{OUTCOMES[report.outcome]}</span>
                <span className="text-soft tabular">{durationText(report.ms)}</span>
              </li>
            ))}
          </ul>
        </div>
      )}
    </SettingsSection>
  );
}

const Script = ({ label, text }: { label: string; text: string }) => (
  <figure>
    <figcaption className="text-soft">{label}</figcaption>
    <pre className="mt-1 rounded-md bg-hover p-3 font-mono text-xs break-words whitespace-pre-wrap">{text}</pre>
  </figure>
);
