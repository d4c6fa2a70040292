"use client";
import clsx from "clsx";
import Link from "next/link";
import { hasKey } from "@/components/settings/key-state";
import { agentSettings } from "@/components/settings/setting";
import { AGENT_IDS, AGENTS, type AgentId } from "@/lib/agents";
import { providerFor } from "@/lib/model-provider";
import type { PorterConfig } from "@/lib/porter-config";
import { PROVIDERS } from "@/lib/providers";

export type AgentObstacle = { words: string; fix: string; path: string };

/** What keeps an agent from running for this person with this model (null: its default), and where that is mended. */
export function obstacleOf(config: PorterConfig, agent: AgentId, model: string | null): AgentObstacle | null {
  const { enabled, defaultModel } = agentSettings(agent);
  if (!enabled.read(config))
    return {
      words: AGENTS[agent].isMetered ? "switched off" : "cannot be metered, and is off",
      fix: "switch it on",
      path: "/settings/agents",
    };
  const provider = providerFor(agent, model ?? defaultModel.read(config));
  if (hasKey(config, provider)) return null;
  return {
    words: `no ${PROVIDERS[provider].name} key`,
    fix: "add it",
    path: `/settings/providers?provider=${provider}`,
  };
}

type AgentChoiceProps = {
  config: PorterConfig;
  value: AgentId;
  /** Of the chosen agent: its provider's key is needed. null: the default one. */
  model: string | null;
  onChange: (agent: AgentId) => void;
  leave: () => void;
};

/** The agents side by side; what cannot run says why and leads to its fix. */
export const AgentChoice = ({ config, value, model, onChange, leave }: AgentChoiceProps) => (
  <fieldset>
    <legend className="mb-1 text-xs text-soft">Agent</legend>
    <div className="grid gap-2 sm:grid-cols-2">
      {AGENT_IDS.map((id) => {
        const obstacle = obstacleOf(config, id, id === value ? model : null);
        return (
          <div
            key={id}
            className={clsx(
              "rounded-md border px-3 py-1.5 has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-running",
              id === value ? "border-ink" : "border-line",
            )}
          >
            <label className={clsx("flex items-center gap-2", obstacle === null ? "cursor-pointer" : "text-soft")}>
              <input
                type="radio"
                name="agent"
                className="accent-ink outline-none"
                checked={id === value}
                disabled={obstacle !== null && id !== value}
                aria-describedby={obstacle === null ? undefined : `obstacle-${id}`}
                onChange={() => onChange(id)}
              />
              {AGENTS[id].name}
            </label>
            {obstacle === null ? null : (
              <p id={`obstacle-${id}`} className="text-xs text-waiting">
                {obstacle.words},{" "}
                <Link href={obstacle.path} onClick={leave} className="underline underline-offset-2">
                  {obstacle.fix}
                </Link>
              </p>
            )}
          </div>
        );
      })}
    </div>
  </fieldset>
);
