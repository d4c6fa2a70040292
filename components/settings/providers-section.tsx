"use client";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { AGENT_IDS, AGENTS } from "@/lib/agents";
import { agentsOf } from "@/lib/credentials";
import { providerFor } from "@/lib/model-provider";
import type { PorterConfig } from "@/lib/porter-config";
import { PROVIDER_IDS, PROVIDERS, type ProviderId } from "@/lib/providers";
import { SettingsSection } from "./field-row";
import { hasKey, keyOf, keyState } from "./key-state";
import { SecretRow } from "./secret-row";
import { agentSettings } from "./setting";
import { useProviderKey } from "./use-keys";
import { useSettings } from "./use-settings";

/** Providers that an agent which is on would use with its model. */
export const neededProviders = (config: PorterConfig): ProviderId[] => {
  const needed = AGENT_IDS.filter((id) => agentSettings(id).enabled.read(config)).map((id) =>
    providerFor(id, agentSettings(id).defaultModel.read(config)),
  );
  return PROVIDER_IDS.filter((id) => needed.includes(id));
};

/** `wanted`: the provider that a link named; it is shown whatever else is. */
export function ProvidersSection({ wanted }: { wanted: ProviderId | null }) {
  const { saved } = useSettings();
  const [isAll, setAll] = useState(false);
  const needed = neededProviders(saved);
  const isFirst = (id: ProviderId) => needed.includes(id) || hasKey(saved, id) || id === wanted;
  const first = PROVIDER_IDS.filter(isFirst);
  const others = PROVIDER_IDS.filter((id) => !isFirst(id));
  return (
    <SettingsSection
      id="providers"
      title="Providers and keys"
      lead="Your tasks call the model providers with your own keys. They are encrypted when they are saved, never shown again, and deleting one deletes it."
    >
      {first.map((id) => (
        <ProviderKey key={id} provider={id} isNeeded={needed.includes(id)} />
      ))}
      {isAll ? others.map((id) => <ProviderKey key={id} provider={id} isNeeded={false} />) : null}
      {isAll || others.length === 0 ? null : (
        <div className="py-3">
          <Button tone="quiet" onClick={() => setAll(true)}>
            Show {others.length} more providers
          </Button>
        </div>
      )}
    </SettingsSection>
  );
}

function ProviderKey({ provider, isNeeded }: { provider: ProviderId; isNeeded: boolean }) {
  const { saved } = useSettings();
  const { busy, save, remove, test } = useProviderKey(provider);
  const { name, docsUrl, keyPrefix } = PROVIDERS[provider];
  const key = keyOf(saved, provider);
  const agents = agentsOf(provider);
  return (
    <SecretRow
      id={`key-${provider}`}
      owner={provider}
      label={`${name} key`}
      help={
        <>
          For {agents.map((id) => AGENTS[id].name).join(" and ")}
          {!isNeeded && agents.some((id) => AGENTS[id].namesProvider) ? " with its models" : null}.{" "}
          <a href={docsUrl} target="_blank" rel="noreferrer" className="link">
            Make a key
          </a>
        </>
      }
      hint={keyPrefix === null ? key.name : `${keyPrefix}…`}
      status={key.status}
      state={keyState(saved, provider)}
      busy={busy}
      save={(value) => save(saved, value)}
      remove={() => remove(saved)}
      test={test}
    />
  );
}
