import { copilotSteps } from "./copilot.ts";
import { cursorEnvironment } from "./cursor-environment.ts";
import { devcontainerCommands } from "./devcontainer.ts";
import { SET_UP_MINUTES } from "./fields.ts";
import type { RepositoryFiles, SetUpFile } from "./files.ts";
import { type FoundSteps, foundLines, NOTHING_FOUND } from "./found.ts";
import type { SetUpImage, SetUpService } from "./kinds.ts";
import { lockCommands } from "./lock-files.ts";
import { PORTER_FILE, type PorterFile, readPorterFile } from "./porter-file.ts";
import type { FileProblem } from "./problem.ts";
import { miseTools, toolVersions } from "./tool-files.ts";

/** How the machine of a run is set up before the agent works. It is frozen with its task. */
export type SetUp = {
  /** The files that it comes from; none: nothing says how. */
  from: string[];
  /** A script for `bash -e`, run in the clone as the agent's user; null: nothing is run. */
  run: string | null;
  /** A run without it is not worth its money. */
  required: boolean;
  timeoutMinutes: number;
  /** Left running while the agent works. */
  start: string | null;
  services: SetUpService[];
  env: Record<string, string>;
  /** Names of the repository's secrets. */
  secrets: string[];
  image: SetUpImage | null;
  /** For the receipt; nothing acts upon them yet. */
  verify: string | null;
  tests: string[];
  network: PorterFile["network"] | null;
  problems: FileProblem[];
};
/** What a repository asks for, as far as the settings of whose machine it is allow it. */
export type RepositoryWishes = {
  [Key in "agent" | "model" | "budget" | "timeout" | "machine"]?: PorterFile[Key] | undefined;
};

export const NO_SET_UP: SetUp = {
  from: [],
  run: null,
  required: false,
  timeoutMinutes: SET_UP_MINUTES,
  start: null,
  services: [],
  env: {},
  secrets: [],
  image: null,
  verify: null,
  tests: [],
  network: null,
  problems: [],
};

const OTHER_NAMES = [".porter.yaml", "porter.yml", "porter.yaml"];

/** Other tools' files, in the order in which they are asked. */
const OTHERS: readonly (readonly [SetUpFile, (content: string) => FoundSteps])[] = [
  [".github/workflows/copilot-setup-steps.yml", copilotSteps],
  [".cursor/environment.json", cursorEnvironment],
  [
    ".openinspect/setup.sh",
    (content) => (content.trim() === "" ? NOTHING_FOUND : foundLines(["bash .openinspect/setup.sh"])),
  ],
  [".devcontainer/devcontainer.json", devcontainerCommands],
  ["mise.toml", miseTools],
  [".tool-versions", toolVersions],
];

/** What the repository's own file says; without it, what the first other one does that says anything. */
export function findSetUp(files: RepositoryFiles): { setUp: SetUp; wishes: RepositoryWishes } {
  const text = files.texts.get(PORTER_FILE);
  if (text !== undefined && text !== null) return ofPorterFile(text);
  const found = detected(files);
  return { setUp: { ...found, problems: [...whyNotRead(text, files.top), ...found.problems] }, wishes: {} };
}

/** A file that was meant to be the repository's own. */
function whyNotRead(text: string | null | undefined, top: ReadonlySet<string>): FileProblem[] {
  const at = { line: null, key: null };
  if (text === null) return [{ file: PORTER_FILE, ...at, is: "no_text" }];
  return OTHER_NAMES.filter((name) => top.has(name)).map((file) => ({ file, ...at, is: "other_name" }));
}

function ofPorterFile(text: string): { setUp: SetUp; wishes: RepositoryWishes } {
  const { file, problems } = readPorterFile(text);
  const { setup, agent, model, budget, timeout, machine, ...rest } = file;
  const step = setup === undefined ? {} : { run: setup.run, required: setup.required, timeoutMinutes: setup.timeout };
  return {
    setUp: { ...NO_SET_UP, ...step, ...rest, from: [PORTER_FILE], problems },
    wishes: { agent, model, budget, timeout, machine },
  };
}

function detected({ top, texts }: RepositoryFiles): SetUp {
  const problems: FileProblem[] = [];
  const locks = lockCommands(top);
  for (const [file, read] of OTHERS) {
    const content = texts.get(file);
    if (content === undefined || content === null) continue;
    const found = read(content);
    problems.push(...found.problems);
    const { tools, lines, start, services } = found;
    if ([...tools, ...lines, ...services].length === 0 && start === null) continue;
    const more = lines.length === 0 && start === null ? locks : [];
    const all = [...tools, ...lines, ...more.map(({ command }) => command)];
    return setUpOf({ from: [file, ...more.map((lock) => lock.file)], lines: all, start, services, problems });
  }
  return setUpOf({
    from: locks.map(({ file }) => file),
    lines: locks.map(({ command }) => command),
    start: null,
    services: [],
    problems,
  });
}

type Chosen = Pick<FoundSteps, "lines" | "start" | "services" | "problems"> & { from: string[] };
const setUpOf = ({ from, lines, start, services, problems }: Chosen): SetUp => ({
  ...NO_SET_UP,
  from,
  run: lines.length === 0 ? null : lines.join("\n"),
  start,
  services,
  problems: problems.slice(0, 20),
});
