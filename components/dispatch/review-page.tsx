"use client";
import { useMentions } from "@/components/layout/mention";
import { useQuery } from "@tanstack/react-query";
import { ArrowLeft } from "lucide-react";
import { useState } from "react";
import type { Retried } from "@/components/layout/palette";
import { useTRPC } from "@/components/layout/trpc-provider";
import { Button } from "@/components/ui/button";
import { DEFAULT_AGENT, AGENT_IDS } from "@/lib/agents";
import { CLOSED_ISSUE } from "@/lib/closed-issue";
import type { PorterConfig } from "@/lib/porter-config";
import { draftFor } from "./drafts";
import { obstacleOf } from "./agent-choice";
import type { IssueReference } from "./issue-reference";
import { type LastChoice, lastChoiceFor } from "./last-choice";
import { ListNote, ListProblem, LoadingItems } from "./list-note";
import type { PageProps } from "./palette-view";
import { ReviewSheet } from "./review-sheet";
import { applyCommand, readCommand, type TaskChoice } from "./task-choice";

type ReviewPageProps = PageProps & { issue: IssueReference; command: string; retryOf: Retried | null };

/** Brings together what the sheet begins with: the issue, the settings, and the last choice for the repository. */
export function ReviewPage({ issue, command, retryOf, go, close }: ReviewPageProps) {
  const mentions = useMentions();
  const trpc = useTRPC();
  const { owner, name, number } = issue;
  const repository = `${owner}/${name}`;
  const config = useQuery(trpc.config.get.queryOptions());
  const found = useQuery(
    trpc.github.issue.queryOptions({ owner, repo: name, number }, { retry: false, staleTime: 20_000 }),
  );
  const known = found.data?.issue;
  // A command that was just typed wins.
  const [draft] = useState(() => (command === "" ? draftFor(issue) : null));
  const problem = config.error ?? found.error;
  const ask = () => void Promise.all([config.refetch(), found.refetch()]);
  return (
    <div className="flex min-h-0 flex-col">
      <div className="flex items-start gap-2 border-b border-line py-2.5 pr-4 pl-2">
        <Button
          tone="quiet"
          size="icon"
          aria-label="Back to the issues"
          onClick={() => go({ page: "issue", repository, command })}
        >
          <ArrowLeft aria-hidden />
        </Button>
        <p className="min-w-0 flex-1">
          <span className="block truncate font-medium">{known?.title ?? `Issue #${number}`}</span>
          <span className="block truncate text-xs text-soft">
            {repository}#{number}
          </span>
        </p>
      </div>
      {problem === null ? null : <ListProblem error={problem} retry={ask} close={close} />}
      {problem === null && (config.data === undefined || known === undefined) ? <LoadingItems /> : null}
      {known?.isPullRequest ? (
        <ListNote tone="bad">This number is a pull request. Porter works on issues.</ListNote>
      ) : known?.state === "closed" ? (
        <ListNote tone="bad">{CLOSED_ISSUE}</ListNote>
      ) : config.data !== undefined && known !== undefined ? (
        <ReviewSheet
          issue={issue}
          config={config.data}
          initial={
            retryOf === null
              ? (draft ?? beginning(config.data, lastChoiceFor(window.localStorage, repository), { command, mentions }))
              : { ...retryOf, model: retryOf.model ?? null, priority: null, base: null, machine: null, budget: null }
          }
          retryId={retryOf?.id ?? null}
          close={close}
        />
      ) : null}
    </div>
  );
}

type Typed = { command: string; mentions: readonly string[] };

/** The last choice for the repository, else the first agent that can run; a typed command wins over both. */
function beginning(config: PorterConfig, last: LastChoice | null, typed: Typed): TaskChoice {
  const { command, mentions } = typed;
  const able = AGENT_IDS.filter((id) => obstacleOf(config, id, null) === null);
  const fallback = able.includes(DEFAULT_AGENT) ? DEFAULT_AGENT : (able[0] ?? DEFAULT_AGENT);
  const choice: TaskChoice = {
    ...(last ?? { agent: fallback, model: null, priority: null, base: null }),
    machine: null,
    budget: null,
    instructions: "",
  };
  const reading = readCommand(command, mentions);
  return reading.kind === "start" ? applyCommand(choice, reading.command) : choice;
}
