"use client";
import Link from "next/link";
import { Badge } from "@/components/ui/badge";
import { Select } from "@/components/ui/select";
import { Switch } from "@/components/ui/switch";
import { AGENT_IDS, AGENTS, type AgentId } from "@/lib/agents";
import { FAILURES } from "@/lib/failures";
import { providerFor } from "@/lib/model-provider";
import { PROVIDERS } from "@/lib/providers";
import { PRIORITY_NAMES } from "@/lib/task";
import { SettingsSection } from "./field-row";
import { hasKey } from "./key-state";
import { ModelPicker } from "./model-picker";
import { agentSettings } from "./setting";
import { useSettings } from "./use-settings";

export function AgentsSection() {
  return (
    <SettingsSection
      id="agents"
      title="Agents"
      lead="What a comment starts when it does not say otherwise. A mention of an agent that is off waits until it is switched on; one that cannot be metered is answered, and starts nothing."
    >
      {AGENT_IDS.map((id) => (
        <AgentRow key={id} agent={id} />
      ))}
    </SettingsSection>
  );
}

function AgentRow({ agent }: { agent: AgentId }) {
  const { shown, set } = useSettings();
  const { name, docsUrl, isMetered } = AGENTS[agent];
  const { enabled, priority, defaultModel } = agentSettings(agent);
  const isOn = enabled.read(shown);
  const model = defaultModel.read(shown);
  const titleId = `agent-${agent}`;
  return (
    <fieldset aria-labelledby={titleId} className="min-w-0 py-4">
      <div className="flex items-center gap-3">
        <Switch
          id={`${titleId}-on`}
          checked={isOn}
          onCheckedChange={(checked) => set(enabled, checked)}
          aria-label={`Use ${name}`}
        />
        <h3 id={titleId} className="font-medium">
          {name}
        </h3>
        <KeyBadge agent={agent} model={model} isOn={isOn} />
        <a href={docsUrl} className="ml-auto link text-soft" target="_blank" rel="noreferrer">
          Docs<span className="sr-only"> of {name}</span>
        </a>
      </div>
      {isMetered ? null : <p className="mt-1 text-soft sm:pl-12">{FAILURES.agent_unmetered.sentence}</p>}
      <div className="mt-3 flex flex-wrap items-end gap-x-6 gap-y-3 sm:pl-12">
        <div className="min-w-0 flex-1 basis-64">
          <span className="mb-1 block text-xs text-soft">Default model</span>
          <ModelPicker agent={agent} value={model} onChange={(next) => set(defaultModel, next)} />
        </div>
        <label className="w-36">
          <span className="mb-1 block text-xs text-soft">Default priority</span>
          <Select
            className="w-full"
            value={priority.read(shown)}
            aria-label={`Default priority of ${name}`}
            onChange={({ target }) => {
              const chosen = PRIORITY_NAMES.find((known) => known === target.value);
              if (chosen !== undefined) set(priority, chosen);
            }}
          >
            {PRIORITY_NAMES.map((known) => (
              <option key={known}>{known}</option>
            ))}
          </Select>
        </label>
      </div>
    </fieldset>
  );
}

/** Says what an agent lacks before a task does. */
function KeyBadge({ agent, model, isOn }: { agent: AgentId; model: string | null; isOn: boolean }) {
  const { shown } = useSettings();
  const provider = providerFor(agent, model);
  if (hasKey(shown, provider)) return null;
  return (
    <Badge tone={isOn ? "waiting" : "neutral"}>
      <Link href={`/settings/providers?provider=${provider}`}>needs your {PROVIDERS[provider].name} key</Link>
    </Badge>
  );
}
