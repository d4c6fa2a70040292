import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { AGENT_IDS, namesOf } from "@/lib/agents";
import { FLAG_NAMES, VERBS } from "@/lib/commands/command";
import { MACHINES, type MachineSize } from "@/lib/machine-size";
import { NETWORK_MODES } from "@/lib/network";
import { configUpdateSchema, porterConfigSchema } from "@/lib/porter-config";
import { PROVIDER_IDS } from "@/lib/providers";
import { repositorySettingsSchema } from "@/lib/repository-settings";
import { MAX_RUNNING_TASKS_PER_USER, PHASE_PROGRESS, PORTER_LABELS, TASK_PHASES, TASK_STATUSES } from "@/lib/task";
import { taskViewSchema } from "@/lib/task-view";
import { CALLBACK_KINDS } from "@/server/callbacks/handle";
import { OTHER_ENDPOINTS } from "./other-endpoints";
import { REST_ROUTES } from "./routes";

const page = readFileSync("docs/specification.md", "utf8");
/** The text under a heading, to the next one of its kind. */
const under = (heading: string): string =>
  page.split(/^(?=## )/m).find((part) => part.startsWith(`## ${heading}\n`)) ?? "";
const spans = (text: string): Set<string> => new Set([...text.matchAll(/`([^`\n]+)`/g)].map(([, span = ""]) => span));

describe("docs/specification.md", () => {
  test("lists every endpoint, and none besides", () => {
    const listed = [...under("Endpoints").matchAll(/^\| `([A-Z]+ \/api\/\S+)`/gm)].map(([, line = ""]) => line);
    const callbacks = CALLBACK_KINDS.map((kind) => `POST /api/callbacks/${kind}`);
    const served = [...REST_ROUTES, ...OTHER_ENDPOINTS].map(({ method, path }) => `${method} /api${path}`);
    expect(listed.toSorted()).toEqual([...new Set([...served, ...callbacks])].toSorted());
  });

  test("names every field of a task, and none besides", () => {
    const [, list = ""] = /The API's `Task` has:\n\n(.*?)\n\n/s.exec(under("A task")) ?? [];
    const named = [...spans(list)];
    expect(named.toSorted()).toEqual(Object.keys(taskViewSchema.shape).toSorted());
  });

  test("names every setting of a person and of a repository", () => {
    const text = under("Settings of a person");
    const { settings, agents: _agents, ...others } = porterConfigSchema.shape;
    const names = [
      ...Object.keys(others),
      ...Object.keys(configUpdateSchema.shape),
      ...Object.keys(settings.shape).map((name) => `settings.${name}`),
      ...Object.keys(repositorySettingsSchema.shape),
      ...NETWORK_MODES,
      ...AGENT_IDS.filter((id) => namesOf(id).some((name) => text.includes(`\`${name}\``))),
    ].filter((name) => name !== "settings" && name !== "agents");
    for (const name of names) expect(text, name).toContain(`\`${name}`);
    expect(AGENT_IDS.every((id) => namesOf(id).some((name) => text.includes(`\`${name}\``)))).toBe(true);
  });

  test("names every verb, flag, agent and size that one can write", () => {
    const text = under("What one can write");
    for (const verb of VERBS) expect(text).toContain(`\`@porter ${verb}`);
    for (const flag of FLAG_NAMES) expect(text).toContain(`\`--${flag}=`);
    for (const name of AGENT_IDS.flatMap(namesOf)) expect(text).toContain(`\`${name}\``);
    for (const size of Object.keys(MACHINES) as MachineSize[]) expect(text).toContain(size);
  });

  test("names every state, phase, label, provider and limit as it is", () => {
    const told = spans(page);
    for (const word of [...TASK_STATUSES, ...PORTER_LABELS, ...PROVIDER_IDS]) expect(told).toContain(word);
    const phases = under("A task").replaceAll("\n", " ");
    for (const phase of TASK_PHASES) expect(phases).toContain(`\`${phase}\` ${PHASE_PROGRESS[phase]}`);
    expect(page).toMatch(new RegExp(`^\\| running tasks of a person +\\| ${MAX_RUNNING_TASKS_PER_USER} +\\|$`, "m"));
  });
});
