import {
  type ScriptedEnding,
  type ModelScript,
  REFUSAL_NAMES,
  type RefusalName,
  type ScriptedTurn,
} from "../../agent-image/testing/agent-script.ts";
import { AGENT_SCRIPTS } from "../../agent-image/testing/agent-scripts.ts";
import {
  endsAsking,
  endsDone,
  type Expected,
  endsFailed,
  endsWithoutChanges,
  endsPartial,
  SILENT,
  endsWaiting,
} from "../../agent-image/testing/expected-ending.ts";
import { AGENT_IDS, type AgentId, AGENTS } from "../../lib/agents.ts";
import { PROVIDERS } from "../../lib/providers.ts";

const DONE: ScriptedTurn = { say: "Made it better: there is a `better.md` now." };

/** What each refusal of a provider must come to; `provider` is its name. */
const REFUSALS: Record<RefusalName, { about: string; expected: (provider: string) => Expected }> = {
  "key-refused": {
    about: "The provider refuses the key.",
    expected: (provider) => endsWaiting("provider_auth", `Needs your ${provider} key`),
  },
  "rate-limited": {
    about: "The provider refuses for an hour.",
    expected: () => endsFailed("provider_limit", "The model provider's limit lasts until 2"),
  },
  overloaded: {
    about: "The provider is overloaded.",
    expected: () => endsFailed("agent_failed", "The model provider is overloaded"),
  },
  "context-too-long": {
    about: "The conversation is longer than the model takes.",
    expected: () => endsFailed("agent_failed", "The conversation grew longer than the model takes"),
  },
  "credit-too-low": {
    about: "The account with the provider is empty.",
    expected: (provider) => endsWaiting("provider_limit", `Needs credit with ${provider}`),
  },
  "model-unavailable": {
    about: "The provider does not know the model.",
    expected: () => endsFailed("model_unavailable", "The model provider does not offer this model to this key"),
  },
};

const KILLED = endsPartial(
  endsFailed("out_of_memory", "The agent was killed, most likely because memory ran out", "exited"),
);

/** What every agent does whose model can be played. */
function common(agent: AgentId, { call, refusals, exitsBy }: ModelScript): ScriptedEnding[] {
  const write: ScriptedTurn = {
    say: "I write it down.",
    tools: [call({ do: "write", path: "better.md", content: "Better.\n" })],
  };
  const run = (command: string): ScriptedTurn => ({
    say: "I run something.",
    tools: [call({ do: "run", command, why: "Run it" })],
  });
  const play = (...turns: ScriptedTurn[]): ScriptedEnding["provider"] => ({ does: "play", turns });
  return [
    {
      name: `${agent}-changes`,
      about: "A file is written and the work is done.",
      agent,
      provider: play(write, DONE),
      expected: endsDone(),
    },
    {
      name: `${agent}-no-changes`,
      about: "What was asked for is there already.",
      agent,
      provider: play(run("ls"), { say: "Nothing to do: the widgets are better already." }),
      expected: endsWithoutChanges(agent),
    },
    {
      name: `${agent}-asks`,
      about: "It ends with a question instead of work.",
      agent,
      provider: play(run("ls"), {
        say: "There are two kinds of widgets here, and I could improve either.\n\nWhich ones do you mean, the **blue** or the **red** ones?",
      }),
      expected: endsAsking(agent),
    },
    ...REFUSAL_NAMES.map((name): ScriptedEnding => {
      const { about, expected } = REFUSALS[name];
      const understood = expected(PROVIDERS[AGENTS[agent].provider].name);
      return {
        name: `${agent}-${name}`,
        about,
        agent,
        provider: { does: "refuse", refusal: refusals[name] },
        expected: exitsBy.includes(name) ? { ...understood, cause: "exited" } : understood,
      };
    }),
    {
      name: `${agent}-killed`,
      about: "The system kills the agent for its memory.",
      agent,
      provider: play(write, run("kill -9 $PPID"), DONE),
      expected: KILLED,
    },
    {
      name: `${agent}-plain-error`,
      about: "It prints an error that is no event, and exits with 0.",
      agent,
      provider: { does: "hang" },
      standIn: "echo 'error: cannot open the session store' >&2; echo 'The session could not be opened.'; exit 0",
      expected: SILENT,
    },
  ];
}

export const ENDINGS: readonly ScriptedEnding[] = AGENT_IDS.flatMap((agent) => {
  const { model, endings } = AGENT_SCRIPTS[agent];
  return [...(model === null ? [] : common(agent, model)), ...endings];
});
