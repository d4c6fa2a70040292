"use client";
import Link from "next/link";
import { useState } from "react";
import { keyOf, keyState } from "@/components/settings/key-state";
import { SecretRow } from "@/components/settings/secret-row";
import { useProviderKey } from "@/components/settings/use-keys";
import { Select } from "@/components/ui/select";
import { AGENTS, DEFAULT_AGENT } from "@/lib/agents";
import { agentsOf } from "@/lib/credentials";
import { PROVIDER_IDS, PROVIDERS, type ProviderId } from "@/lib/providers";
import { GoOn, Result, Why } from "./step-parts";
import type { StepProps } from "./steps";

const USUAL = AGENTS[DEFAULT_AGENT].provider;
const namesOfAgents = (provider: ProviderId): string =>
  agentsOf(provider)
    .map((id) => AGENTS[id].name)
    .join(" and ");

/** One key is enough to begin; the others are added in the settings. */
export function KeyStep({ step, facts, goOn }: StepProps) {
  const [chosen, setChosen] = useState<ProviderId | null>(null);
  const refused = PROVIDER_IDS.find((id) => keyState(facts.config, id).kind === "refused");
  const provider = chosen ?? refused ?? USUAL;
  return (
    <>
      <Why>The agent thinks with a model, on your own account. One key is enough to begin.</Why>
      <label className="mt-4 flex flex-wrap items-center gap-3">
        Provider
        <Select
          value={provider}
          onChange={({ target }) => setChosen(PROVIDER_IDS.find((id) => id === target.value) ?? null)}
        >
          {PROVIDER_IDS.map((id) => (
            <option key={id} value={id}>
              {PROVIDERS[id].name}
              {id === USUAL ? `, for ${namesOfAgents(id)}` : ""}
            </option>
          ))}
        </Select>
      </label>
      <KeyRow key={provider} provider={provider} facts={facts} />
      {step.state === "open" && keyState(facts.config, provider).kind !== "missing" ? (
        <p className="mt-2 text-soft">
          {namesOfAgents(provider)} can use it once a model of {PROVIDERS[provider].name} is the default in the
          settings.
        </p>
      ) : null}
      {step.state === "trouble" && refused === undefined ? (
        <p className="mt-2">
          <Link href="/settings/agents" className="link">
            Choose another model
          </Link>
        </p>
      ) : null}
      {step.state === "done" ? <Result state="done">{step.result}.</Result> : null}
      <GoOn state={step.state} goOn={goOn} />
    </>
  );
}

function KeyRow({ provider, facts: { config } }: { provider: ProviderId; facts: StepProps["facts"] }) {
  const { busy, save, remove, test } = useProviderKey(provider);
  const { name, docsUrl, keyPrefix } = PROVIDERS[provider];
  const key = keyOf(config, provider);
  return (
    <div className="mt-4 max-w-lg border-y border-line">
      <SecretRow
        id={`key-${provider}`}
        owner={provider}
        label={`${name} key`}
        help={
          <>
            Encrypted when saved, never shown again.{" "}
            <a href={docsUrl} target="_blank" rel="noreferrer" className="link">
              Make a key at {name}
            </a>
          </>
        }
        hint={keyPrefix === null ? key.name : `${keyPrefix}…`}
        status={key.status}
        state={keyState(config, provider)}
        busy={busy}
        save={(value) => save(config, value)}
        remove={() => remove(config)}
        test={test}
        isStacked
      />
    </div>
  );
}
