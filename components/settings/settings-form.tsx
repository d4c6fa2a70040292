"use client";
import type { ReactNode } from "react";
import { Notice } from "@/components/ui/notice";
import { AGENT_IDS, AGENTS } from "@/lib/agents";
import type { PorterConfig } from "@/lib/porter-config";
import { PROVIDER_IDS, PROVIDERS } from "@/lib/providers";
import { NumberField, TextField } from "./fields";
import { SecretField } from "./secret-field";
import { useConfig } from "./use-config";

type Parts = Pick<ReturnType<typeof useConfig>, "config" | "save" | "pending">;

/** What a person needs to run a task: keys, Fly, agents and limits. Each part saves by itself. */
export function SettingsForm({ initial }: { initial: PorterConfig }) {
  const { message, ...parts } = useConfig(initial);
  return (
    <>
      <div aria-live="polite">{message === null ? null : <Notice tone={message.tone}>{message.text}</Notice>}</div>
      <ProviderKeys {...parts} />
      <Fly {...parts} />
      <Agents {...parts} />
      <Limits {...parts} />
    </>
  );
}

function ProviderKeys({ config, save, pending }: Parts) {
  return (
    <Section
      id="providers"
      title="Model keys"
      help="Keys are encrypted when they are saved and never shown again. Anthropic is enough for opencode and Claude Code."
    >
      {PROVIDER_IDS.map((id) => {
        const provider = PROVIDERS[id];
        const [name] = provider.envNames;
        return (
          <SecretField
            key={id}
            id={`key-${id}`}
            label={provider.name}
            hint={provider.keyPrefix === null ? name : `${provider.keyPrefix}…`}
            status={config.providerCredentialStatus[id]?.[name]}
            pending={pending}
            save={(value) =>
              save(
                { providerCredentials: { [id]: { [name]: value } } },
                `${provider.name} key ${value === null ? "deleted" : "saved"}.`,
              )
            }
          />
        );
      })}
    </Section>
  );
}

function Fly({ config, save, pending }: Parts) {
  return (
    <Section
      id="fly"
      title="Fly"
      help="Machines run in your own Fly app, with a token that may create machines there (fly tokens create deploy)."
    >
      <SecretField
        id="fly-token"
        label="Token"
        hint="FlyV1 fm2_…"
        status={config.flyTokenStatus}
        pending={pending}
        save={(value) => save({ flyToken: value }, `Fly token ${value === null ? "deleted" : "saved"}.`)}
      />
      <TextField
        key={config.flyAppName}
        id="fly-app"
        label="App"
        value={config.flyAppName ?? ""}
        pending={pending}
        save={(value) => save({ flyAppName: value === "" ? null : value }, "Fly app saved.")}
      />
    </Section>
  );
}

function Agents({ config, save, pending }: Parts) {
  return (
    <Section id="agents" title="Agents" help="A mention of an agent that is off waits until it is switched on.">
      {AGENT_IDS.map((id) => {
        const { settingsKey, name } = AGENTS[id];
        const enabled = config.agents[settingsKey]?.enabled ?? true;
        const update = { agents: { [settingsKey]: { enabled: !enabled } } };
        return (
          <label key={id} className="flex items-center gap-2 py-1.5 text-sm">
            <input
              type="checkbox"
              checked={enabled}
              disabled={pending}
              onChange={() => void save(update, `${name} is ${enabled ? "off" : "on"}.`)}
            />
            {name}
          </label>
        );
      })}
    </Section>
  );
}

function Limits({ config, save, pending }: Parts) {
  const { taskTimeout, maxRetries } = config.settings;
  return (
    <Section
      id="defaults"
      title="Limits"
      help="For every new task. Only faults of machines and networks are retried by themselves."
    >
      <NumberField
        key={`timeout-${taskTimeout}`}
        id="task-timeout"
        label="Time limit, minutes"
        value={taskTimeout}
        range={[1, 90]}
        pending={pending}
        save={(value) => save({ settings: { taskTimeout: value } }, "Time limit saved.")}
      />
      <NumberField
        key={`retries-${maxRetries}`}
        id="max-retries"
        label="Retries after faults"
        value={maxRetries}
        range={[0, 5]}
        pending={pending}
        save={(value) => save({ settings: { maxRetries: value } }, "Retries saved.")}
      />
    </Section>
  );
}

function Section({ id, title, help, children }: { id: string; title: string; help: string; children: ReactNode }) {
  return (
    <section
      id={id}
      aria-labelledby={`${id}-title`}
      className="mt-6 scroll-mt-6 border-t border-neutral-200 pt-4 dark:border-neutral-800"
    >
      <h2 id={`${id}-title`} className="font-semibold">
        {title}
      </h2>
      <p className="mb-2 text-sm text-neutral-600 dark:text-neutral-400">{help}</p>
      {children}
    </section>
  );
}
