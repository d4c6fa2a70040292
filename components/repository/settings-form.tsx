"use client";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { problemOf } from "@/components/layout/problem";
import { useTRPC } from "@/components/layout/trpc-provider";
import { describedBy, FieldRow } from "@/components/settings/field-row";
import { HostNames } from "@/components/settings/host-names";
import { LiveInput } from "@/components/settings/live-input";
import { Button } from "@/components/ui/button";
import { Select } from "@/components/ui/select";
import { showToast } from "@/components/ui/toast";
import { NETWORK_MODES } from "@/lib/network";
import { MODE_WORDS } from "@/lib/network-settings";
import { type RepositorySettings as Settings, repositorySettingsSchema } from "@/lib/repository-settings";

type FormProps = { repository: { owner: string; name: string }; initial: Settings; isAdmin: boolean };

/** What holds for everybody's runs in one repository. */
export function SettingsForm({ repository, initial, isAdmin }: FormProps) {
  const trpc = useTRPC();
  const [saved, setSaved] = useState(initial);
  const [shown, setShown] = useState(initial);
  const update = useMutation(trpc.repositories.updateSettings.mutationOptions());
  const mistake = prefixMistake(shown.branchPrefix);
  const isEdited = JSON.stringify(shown) !== JSON.stringify(saved);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (mistake !== undefined || !isEdited) return;
    update.mutate(
      { ...repository, ...shown },
      {
        onSuccess: (settings) => {
          setSaved(settings);
          setShown(settings);
          showToast(`Settings of ${repository.owner}/${repository.name} saved.`);
        },
        onError: (error) => showToast(problemOf(error).message, { tone: "bad" }),
      },
    );
  };
  const put = (change: Partial<Settings>) => setShown({ ...shown, ...change });
  return (
    <form onSubmit={submit} className="divide-y divide-line">
      <Publishing shown={shown} put={put} />
      <Prefix shown={shown} put={put} mistake={mistake} />
      <Workflows shown={shown} put={put} />
      <Outsiders shown={shown} put={put} />
      <NetworkAtMost shown={shown} put={put} />
      <FieldRow
        id="networkNames"
        label="Names that every run needs"
        isGroup
        help="Added to each person's own list, unless it says None. Whoever can write here can open a way out by this."
      >
        <HostNames names={shown.networkNames} put={(networkNames) => put({ networkNames })} />
      </FieldRow>
      <SecretsApp shown={shown} put={put} isAdmin={isAdmin} />
      <div className="py-4">
        <Button type="submit" tone="primary" disabled={!isEdited || mistake !== undefined || update.isPending}>
          {update.isPending ? "Saving…" : "Save"}
        </Button>
      </div>
    </form>
  );
}

type FieldProps = { shown: Settings; put: (change: Partial<Settings>) => void };

type PickProps = {
  id: string;
  label: string;
  help: string;
  value: string;
  options: readonly (readonly [value: string, words: string])[];
  onPick: (value: string) => void;
};

/** A setting that is one of a few words. */
const PickRow = ({ id, label, help, value, options, onPick }: PickProps) => (
  <FieldRow id={id} label={label} help={help}>
    <Select
      id={id}
      className="w-full"
      aria-describedby={describedBy(id)}
      value={value}
      onChange={({ target }) => onPick(target.value)}
    >
      {options.map(([option, words]) => (
        <option key={option} value={option}>
          {words}
        </option>
      ))}
    </Select>
  </FieldRow>
);

const Publishing = ({ shown, put }: FieldProps) => (
  <PickRow
    id="publish"
    label="Pull requests"
    help="After a click, work waits on its task's page until somebody publishes it."
    value={shown.publish}
    options={[
      ["at_once", "are opened at once"],
      ["after_click", "are opened after a click"],
    ]}
    onPick={(value) => put({ publish: value === "after_click" ? "after_click" : "at_once" })}
  />
);

const Outsiders = ({ shown, put }: FieldProps) => (
  <PickRow
    id="outsiders"
    label="Comments by people without write access"
    help="What a run hears of them. Quoted, they are marked as by outsiders."
    value={shown.outsiders ?? ""}
    options={[
      ["", "are quoted in a private repository, left out in a public one"],
      ["left_out", "are left out"],
      ["quoted", "are quoted"],
    ]}
    onPick={(value) => put({ outsiders: value === "quoted" || value === "left_out" ? value : null })}
  />
);

const Workflows = ({ shown, put }: FieldProps) => (
  <PickRow
    id="workflows"
    label="Files that GitHub runs"
    help="Workflows, actions and Dependabot's orders run with the repository's secrets as soon as they are on a branch."
    value={shown.workflows}
    options={[
      ["held_back", "are held back"],
      ["allowed", "are written where the App may"],
    ]}
    onPick={(value) => put({ workflows: value === "allowed" ? "allowed" : "held_back" })}
  />
);

const NetworkAtMost = ({ shown, put }: FieldProps) => (
  <PickRow
    id="network"
    label="Machines may reach at most"
    help="Nobody's own network setting is widened by this."
    value={shown.network ?? ""}
    options={[
      ["", "what each person's settings say"],
      ...NETWORK_MODES.map((preset) => [preset, MODE_WORDS[preset].word] as const),
    ]}
    onPick={(value) => put({ network: NETWORK_MODES.find((preset) => preset === value) ?? null })}
  />
);

const Prefix = ({ shown, put, mistake }: FieldProps & { mistake: string | undefined }) => (
  <FieldRow
    id="branchPrefix"
    label="Branches begin with"
    help="As the rules of the repository want it."
    {...(mistake === undefined ? {} : { error: mistake })}
  >
    <LiveInput
      id="branchPrefix"
      spellCheck={false}
      className="font-mono text-xs"
      maxLength={40}
      aria-invalid={mistake !== undefined}
      aria-describedby={describedBy("branchPrefix")}
      value={shown.branchPrefix}
      onChange={({ target }) => put({ branchPrefix: target.value.trim() })}
    />
  </FieldRow>
);

const SecretsApp = ({ shown, put, isAdmin }: FieldProps & { isAdmin: boolean }) => (
  <FieldRow
    id="secretsApp"
    label="Fly app that may have the secrets"
    help="Whoever owns a Fly app can read its machines. Secrets go to machines of this app alone; people with admin name it."
  >
    <LiveInput
      id="secretsApp"
      spellCheck={false}
      className="font-mono text-xs"
      maxLength={63}
      disabled={!isAdmin}
      aria-describedby={describedBy("secretsApp")}
      value={shown.secretsApp ?? ""}
      onChange={({ target }) => put({ secretsApp: target.value.trim() === "" ? null : target.value.trim() })}
    />
  </FieldRow>
);

function prefixMistake(branchPrefix: string): string | undefined {
  const parsed = repositorySettingsSchema.shape.branchPrefix.safeParse(branchPrefix);
  return parsed.success ? undefined : "Letters, digits, dots, - and _, with / between; it ends with /, - or _.";
}
