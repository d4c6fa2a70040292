"use client";
import { useMention } from "@/components/layout/mention";
import { useMutation } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { openPalette } from "@/components/layout/palette";
import { useTRPC } from "@/components/layout/trpc-provider";
import { useRepositories } from "@/components/settings/use-repositories";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { AGENTS, DEFAULT_AGENT } from "@/lib/agents";
import { FirstTask } from "./first-task";
import { Result, Why } from "./step-parts";
import { readyAgent, type OnboardingStep, type StepProps } from "./steps";

const SHOWN = 5;

/** Shows the very comment to paste, and becomes the task's live row when it arrives. */
export function MentionStep({ step, facts }: StepProps) {
  const agent = readyAgent(facts.config) ?? DEFAULT_AGENT;
  const comment = `@${useMention()} ${agent}`;
  useCompletion(step, facts.config.onboarding.completed);
  if (facts.task !== null) return <FirstTask task={facts.task} />;
  return (
    <>
      <Why>
        Comment on any issue of your repositories. {AGENTS[agent].name} reads the issue, works on a branch, and Porter
        opens the pull request.
      </Why>
      <div className="mt-4 flex max-w-lg items-center gap-3 rounded-lg border border-line bg-raised py-2 pr-2 pl-4">
        <code className="min-w-0 flex-1 font-mono text-base">{comment}</code>
        <CopyButton text={comment} label="Copy the comment" words="Copy" />
      </div>
      <p className="mt-2 text-soft">
        What you want done may follow it: <code className="font-mono text-xs">{comment} only fix the test</code>
      </p>
      <IssuePages />
      <Result state="asking">Waiting for the first mention. It appears here within a few seconds.</Result>
      <p className="mt-4">
        <Button onClick={() => openPalette("dispatch")}>Or start one from here</Button>
      </p>
    </>
  );
}

/** Issue pages to comment on. */
function IssuePages() {
  const { repositories } = useRepositories({ isWanted: true });
  const shown = repositories.filter(({ canWrite, selected }) => canWrite && selected).slice(0, SHOWN);
  if (shown.length === 0) return null;
  return (
    <div className="mt-4">
      <h3 className="text-soft">Issues of</h3>
      <ul className="mt-1 flex flex-wrap gap-2">
        {shown.map(({ id, fullName, url, openIssues }) => (
          <li key={id}>
            <Button asChild size="sm">
              <a href={`${url}/issues`} target="_blank" rel="noreferrer">
                {fullName}
                {openIssues > 0 ? <span className="text-soft tabular">{openIssues}</span> : null}
              </a>
            </Button>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Notes in the settings that the person has been through, for the next sign-in; the steps do not read it. */
function useCompletion(step: OnboardingStep, isNoted: boolean) {
  const trpc = useTRPC();
  const { mutate } = useMutation(trpc.config.update.mutationOptions());
  const isSent = useRef(false);
  const isDone = step.state === "done";
  useEffect(() => {
    if (!isDone || isNoted || isSent.current) return;
    isSent.current = true;
    mutate({ onboarding: { completed: true } });
  }, [isDone, isNoted, mutate]);
}
