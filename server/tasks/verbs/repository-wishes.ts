import { AGENTS, type AgentId, DEFAULT_AGENT } from "@/lib/agents";
import { leastBudget } from "@/lib/budget";
import { guestWords, MACHINES, MACHINE_SIZES, type MachineSize, cappedSize } from "@/lib/machine-size";
import { NO_SET_UP, type SetUp, type RepositoryWishes, findSetUp } from "@/lib/set-up/find";
import { PORTER_FILE } from "@/lib/set-up/porter-file";
import type { FileProblem } from "@/lib/set-up/problem";
import type { RepositoryFiles } from "@/lib/set-up/files";
import type { RunSettings } from "@/server/settings/run-settings";

/** What the requester asked for in so many words; null: as it is set. */
type Asked = { agent: AgentId | null; model: string | null; machine: MachineSize | null; budget: number | null };
export type RunChoice = {
  agent: AgentId;
  model: string | null;
  machine: MachineSize | null;
  budget: number | null;
  timeoutMinutes: number;
  setUp: SetUp;
};

/** What a run is made of: what was asked for, else what the repository wishes within the requester's settings. */
export function chooseRun(files: RepositoryFiles | null, asked: Asked, settings: RunSettings): RunChoice {
  const { setUp, wishes } = files === null ? { setUp: NO_SET_UP, wishes: {} } : findSetUp(files);
  return chooseFrom({ setUp, wishes, asked, settings });
}

/** The same without the agent and the model that the repository wishes: what the requester has no key for. */
export function chooseOwnRun(files: RepositoryFiles, asked: Asked, settings: RunSettings): RunChoice {
  const { setUp, wishes } = findSetUp(files);
  const { agent, model, ...rest } = wishes;
  const own = chooseFrom({ setUp, wishes: rest, asked, settings });
  const limits = [
    ...(agent === undefined || agent === own.agent ? [] : [limited("agent", own.agent)]),
    ...(model === undefined ? [] : [limited("model", own.model ?? `${own.agent}'s own`)]),
  ];
  return { ...own, setUp: { ...own.setUp, problems: [...own.setUp.problems, ...limits] } };
}

function chooseFrom(input: { setUp: SetUp; wishes: RepositoryWishes; asked: Asked; settings: RunSettings }): RunChoice {
  const { setUp, wishes, asked, settings } = input;
  const { taskTimeout } = settings.config.settings;
  const mayWish = wishes.agent === undefined || settings.agent(wishes.agent).enabled;
  const agent = asked.agent ?? (mayWish ? wishes.agent : undefined) ?? DEFAULT_AGENT;
  // A model is of the agent that it is named with.
  const isItsAgent = agent === (wishes.agent ?? DEFAULT_AGENT);
  const own = settings.agent(agent).defaultModel ?? AGENTS[agent].defaultModel;
  const wished = wishes.machine === undefined ? null : sizeFor(wishes.machine);
  const machine = wished === null ? null : cappedSize(wished, settings.config.largestMachine);
  const timeoutMinutes = Math.min(wishes.timeout ?? taskTimeout, taskTimeout);
  const limits = [
    ...(asked.agent === null && !mayWish ? [limited("agent", agent)] : []),
    ...(asked.machine === null && machine !== wished && machine !== null
      ? [limited("machine", guestWords(MACHINES[machine]))]
      : []),
    ...(wishes.timeout !== undefined && timeoutMinutes < wishes.timeout
      ? [limited("timeout", `${timeoutMinutes} minutes`)]
      : []),
  ];
  return {
    agent,
    model: asked.model ?? (isItsAgent ? wishes.model : undefined) ?? own,
    machine: asked.machine ?? machine,
    budget: leastBudget(asked.budget, wishes.budget),
    timeoutMinutes,
    setUp: { ...setUp, problems: [...setUp.problems, ...limits] },
  };
}

const limited = (key: string, to: string): FileProblem => ({ file: PORTER_FILE, line: null, key, is: "limited", to });

/** The smallest machine that has as much; the largest there is where none has. */
function sizeFor({ cpus = 0, memory = 0 }: NonNullable<RepositoryWishes["machine"]>): MachineSize {
  const fitting = MACHINE_SIZES.find((size) => MACHINES[size].cpus >= cpus && MACHINES[size].memoryMb >= memory);
  return fitting ?? MACHINE_SIZES[MACHINE_SIZES.length - 1] ?? MACHINE_SIZES[0];
}
