import { flyState, keyOf, keyState } from "@/components/settings/key-state";
import { agentSettings } from "@/components/settings/setting";
import type { Diagnostics } from "@/lib/account";
import { AGENT_IDS, AGENTS, type AgentId } from "@/lib/agents";
import { familyOf } from "@/lib/model-family";
import { providerFor } from "@/lib/model-provider";
import type { PorterConfig } from "@/lib/porter-config";
import { PROVIDER_IDS, PROVIDERS } from "@/lib/providers";
import type { TaskView } from "@/lib/task-view";

export const STEP_IDS = ["signed-in", "installed", "keys", "fly", "mention"] as const;
export type StepId = (typeof STEP_IDS)[number];

export const STEP_TITLES: Record<StepId, string> = {
  "signed-in": "Sign in with GitHub",
  installed: "Install the App",
  keys: "Save a model key",
  fly: "Connect Fly",
  mention: "Mention Porter",
};

/** What the steps are derived from. Nothing of the wizard itself is ever stored. */
export type Facts = {
  login: string;
  config: PorterConfig;
  /** null: not known yet; `silent`: GitHub cannot be asked right now. */
  diagnostics: Diagnostics | "silent" | null;
  /** The newest task. */
  task: TaskView | null;
};

/** `asking`: about to be known. `unknown`: nobody can say now. `trouble`: done once, wrong now. */
export type StepState = "done" | "open" | "trouble" | "asking" | "unknown";
export type OnboardingStep = { id: StepId; state: StepState; result: string };
export type StepProps = { step: OnboardingStep; facts: Facts; goOn: (() => void) | null };

const isOn = (config: PorterConfig) => (id: AgentId) => agentSettings(id).enabled.read(config);
/** What the agent would start with. */
const modelOf = (config: PorterConfig, id: AgentId) => agentSettings(id).defaultModel.read(config);

/** Its key is good, but sees no model of the family that the agent would start with. */
const lacksModel = (config: PorterConfig) => (id: AgentId) => {
  const model = modelOf(config, id);
  const { status } = keyOf(config, providerFor(id, model));
  return status?.verification === "no_model" && familyOf(id, model ?? AGENTS[id].defaultModel) !== null;
};

/** The agent that a first comment should name: switched on, with a key; the default one first. */
export function readyAgent(config: PorterConfig): AgentId | null {
  const hasKey = (id: AgentId) => {
    const { kind } = keyState(config, providerFor(id, modelOf(config, id)));
    return (kind === "valid" || kind === "unverified") && !lacksModel(config)(id);
  };
  return AGENT_IDS.filter(isOn(config)).find(hasKey) ?? null;
}

/** The five steps from nothing to a first task, each as it stands now. */
export const stepsOf = (facts: Facts): OnboardingStep[] => [
  { id: "signed-in", ...signedIn(facts) },
  { id: "installed", ...installed(facts) },
  { id: "keys", ...keys(facts) },
  { id: "fly", ...fly(facts) },
  { id: "mention", ...mention(facts) },
];

/** The first step that waits for the person; the last one when all is done. What nobody can say holds nobody up. */
export const currentStep = (steps: OnboardingStep[]): StepId =>
  steps.find(({ state }) => state !== "done" && state !== "unknown")?.id ?? "mention";

type Standing = Omit<OnboardingStep, "id">;

const signedIn = ({ login, diagnostics }: Facts): Standing =>
  diagnostics !== "silent" && diagnostics?.token.state === "reconnect"
    ? { state: "trouble", result: "GitHub no longer accepts Porter's access" }
    : { state: "done", result: `As ${login}` };

function installed({ diagnostics }: Facts): Standing {
  if (diagnostics === null) return { state: "asking", result: "Asking GitHub…" };
  if (diagnostics === "silent" || diagnostics.token.state === "unknown")
    return { state: "unknown", result: "GitHub does not answer right now" };
  const usable = diagnostics.installations.filter(({ suspended }) => !suspended);
  if (usable.length === 0)
    return diagnostics.installations.length === 0
      ? { state: "open", result: "Not installed yet" }
      : { state: "trouble", result: "The installation is suspended" };
  const lacking = usable.every(({ permissions }) => Object.keys(permissions.missing).length > 0);
  const accounts = usable.map(({ account }) => account).join(", ");
  return lacking
    ? { state: "trouble", result: `${accounts} has not accepted all permissions` }
    : { state: "done", result: `On ${accounts}` };
}

function keys({ config }: Facts): Standing {
  const agent = readyAgent(config);
  if (agent !== null) {
    const provider = providerFor(agent, modelOf(config, agent));
    const found = keyOf(config, provider).status?.verification;
    const { name } = PROVIDERS[provider];
    const isAccepted = found === "valid" || found === "no_model";
    return { state: "done", result: isAccepted ? `${name} accepts it` : `${name}: saved, not checked yet` };
  }
  const refused = PROVIDER_IDS.find((id) => keyState(config, id).kind === "refused");
  const lacking = AGENT_IDS.filter(isOn(config)).find(lacksModel(config));
  const wrong = refused ?? (lacking === undefined ? undefined : providerFor(lacking, modelOf(config, lacking)));
  if (wrong !== undefined) return { state: "trouble", result: keyState(config, wrong).sentence };
  const isAnySaved = PROVIDER_IDS.some((id) => keyState(config, id).kind !== "missing");
  return { state: "open", result: isAnySaved ? "No agent that is on has a key" : "No key yet" };
}

function fly({ config }: Facts): Standing {
  const { kind, sentence } = flyState(config);
  if (kind === "valid") return { state: "done", result: `App ${config.flyAppName ?? ""}` };
  if (kind === "unverified") return { state: "done", result: "Saved, not checked yet" };
  if (kind === "refused") return { state: "trouble", result: sentence };
  return { state: "open", result: config.flyTokenStatus.configured ? "No app yet" : "No token yet" };
}

function mention({ task }: Facts): Standing {
  if (task === null) return { state: "open", result: "Waiting for it" };
  const where = `${task.repoOwner}/${task.repoName}#${task.issueNumber}`;
  return { state: task.status === "success" ? "done" : "open", result: where };
}
