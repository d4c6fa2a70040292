"use client";
import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { Time } from "@/components/layout/clock";
import { problemOf } from "@/components/layout/problem";
import { useTRPC } from "@/components/layout/trpc-provider";
import { SettingsSection } from "@/components/settings/field-row";
import { LiveInput } from "@/components/settings/live-input";
import { Button } from "@/components/ui/button";
import { ConfirmButton } from "@/components/ui/confirm-button";
import { showToast } from "@/components/ui/toast";
import type { RepositorySetUp } from "@/lib/set-up/page";

type RepositoryName = { owner: string; name: string };

/** Names of secrets; a value is written here and never shown. */
export function SecretsSection({ repository, setUp }: { repository: RepositoryName; setUp: RepositorySetUp }) {
  const { secrets, wanted, isAdmin } = setUp;
  const missing = wanted.filter((name) => !secrets.some((secret) => secret.name === name));
  return (
    <SettingsSection
      id="secrets"
      title="Secrets for set-up"
      lead="Given to the set-up alone, under these names, and gone before the agent starts. Only people with admin on the repository can save them, and only machines of the Fly app below get them."
    >
      {secrets.length === 0 ? <p className="py-4 text-soft">None is saved.</p> : null}
      {secrets.map((secret) => (
        <Saved key={secret.name} repository={repository} secret={secret} isAdmin={isAdmin} />
      ))}
      {missing.length === 0 ? null : (
        <p className="py-4 text-waiting">The file names {missing.join(", ")}, which nobody has saved.</p>
      )}
      {isAdmin ? <Add repository={repository} /> : null}
    </SettingsSection>
  );
}

function useSecret() {
  const trpc = useTRPC();
  const router = useRouter();
  const save = useMutation(trpc.repositories.saveSecret.mutationOptions());
  const put = (input: Parameters<typeof save.mutate>[0], words: string, after?: () => void) =>
    save.mutate(input, {
      onSuccess() {
        showToast(words);
        after?.();
        router.refresh();
      },
      onError: (error) => showToast(problemOf(error).message, { tone: "bad" }),
    });
  return { put, isPending: save.isPending };
}

type SavedProps = { repository: RepositoryName; secret: RepositorySetUp["secrets"][number]; isAdmin: boolean };

function Saved({ repository, secret: { name, savedAt, lastUsedAt }, isAdmin }: SavedProps) {
  const { put, isPending } = useSecret();
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3">
      <code className="font-mono text-xs">{name}</code>
      <span className="flex-1 text-soft">
        saved <Time at={savedAt} />
        {lastUsedAt === null ? (
          ", not used yet"
        ) : (
          <>
            , used <Time at={lastUsedAt} />
          </>
        )}
      </span>
      {isAdmin ? (
        <ConfirmButton
          label="Delete"
          question="Set-ups that need it will go without."
          confirm="Delete it"
          disabled={isPending}
          onConfirm={() => put({ ...repository, secret: name, value: null }, `${name} deleted.`)}
        />
      ) : null}
    </div>
  );
}

function Add({ repository }: { repository: RepositoryName }) {
  const { put, isPending } = useSecret();
  const [name, setName] = useState("");
  const [value, setValue] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name === "" || value === "") return;
    put({ ...repository, secret: name, value }, `${name} saved.`, () => {
      setName("");
      setValue("");
    });
  };
  return (
    <form onSubmit={submit} className="flex flex-wrap gap-2 py-4">
      <LiveInput
        aria-label="Name of the secret"
        placeholder="NPM_TOKEN"
        spellCheck={false}
        className="flex-1 basis-40 font-mono text-xs"
        value={name}
        onChange={({ target }) => setName(target.value.trim())}
      />
      <LiveInput
        type="password"
        aria-label="Value of the secret"
        placeholder="Value"
        spellCheck={false}
        className="flex-1 basis-40 font-mono text-xs"
        data-1p-ignore
        value={value}
        onChange={({ target }) => setValue(target.value)}
      />
      <Button type="submit" tone="primary" disabled={isPending || name === "" || value === ""}>
        {isPending ? "Saving…" : "Save"}
      </Button>
    </form>
  );
}
