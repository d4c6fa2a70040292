"use client";
import { Check } from "lucide-react";
import { useState } from "react";
import { Command, CommandEmpty, CommandGroup, CommandInput, CommandItem, CommandList } from "@/components/ui/command";
import { focusNow } from "@/components/ui/focus";
import { AGENTS, type AgentId, providersOf } from "@/lib/agents";
import { type ModelInfo, modelsOf } from "@/lib/models";
import { PROVIDERS, type ProviderId } from "@/lib/providers";

type ModelListProps = {
  agent: AgentId;
  defaultModel: string;
  value: string | null;
  choose: (model: string | null) => void;
};

const nameFor = (agent: AgentId, provider: ProviderId, model: string): string =>
  AGENTS[agent].namesProvider ? `${provider}/${model}` : model;

const hasModels = (provider: ProviderId): boolean => modelsOf(provider).length > 0;

export default function ModelList({ agent, defaultModel, value, choose }: ModelListProps) {
  const [search, setSearch] = useState("");
  const typed = search.trim();
  return (
    <Command label={`Models of ${AGENTS[agent].name}`} loop>
      <CommandInput
        value={search}
        onValueChange={setSearch}
        placeholder="Search models, or type a name"
        ref={focusNow}
      />
      <CommandEmpty>No model is named like that.</CommandEmpty>
      <CommandList>
        <CommandGroup>
          <ModelItem
            id="default"
            name={`Default (${defaultModel})`}
            isChosen={value === null}
            choose={() => choose(null)}
          />
          {AGENTS[agent].shortNames.map((name) => (
            <ModelItem key={name} id={name} name={name} isChosen={value === name} choose={() => choose(name)} />
          ))}
        </CommandGroup>
        {providersOf(agent)
          .filter(hasModels)
          .map((provider) => (
            <CommandGroup key={provider} heading={PROVIDERS[provider].name}>
              {modelsOf(provider).map((model) => {
                const id = nameFor(agent, provider, model.id);
                return (
                  <ModelItem
                    key={id}
                    id={id}
                    name={model.name}
                    detail={figures(model)}
                    isChosen={value === id}
                    choose={() => choose(id)}
                  />
                );
              })}
            </CommandGroup>
          ))}
        {typed === "" || /\s/.test(typed) ? null : (
          <CommandGroup heading="As typed" forceMount>
            <CommandItem forceMount value={`typed ${typed}`} onSelect={() => choose(typed)}>
              Use <code className="font-mono text-xs">{typed}</code>
            </CommandItem>
          </CommandGroup>
        )}
      </CommandList>
      <p className="border-t border-line px-3.5 py-2 text-xs text-soft">
        Context in tokens · dollars a million tokens, in / out
      </p>
    </Command>
  );
}

type ModelItemProps = { id: string; name: string; detail?: string; isChosen: boolean; choose: () => void };

const ModelItem = ({ id, name, detail, isChosen, choose }: ModelItemProps) => (
  <CommandItem value={`${id} ${name}`} onSelect={choose}>
    <Check aria-hidden className={isChosen ? "" : "invisible"} />
    <span className="min-w-0 flex-1 truncate">
      {name}
      {isChosen ? <span className="sr-only"> (chosen)</span> : null}
    </span>
    {detail === undefined ? null : <span className="shrink-0 text-xs text-soft tabular">{detail}</span>}
  </CommandItem>
);

const size = (tokens: number) => (tokens >= 1_000_000 ? `${tokens / 1_000_000} M` : `${Math.round(tokens / 1000)} k`);
const dollars = (usd: number) => `$${usd < 1 ? usd.toFixed(2) : String(usd)}`;

/** Context, then dollars a million tokens in and out. */
const figures = ({ context, cost }: ModelInfo): string =>
  [size(context), ...(cost === null ? [] : [`${dollars(cost.input)} / ${dollars(cost.output)}`])].join(" · ");
