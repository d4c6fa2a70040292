"use client";
import clsx from "clsx";
import { CircleAlert, CircleCheck, CircleDashed } from "lucide-react";
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { Time } from "@/components/layout/clock";
import { Button } from "@/components/ui/button";
import { ConfirmButton } from "@/components/ui/confirm-button";
import type { SecretStatus } from "@/lib/porter-config";
import { readSecret, type SecretOwner } from "@/lib/secret-owner";
import { LiveInput } from "./live-input";
import type { SecretState } from "./key-state";

type SecretRowProps = {
  id: string;
  /** Whose secrets it takes. */
  owner: SecretOwner;
  label: string;
  help: ReactNode;
  /** How such a secret begins. */
  hint: string;
  status: SecretStatus | undefined;
  state: SecretState;
  /** What is under way, if anything. */
  busy: "saving" | "testing" | "deleting" | null;
  save: (value: string) => Promise<boolean>;
  remove: () => Promise<boolean>;
  test?: (() => Promise<void>) | undefined;
  /** The control stands below its label, where the row is narrow. */
  isStacked?: boolean;
};

/** A secret is written, tested, replaced or deleted here, and never shown. */
export function SecretRow({
  id,
  owner,
  label,
  help,
  hint,
  status,
  state,
  busy,
  save,
  remove,
  test,
  isStacked,
}: SecretRowProps) {
  const [isReplacing, setReplacing] = useState(false);
  const isSaved = status?.configured === true;
  // What was refused wants another one.
  const isWriting = !isSaved || isReplacing || state.kind === "refused";
  return (
    <fieldset
      aria-labelledby={`${id}-label`}
      className={clsx(
        "min-w-0 grid gap-x-8 gap-y-2 py-4",
        !isStacked && "sm:grid-cols-[minmax(0,1fr)_minmax(0,24rem)]",
      )}
    >
      <div className="min-w-0">
        <p id={`${id}-label`} className="font-medium">
          {label}
        </p>
        <div className="mt-0.5 max-w-md text-soft">{help}</div>
      </div>
      <div className="min-w-0">
        {isSaved ? <Saved status={status} state={state} /> : null}
        {isWriting ? (
          <Writing
            id={id}
            owner={owner}
            hint={hint}
            words={isSaved ? "Replace" : "Save"}
            label={label}
            isBusy={busy !== null}
            isBelow={isSaved}
            cancel={isReplacing ? () => setReplacing(false) : null}
            save={async (value) => {
              const isDone = await save(value);
              if (isDone) setReplacing(false);
              return isDone;
            }}
          />
        ) : null}
        {isSaved && !isReplacing ? (
          <div className="mt-2 flex flex-wrap items-center gap-2">
            {test === undefined ? null : (
              <Button disabled={busy !== null} onClick={() => void test()} aria-label={`Test ${label}`}>
                {busy === "testing" ? "Testing…" : "Test"}
              </Button>
            )}
            {isWriting ? null : (
              <Button disabled={busy !== null} onClick={() => setReplacing(true)} aria-label={`Replace ${label}`}>
                Replace
              </Button>
            )}
            <ConfirmButton
              label="Delete"
              question="Tasks that need it will wait."
              confirm="Delete it"
              disabled={busy !== null}
              onConfirm={() => void remove()}
            />
          </div>
        ) : null}
      </div>
    </fieldset>
  );
}

function Saved({ status, state }: { status: SecretStatus; state: SecretState }) {
  return (
    <div>
      <p className="flex flex-wrap items-baseline gap-x-2">
        <code
          className="font-mono text-xs"
          aria-label={status.lastFour ? `ends in ${status.lastFour}` : state.kind === "refused" ? "refused" : "saved"}
        >
          ••••••••{status.lastFour}
        </code>
        <span className="text-soft">
          {status.savedAt === null ? null : (
            <>
              {state.kind === "refused" ? "refused; given" : "saved"} <Time at={status.savedAt} />
            </>
          )}
          {status.lastUsedAt === null ? (
            ", not used yet"
          ) : (
            <>
              , used <Time at={status.lastUsedAt} />
            </>
          )}
        </span>
      </p>
      <SecretVerdict state={state} checkedAt={status.verifiedAt} />
    </div>
  );
}

const ICONS = { valid: CircleCheck, unverified: CircleDashed, refused: CircleAlert, missing: CircleDashed };
const COLOURS = { valid: "text-good", unverified: "text-waiting", refused: "text-bad", missing: "text-soft" };

/** What the check found, read out when it changes. */
export function SecretVerdict({ state, checkedAt }: { state: SecretState; checkedAt: string | null }) {
  const Icon = ICONS[state.kind];
  return (
    <output className="mt-1 flex items-start gap-1.5">
      <Icon aria-hidden className={`mt-0.5 size-4 shrink-0 ${COLOURS[state.kind]}`} />
      <span>
        {state.sentence}
        {checkedAt === null ? null : (
          <span className="text-soft">
            {" "}
            Checked <Time at={checkedAt} />.
          </span>
        )}
      </span>
    </output>
  );
}

type WritingProps = {
  id: string;
  owner: SecretOwner;
  label: string;
  hint: string;
  words: string;
  isBusy: boolean;
  /** Something stands above it. */
  isBelow: boolean;
  cancel: (() => void) | null;
  save: (value: string) => Promise<boolean>;
};

function Writing({ id, owner, label, hint, words, isBusy, isBelow, cancel, save }: WritingProps) {
  const [value, setValue] = useState("");
  const field = useRef<HTMLInputElement>(null);
  const isReplacing = cancel !== null;
  useEffect(() => {
    if (isReplacing) field.current?.focus();
  }, [isReplacing]);
  const mistake = secretMistake(value, owner);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (value.trim() !== "" && mistake === null && (await save(value))) setValue("");
  };
  return (
    <form onSubmit={(event) => void submit(event)} className={isBelow ? "mt-2" : ""}>
      <div className="flex flex-wrap gap-2">
        <LiveInput
          ref={field}
          id={id}
          type="password"
          spellCheck={false}
          value={value}
          placeholder={hint}
          aria-label={label}
          aria-invalid={mistake !== null}
          aria-describedby={`${id}-error`}
          className="flex-1 basis-44 font-mono text-xs"
          data-1p-ignore
          onChange={(event) => setValue(event.target.value)}
        />
        <Button type="submit" tone="primary" disabled={isBusy || value.trim() === "" || mistake !== null}>
          {isBusy ? "Checking…" : words}
        </Button>
        {cancel === null ? null : (
          <Button tone="quiet" onClick={cancel}>
            Cancel
          </Button>
        )}
      </div>
      <p id={`${id}-error`} aria-live="polite" className={mistake === null ? "" : "mt-1 text-bad"}>
        {mistake}
      </p>
    </form>
  );
}

/** What cannot be such a secret is said while it is pasted, and not sent. */
export function secretMistake(value: string, owner: SecretOwner): string | null {
  const read = readSecret(value, owner);
  return value.trim() === "" || "secret" in read ? null : `${read.fault} ${read.fix}`;
}
