import { RUNNER_EXIT as EXIT } from "../../lib/agent-protocol.ts";
import { type AgentUser, ConfigError } from "./agent-user.ts";
import { AGENT_RUNNERS } from "./agents/index.ts";
import { type Assignment, GRACE_MS, secretsOf } from "./assignment.ts";
import { runAttempt } from "./attempt.ts";
import { loadConfig, loadUser, type RunnerConfig } from "./config.ts";
import { finishImage } from "./finish-image.ts";
import { ManualRunPorter } from "./manual-run-porter.ts";
import { claimTask } from "./porter-client.ts";
import type { Porter } from "./porter.ts";
import { processesOf } from "./process-table.ts";
import { RunSecrets } from "./run-secrets.ts";
import { RUNNER_VERSION } from "./runner-version.ts";
import { probeSeal } from "./seal/seal.ts";
import { StopSignal } from "./stop-signal.ts";
import { readToolchain, TOOLCHAIN_FILE } from "./toolchain.ts";

/** After its last chance to report, a run that still lives hangs. */
const HARD_EXIT_AFTER_MS = 10_000;
/** A longer one fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Only says whether the agent's machine could be sealed here: one line of JSON. */
const PROBE_FLAG = "--probe-seal";
/** The last step of the image's build. */
const FINISH_FLAG = "--finish-image";

async function main(stop: StopSignal): Promise<number> {
  if (process.argv.includes(PROBE_FLAG)) {
    process.stdout.write(`${JSON.stringify(await probeSeal(loadUser(process.env)))}\n`);
    return EXIT.delivered;
  }
  if (process.argv.includes(FINISH_FLAG)) {
    await finishImage({ prefix: process.env.PORTER_PREFIX || null, user: loadUser(process.env) });
    return EXIT.delivered;
  }
  await claimUser(loadUser(process.env));
  const config = loadConfig(process.env, Date.now());
  if (!config.user.separate) {
    say(`supervisor and agent are both uid ${config.user.uid}: the agent could read this run's credentials`);
  }
  const work = await takeWork(config, stop);
  if (work.kind === "refused") {
    say(work.message);
    return work.challenged ? EXIT.challenged : EXIT.notOurs;
  }
  const { assignment, porter } = work;
  const longest = Date.parse(assignment.limits.deadlineAt) + GRACE_MS + HARD_EXIT_AFTER_MS - Date.now();
  const exitAfter = Math.min(LONGEST_TIMER_MS, Math.max(HARD_EXIT_AFTER_MS, longest));
  setTimeout(() => process.exit(EXIT.crashed), exitAfter).unref();
  const delivery = await runAttempt({
    ...config,
    assignment,
    porter,
    agent: AGENT_RUNNERS[assignment.agent.id],
    toolchain: await readToolchain(process.env.PORTER_TOOLCHAIN || TOOLCHAIN_FILE),
    secrets: new RunSecrets(secretsOf(assignment, ...work.bearers)),
    stop,
  });
  say(`${assignment.taskId} attempt ${assignment.attempt}: the result is ${delivery}`);
  return { ...EXIT, refused: EXIT.notOurs }[delivery];
}

/** Whatever runs as the agent's user is ended with the run: nobody else may be that user. Throws `ConfigError`. */
async function claimUser({ uid, separate }: AgentUser): Promise<void> {
  const others = separate ? await processesOf(uid) : null;
  if (others === null || others.length === 0) return;
  throw new ConfigError(
    `uid ${uid} has processes already, so it cannot be this run's own; set another PORTER_AGENT_UID`,
  );
}

type Work =
  | { kind: "work"; assignment: Assignment; porter: Porter; bearers: string[] }
  | { kind: "refused"; message: string; challenged: boolean };

async function takeWork({ launch }: RunnerConfig, stop: StopSignal): Promise<Work> {
  if (launch.kind === "hand") {
    const bearers = launch.callbackToken === null ? [] : [launch.callbackToken];
    return { kind: "work", assignment: launch.assignment, porter: new ManualRunPorter(launch), bearers };
  }
  const claim = await claimTask({
    file: launch.file,
    machineId: launch.machineId,
    runnerVersion: RUNNER_VERSION,
    signal: stop.signal,
  });
  if (claim.kind === "refused") return claim;
  const bearers = [claim.porter.bearer, launch.file.claimToken];
  return { kind: "work", assignment: claim.assignment, porter: claim.porter, bearers };
}

function say(line: string): void {
  process.stderr.write(`porter: ${line}\n`);
}

const stop = new StopSignal();
for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => stop.request({ kind: "terminated" }));
try {
  process.exitCode = await main(stop);
} catch (error) {
  // Messages of a ConfigError are ours; anything else may quote what it was given.
  say(
    error instanceof ConfigError ? error.message : `the runner failed (${error instanceof Error ? error.name : "?"})`,
  );
  process.exitCode = error instanceof ConfigError ? EXIT.config : EXIT.crashed;
}
process.exit();
