"use client";
import { useMention, useMentions } from "@/components/layout/mention";
import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { type FormEvent, useEffect, useState } from "react";
import { apiClient } from "@/components/layout/api-client";
import { problemOf } from "@/components/layout/problem";
import { ModelPicker } from "@/components/settings/model-picker";
import { agentSettings, machineWords } from "@/components/settings/setting";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { focusNow } from "@/components/ui/focus";
import { Input, Textarea } from "@/components/ui/input";
import { CommandKey } from "@/components/ui/command-key";
import { FixWords } from "@/components/ui/fix-words";
import { Notice } from "@/components/ui/notice";
import { Select } from "@/components/ui/select";
import { showToast } from "@/components/ui/toast";
import { readFlagValue } from "@/lib/commands/flag-values";
import { readBudget } from "@/lib/budget";
import { costText } from "@/lib/format";
import { MACHINE_SIZES, mayHave } from "@/lib/machine-size";
import type { PorterConfig } from "@/lib/porter-config";
import { PRIORITY_NAMES } from "@/lib/task";
import { AgentChoice, obstacleOf } from "./agent-choice";
import type { IssueReference } from "./issue-reference";
import { keepDraft } from "./drafts";
import { keepChoice } from "./last-choice";
import { applyCommand, commentOf, readCommand, type CommandReading, type TaskChoice } from "./task-choice";

type ReviewSheetProps = {
  issue: IssueReference;
  config: PorterConfig;
  initial: TaskChoice;
  /** The task that is tried again; its issue, base and position in the queue stay. */
  retryId: string | null;
  close: () => void;
};

/** What will be asked for, and the comment that would ask the same; ⌘↵ starts it from every field. */
export function ReviewSheet({ issue, config, initial, retryId, close }: ReviewSheetProps) {
  const mentions = useMentions();
  const mention = useMention();
  const [first] = useState(initial);
  const [typed, setTyped] = useState<TaskChoice>(first);
  const reading = readCommand(typed.instructions, mentions);
  // A command among the instructions wins over the fields, as it would on the issue.
  const choice = reading.kind === "start" ? applyCommand({ ...typed, instructions: "" }, reading.command) : typed;
  const { start, isStarting, problem } = useStart({ issue, retryId, close });
  const isTouched = typed !== first;
  useEffect(() => {
    if (isTouched && retryId === null) keepDraft(issue, typed);
  }, [isTouched, retryId, issue, typed]);
  const obstacle = obstacleOf(config, choice.agent, choice.model);
  const isBaseWrong = choice.base !== null && !readFlagValue("base", choice.base).ok;
  const isRead = reading.kind === "words" || reading.kind === "start";
  const isReady = !isStarting && obstacle === null && isRead && !isBaseWrong;
  // A field that is set by hand takes over from a typed command.
  const put = (change: Partial<TaskChoice>) => setTyped({ ...choice, ...change });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isReady) start(choice);
  };
  useSubmitKey(isReady ? () => start(choice) : null);
  return (
    <form onSubmit={submit} className="grid gap-4 p-4">
      <Instructions
        value={typed.instructions}
        reading={reading}
        put={(instructions) => setTyped((known) => ({ ...known, instructions }))}
      />
      <AgentChoice
        config={config}
        value={choice.agent}
        model={choice.model}
        onChange={(agent) => put({ agent, model: null })}
        leave={close}
      />
      <div className="grid gap-x-4 gap-y-3 sm:grid-cols-2">
        <div>
          <span className="mb-1 block text-xs text-soft">Model</span>
          <ModelPicker agent={choice.agent} value={choice.model} onChange={(model) => put({ model })} />
        </div>
        <MachineField {...{ choice, config, put }} />
        <BudgetField {...{ choice, config, put }} />
        {retryId === null ? <PlaceFields {...{ choice, config, isBaseWrong, put }} /> : null}
      </div>
      {problem === null ? null : (
        <Notice tone="bad" className="my-0">
          {problem.message} {problem.fix === undefined ? null : <FixWords fix={problem.fix} />}
        </Notice>
      )}
      <Footer
        comment={retryId === null ? commentOf(choice, mention) : null}
        isReady={isReady}
        isStarting={isStarting}
      />
    </form>
  );
}

type FieldProps = { choice: TaskChoice; config: PorterConfig; put: (change: Partial<TaskChoice>) => void };

/** Its size, up to what the settings allow; what a typed command asks for beyond that is shown, and refused. */
const MachineField = ({ choice: { machine }, config, put }: FieldProps) => (
  <label>
    <span className="mb-1 block text-xs text-soft">Machine</span>
    <Select
      className="w-full"
      value={machine ?? ""}
      onChange={({ target }) => put({ machine: MACHINE_SIZES.find((size) => size === target.value) ?? null })}
    >
      <option value="">as set ({config.machineSize})</option>
      {MACHINE_SIZES.filter((size) => size === machine || mayHave(size, config.largestMachine)).map((size) => (
        <option key={size} value={size}>
          {machineWords(size)}
        </option>
      ))}
    </Select>
  </label>
);

/** Dollars; the least of this and the settings holds. What is no amount is not taken. */
function BudgetField({ choice: { budget }, config, put }: FieldProps) {
  const [typed, setTyped] = useState<{ text: string; budget: number | null } | null>(null);
  // A typed command or another field's draft replaces what was typed here.
  const text = typed !== null && typed.budget === budget ? typed.text : budget === null ? "" : String(budget);
  const isWrong = text.trim() !== "" && readBudget(text.trim()) === null;
  const change = (next: string) => {
    const read = readBudget(next.trim());
    setTyped({ text: next, budget: read });
    put({ budget: read });
  };
  return (
    <label>
      <span className="mb-1 block text-xs text-soft">
        Budget{isWrong ? <span className="text-bad">: this is no amount in dollars</span> : null}
      </span>
      <Input
        inputMode="decimal"
        placeholder={config.budget === null ? "no limit" : `as set (${costText(config.budget)})`}
        maxLength={10}
        aria-invalid={isWrong}
        value={text}
        onChange={({ target }) => change(target.value)}
      />
    </label>
  );
}

type PlaceFieldsProps = FieldProps & { isBaseWrong: boolean };

/** Its position in the queue, and where it begins. */
const PlaceFields = ({ choice, config, isBaseWrong, put }: PlaceFieldsProps) => (
  <>
    <label>
      <span className="mb-1 block text-xs text-soft">Priority</span>
      <Select
        className="w-full"
        value={choice.priority ?? ""}
        onChange={({ target }) => put({ priority: PRIORITY_NAMES.find((name) => name === target.value) ?? null })}
      >
        <option value="">as set ({agentSettings(choice.agent).priority.read(config)})</option>
        {PRIORITY_NAMES.map((name) => (
          <option key={name}>{name}</option>
        ))}
      </Select>
    </label>
    <label>
      <span className="mb-1 block text-xs text-soft">
        Base branch{isBaseWrong ? <span className="text-bad">: this is no branch's name</span> : null}
      </span>
      <Input
        spellCheck={false}
        className="font-mono text-xs"
        placeholder="default"
        maxLength={200}
        aria-invalid={isBaseWrong}
        value={choice.base ?? ""}
        onChange={({ target }) => put({ base: target.value.trim() === "" ? null : target.value.trim() })}
      />
    </label>
  </>
);

type InstructionsProps = { value: string; reading: CommandReading; put: (instructions: string) => void };

function Instructions({ value, reading, put }: InstructionsProps) {
  const mention = useMention();
  const isWrong = reading.kind === "mistake" || reading.kind === "other";
  return (
    <div>
      <label htmlFor="dispatch-instructions" className="mb-1 block text-xs text-soft">
        Instructions, if the issue does not say it all; a whole <code className="font-mono">@{mention}</code> command
        works too
      </label>
      <Textarea
        id="dispatch-instructions"
        ref={focusNow}
        rows={3}
        value={value}
        aria-invalid={isWrong}
        aria-describedby="dispatch-reading"
        onChange={({ target }) => put(target.value)}
      />
      <div id="dispatch-reading" aria-live="polite" className={isWrong ? "mt-1 text-bad" : "mt-1 text-soft"}>
        {reading.kind === "other" ? reading.sentence : null}
        {reading.kind === "start" ? "Read as a command; what it names is set below." : null}
        {reading.kind === "mistake" ? (
          <>
            "{reading.mistake.what}" starts nothing.{" "}
            {reading.mistake.suggestion === null ? null : `${reading.mistake.suggestion} was meant? `}
            {/\[|…/.test(reading.mistake.correctForm) ? (
              <code className="font-mono text-xs">{reading.mistake.correctForm}</code>
            ) : (
              <Button size="sm" onClick={() => put(reading.mistake.correctForm)}>
                Use <code className="font-mono">{reading.mistake.correctForm}</code>
              </Button>
            )}
          </>
        ) : null}
      </div>
    </div>
  );
}

type FooterProps = { comment: string | null; isReady: boolean; isStarting: boolean };

const Footer = ({ comment, isReady, isStarting }: FooterProps) => (
  <div className="flex flex-wrap items-center gap-3 border-t border-line pt-3">
    <p className="flex min-w-0 flex-1 basis-60 items-center gap-1 text-soft">
      {comment === null ? (
        "A new task with a branch of its own; the old one stays as it ended."
      ) : (
        <>
          <span className="shrink-0">Same as</span>
          <code className="min-w-0 truncate font-mono text-xs" title={comment}>
            {comment}
          </code>
          <CopyButton text={comment} label="Copy the comment" />
        </>
      )}
    </p>
    <Button type="submit" tone="primary" disabled={!isReady}>
      {isStarting ? "Starting…" : "Start"}
      <span aria-hidden className="hidden sm:inline">
        <CommandKey with="↵" />
      </span>
    </Button>
  </div>
);

type Start = Pick<ReviewSheetProps, "issue" | "retryId" | "close">;

/** Starts a task once, however often it is asked for, and goes to it. */
function useStart({ issue: { owner, name, number }, retryId, close }: Start) {
  const router = useRouter();
  // One key a sheet: a second press, or a retry after a lost answer, finds the first one's task.
  const [idempotencyKey] = useState(() => crypto.randomUUID());
  const repository = `${owner}/${name}`;
  const ask = ({ agent, model, priority, base, machine, budget, instructions }: TaskChoice) => {
    const wish = {
      agent,
      model: model ?? undefined,
      machine: machine ?? undefined,
      budget: budget ?? undefined,
      instructions,
      idempotencyKey,
    };
    if (retryId !== null) return apiClient.tasks.retry.mutate({ id: retryId, ...wish });
    const target = { repository, issueNumber: number, priority: priority ?? undefined, baseBranch: base ?? undefined };
    return apiClient.tasks.create.mutate({ ...target, ...wish });
  };
  const work = useMutation({
    mutationFn: ask,
    onSuccess: ({ task }, choice) => {
      if (retryId === null) keepChoice(window.localStorage, repository, choice);
      keepDraft({ owner, name, number }, null);
      showToast(`Started “${task.issueTitle}”`);
      close();
      router.push(`/tasks/${task.id}`);
    },
  });
  const start = (choice: TaskChoice) => {
    if (!work.isPending) work.mutate(choice);
  };
  return { start, isStarting: work.isPending, problem: work.error === null ? null : problemOf(work.error) };
}

/** ⌘↵ from wherever the focus is; null: not now. */
function useSubmitKey(submit: (() => void) | null) {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key !== "Enter" || !(event.metaKey || event.ctrlKey)) return;
      event.preventDefault();
      submit?.();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [submit]);
}
