// `npm run demo`: the whole product on this machine, from a comment to a pull request. See `--help`.
import { parseArgs } from "node:util";
import { CliInstallError } from "../agent-image/install-clis.ts";
import { AGENT_IDS, AGENTS, agentFromName, type AgentId, DEFAULT_AGENT } from "../lib/agents.ts";
import { PROVIDERS } from "../lib/providers.ts";
import {
  DEMO_REPOSITORIES,
  DEMO_REPOSITORY_NAMES,
  type DemoRepository,
  missingPrograms,
} from "../local/demo/repositories.ts";
import { runDemo } from "../local/demo/run-demo.ts";
import type { DemoFailure, DemoOutcome } from "../local/demo/result.ts";
import { printFailure, printSuccess, terminal } from "../local/demo/terminal.ts";
import { processesOf, signalAll } from "../local/processes/process-tree.ts";
import { onEndOfProcess } from "../local/world/end-of-process.ts";
import { MissingPart } from "../local/world/missing-part.ts";
import { keysForAgents } from "../local/world/world-secrets.ts";
import { startWorld, type World } from "../local/world/world.ts";
import { ensureBuilt } from "./build.ts";
import { newRunFolder } from "./run-folder.ts";

/** Those whose model can be played. */
const OFFLINE = AGENT_IDS.filter((id) => AGENTS[id].isMetered);

const HELP = `npm run demo -- [options]

  --agent <name>    ${new Intl.ListFormat("en-GB", { type: "disjunction" }).format(OFFLINE)}: the real CLI (default: ${DEFAULT_AGENT})
  --repository <r>  ${new Intl.ListFormat("en-GB", { type: "disjunction" }).format(DEMO_REPOSITORY_NAMES)}: which one is worked on (default: node); python's has to be set up first
  --comment <text>  posts this instead of "@porter <agent>"
  --once            ends after the run: 0 all true, 1 not, 2 it cannot run here
  --json            one JSON object as the last line of stdout
  --keep            leaves everything running after the run (wins over --once)
  --real-model      calls the agent's provider, with its key in the environment, instead of the scripted model
`;

type Wish = {
  agent: AgentId;
  repository: DemoRepository;
  comment: string;
  once: boolean;
  json: boolean;
  realKey: string | null;
};

const OPTIONS = {
  agent: { type: "string", default: DEFAULT_AGENT },
  repository: { type: "string", default: "node" },
  comment: { type: "string" },
  once: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  keep: { type: "boolean", default: false },
  "real-model": { type: "boolean", default: false },
  help: { type: "boolean", default: false },
} as const;

function readOptions() {
  try {
    return parseArgs({ options: OPTIONS }).values;
  } catch (error) {
    throw new MissingPart(`${error instanceof Error ? error.message : String(error)}: see npm run demo -- --help.`);
  }
}

/** What was asked for, or null for `--help`. Throws `MissingPart` for what cannot be done here. */
function readWish(): Wish | null {
  const values = readOptions();
  if (values.help) return null;
  const agent = agentFromName(values.agent);
  if (agent === null) throw new MissingPart(`There is no agent ${values.agent}: ${AGENT_IDS.join(", ")}.`);
  const { name, isMetered, provider } = AGENTS[agent];
  if (!isMetered) {
    throw new MissingPart(
      `${name} thinks in its vendor's cloud, so it cannot run without an account: use --agent ${OFFLINE.join(" or --agent ")} here.`,
    );
  }
  const [keyName] = PROVIDERS[provider].envNames;
  const realKey = values["real-model"] ? (process.env[keyName] ?? "") : null;
  if (realKey === "") throw new MissingPart(`--real-model needs ${keyName} in the environment.`);
  const comment = values.comment ?? `@porter ${agent}`;
  const known = repositoryFrom(values.repository);
  // Who does something else may test it otherwise.
  const isPlayed = realKey === null && values.comment === undefined;
  const repository = isPlayed ? known : { ...known, testCommand: null };
  return { agent, repository, comment, once: values.once && !values.keep, json: values.json, realKey };
}

function repositoryFrom(asked: string): DemoRepository {
  const name = DEMO_REPOSITORY_NAMES.find((known) => known === asked);
  if (name === undefined)
    throw new MissingPart(`There is no repository ${asked} here: ${DEMO_REPOSITORY_NAMES.join(", ")}.`);
  const repository: DemoRepository = DEMO_REPOSITORIES[name];
  const missing = missingPrograms(repository);
  if (missing.length > 0) throw new MissingPart(`This repository needs ${missing.join(" and ")} on this machine.`);
  return repository;
}

async function perform(wish: Wish, setWorld: (world: World) => void): Promise<DemoOutcome> {
  terminal.title({ agent: wish.agent, isScripted: wish.realKey === null });
  await ensureBuilt((line) => terminal.note(line));
  const world = await startWorld({
    stateDir: newRunFolder("demo"),
    preferredPorts: [8787, 8788, 8789],
    model: wish.realKey === null ? "scripted" : "real",
    seed: wish.repository.seed,
    report: (line) => terminal.note(line),
  });
  setWorld(world);
  terminal.step({ text: "GitHub, Fly, a model and Porter run on loopback", isDetail: false });
  return runDemo(world, {
    repository: wish.repository,
    comment: wish.comment,
    keys: wish.realKey === null ? keysForAgents(world.secrets) : { [AGENTS[wish.agent].provider]: wish.realKey },
    narrate: (line) => terminal.step(line),
  });
}

/** Prints the outcome; answers the exit code. */
function conclude(outcome: DemoOutcome, json: boolean): number {
  if ("diff" in outcome) {
    if (json) console.log(JSON.stringify(outcome.result));
    else printSuccess(outcome.result, outcome.diff);
    return 0;
  }
  return fail(outcome.result, json);
}

function fail(result: DemoFailure, json: boolean): number {
  if (json) console.log(JSON.stringify(result));
  printFailure(result.reason, result.reply);
  return 1;
}

const failureOf = (error: unknown): DemoFailure => ({
  ok: false,
  reason: error instanceof Error ? error.message : String(error),
  reply: null,
});

/** What to do with a world that stays. */
function invitation(world: World | null, { repo, issue: number }: DemoRepository): string {
  const issue = world === null ? "" : `  Comment as octocat:  ${world.github.url}/${repo}/issues/${number}\n`;
  const pages = world === null ? "" : `  Watch, signed in as octocat:  ${world.porter.url}/tasks\n`;
  return `${issue}${pages}  Ctrl-C ends everything.\n\n`;
}

async function main(): Promise<void> {
  let world: World | null = null;
  let isEnding = false;
  const end = (exitCode: number): void => {
    isEnding = true;
    const closed = world?.close() ?? Promise.resolve();
    const leave = (): void => {
      // A build or an installation that was under way.
      signalAll(processesOf(process.pid, null), "SIGTERM");
      process.exit(exitCode);
    };
    closed.then(leave, leave);
  };
  onEndOfProcess(end);
  const json = process.argv.includes("--json");
  try {
    const wish = readWish();
    if (wish === null) {
      console.log(HELP);
      return;
    }
    const exitCode = conclude(await perform(wish, (started) => (world = started)), wish.json);
    if (wish.once) return end(exitCode);
    process.stderr.write(invitation(world, wish.repository));
  } catch (error) {
    // Whatever breaks while everything is being closed is no news.
    if (isEnding) return;
    fail(failureOf(error), json);
    end(error instanceof MissingPart || error instanceof CliInstallError ? 2 : 1);
  }
}

await main();
