"use client";
import { type FormEvent, useState } from "react";
import { Time } from "@/components/layout/clock";
import { Button } from "@/components/ui/button";
import { ConfirmButton } from "@/components/ui/confirm-button";
import type { SecretStatus } from "@/lib/porter-config";

type SecretFieldProps = {
  id: string;
  label: string;
  hint: string;
  status: SecretStatus | undefined;
  pending: boolean;
  /** null deletes. */
  save: (value: string | null) => Promise<boolean>;
};

/** A secret is written, replaced or deleted here, and never shown. */
export function SecretField({ id, label, hint, status, pending, save }: SecretFieldProps) {
  const [value, setValue] = useState("");
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (await save(value)) setValue("");
  };
  return (
    <form onSubmit={(event) => void submit(event)} className="flex flex-wrap items-center gap-2 py-2 text-sm">
      <label htmlFor={id} className="w-36 font-medium">
        {label}
      </label>
      <input
        id={id}
        type="password"
        autoComplete="off"
        spellCheck={false}
        value={value}
        onChange={(event) => setValue(event.target.value)}
        placeholder={status?.configured ? "Paste a new one to replace it" : hint}
        className="h-8 min-w-0 flex-1 basis-56 rounded border border-neutral-300 bg-transparent px-2 dark:border-neutral-700"
      />
      <Button type="submit" tone="primary" disabled={pending || value.trim() === ""}>
        {status?.configured ? "Replace" : "Save"}
      </Button>
      {status?.configured ? (
        <ConfirmButton
          label="Delete"
          question="Delete it?"
          confirm="Yes, delete"
          disabled={pending}
          onConfirm={() => void save(null)}
        />
      ) : null}
      <p className="basis-full text-neutral-600 dark:text-neutral-400">
        <SavedLine status={status} />
      </p>
    </form>
  );
}

function SavedLine({ status }: { status: SecretStatus | undefined }) {
  if (!status?.configured || status.savedAt === null) return "Not saved.";
  return (
    <>
      Saved <Time at={status.savedAt} />
      {status.lastFour ? `, ends in ${status.lastFour}` : null}
      {status.lastUsedAt === null ? (
        ", not used yet."
      ) : (
        <>
          , last used <Time at={status.lastUsedAt} />.
        </>
      )}
    </>
  );
}
