"use client";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { problemSentence } from "@/components/layout/problem";
import { useTRPC } from "@/components/layout/trpc-provider";
import { SettingsSection } from "@/components/settings/field-row";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { focusNow } from "@/components/ui/focus";
import { Input } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import type { DeletedAccount } from "@/lib/account";

/** Deletes everything that Porter holds of a person; their login typed is the consent. */
export function DeleteAccount({ login }: { login: string }) {
  const [isAsking, setAsking] = useState(false);
  const trpc = useTRPC();
  const remove = useMutation(trpc.account.delete.mutationOptions());
  const change = (open: boolean) => {
    // Nothing is left to go back to.
    if (remove.data === undefined) setAsking(open);
    else leave();
  };
  return (
    <SettingsSection id="danger" title="Danger zone" lead="This cannot be taken back.">
      <div className="flex flex-wrap items-center gap-4 py-4">
        <p className="min-w-0 flex-1 basis-72">
          <strong className="font-medium">Delete my account.</strong>{" "}
          <span className="text-soft">
            Running tasks are stopped. Keys, tokens, settings, tasks and logs are deleted. Comments and pull requests
            stay on GitHub, and so do your Fly app and its bill.
          </span>
        </p>
        <Button tone="danger" onClick={() => setAsking(true)}>
          Delete my account…
        </Button>
      </div>
      <Dialog
        open={isAsking}
        onOpenChange={change}
        title={remove.data === undefined ? "Delete your account?" : "Your account is deleted"}
      >
        {remove.data === undefined ? (
          <Consent
            login={login}
            isPending={remove.isPending}
            problem={remove.error}
            confirm={() => remove.mutate({ login })}
          />
        ) : (
          <Gone deleted={remove.data} />
        )}
      </Dialog>
    </SettingsSection>
  );
}

type ConsentProps = { login: string; isPending: boolean; problem: unknown; confirm: () => void };

function Consent({ login, isPending, problem, confirm }: ConsentProps) {
  const [typed, setTyped] = useState("");
  const isSame = typed.trim().toLowerCase() === login.toLowerCase();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isSame && !isPending) confirm();
  };
  return (
    <form onSubmit={submit} className="p-4">
      <label htmlFor="delete-login" className="block">
        Type <strong className="font-medium">{login}</strong> to delete everything that Porter keeps of you.
      </label>
      <Input
        id="delete-login"
        ref={focusNow}
        spellCheck={false}
        autoCapitalize="off"
        className="mt-2"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
      {problem === null ? null : <Notice tone="bad">{problemSentence(problem)}</Notice>}
      <div className="mt-4 flex justify-end">
        <Button type="submit" tone="danger" disabled={!isSame || isPending}>
          {isPending ? "Deleting…" : "Delete my account"}
        </Button>
      </div>
    </form>
  );
}

/** A whole load: what the page knew of the account is gone with it. */
const leave = (): void => window.location.assign("/");

const WORDS: [keyof DeletedAccount["removed"], string, string][] = [
  ["tasks", "task", "tasks"],
  ["logFiles", "log file", "log files"],
  ["workFiles", "file of an agent's work", "files of agents' work"],
  ["secrets", "key", "keys"],
  ["tokens", "GitHub token", "GitHub tokens"],
  ["sessions", "session", "sessions"],
  ["settings", "settings document", "settings documents"],
];

function Gone({ deleted }: { deleted: DeletedAccount }) {
  const removed = WORDS.flatMap(([key, one, many]) => {
    const count = deleted.removed[key];
    return count === 0 ? [] : [`${count} ${count === 1 ? one : many}`];
  });
  return (
    <div className="p-4">
      <output className="block">
        Removed: {removed.length === 0 ? "there was nothing" : removed.join(", ")}.
        {deleted.stoppedTasks === 0 ? null : ` Stopped before: ${deleted.stoppedTasks}.`} The audit log keeps a
        pseudonym, <code className="font-mono text-xs">{deleted.pseudonym}</code>.
      </output>
      {deleted.leftovers.map((sentence) => (
        <Notice key={sentence} tone="waiting">
          {sentence}
        </Notice>
      ))}
      <div className="mt-4 flex justify-end">
        <Button tone="primary" onClick={leave}>
          Leave
        </Button>
      </div>
    </div>
  );
}
