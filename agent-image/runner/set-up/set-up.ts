import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { FAILURES } from "../../../lib/failures.ts";
import type { MachineSetUp, SetUpReport } from "../../../lib/set-up/protocol.ts";
import { isReservedName, isVariableName } from "../../../lib/set-up/variables.ts";
import { isBadReport, reportSentence, withheldSentence } from "../../../lib/set-up/words.ts";
import { machineEnvironment } from "../machine-env.ts";
import { killOrphans } from "../process-table.ts";
import { RunFailure } from "../run-failure.ts";
import { hideInFiles } from "./hide-in-files.ts";
import { type ScriptEnd, type ShellParts, runScript, startScript } from "./machine-shell.ts";
import { MACHINE_SERVICES, NOT_INSTALLED, type ServiceName } from "./services.ts";

type Parts = ShellParts & {
  setUp: MachineSetUp;
  /** Where the image has the agent's folders to install to; null: they are in the home of the run. */
  prefix: string | null;
  /** Epoch ms: the task's own limit. */
  deadline: number;
  stop: AbortSignal;
  note: (text: string) => void;
  onReport: (report: SetUpReport) => void;
};

/** `env`: what the repository sets, for the agent as well. `notes`: what the agent is told, a sentence each. */
export type SetUpResult = { env: Record<string, string>; notes: string[] };

/** Where else the agent's user may write. */
const SHARED_FOLDERS = ["/tmp", "/var/tmp", "/dev/shm"];

/**
 * Sets the machine up: services, the repository's script, what it wants to be left running. The secrets are the script's
 * alone: whatever of it still runs afterwards is ended, and what it wrote is looked through. Throws `RunFailure`
 * set_up_failed where a required script failed, or where it is not certain that the secrets are gone.
 */
export async function setUpMachine(parts: Parts): Promise<SetUpResult> {
  const { setUp, note } = parts;
  const startedAt = Date.now();
  const until = Math.min(startedAt + setUp.timeoutMs, parts.deadline);
  const env = { ...allowed(setUp.env), ...serviceEnv(setUp.services) };
  const secrets = handedSecrets(parts);
  let absent = await startServices(parts, { env, until });
  const report = await runRepositoryScript(parts, { env: { ...env, ...secrets }, until });
  parts.onReport(report);
  parts.stop.throwIfAborted();
  if (Date.now() >= parts.deadline) throw new RunFailure("timed_out", FAILURES.timed_out.sentence);
  const hadSecrets = setUp.run !== null && Object.keys(secrets).length > 0;
  if (hadSecrets) await forgetSecrets(parts, { secrets: Object.values(secrets), since: startedAt });
  const isBad = isBadReport(report);
  if (isBad) note(reportSentence(report));
  if (isBad && setUp.required) throw new RunFailure("set_up_failed", reportSentence(report));
  if (!hadSecrets && report.outcome === "timed_out") await endAll(parts);
  // They were ended with the rest.
  if (hadSecrets || report.outcome === "timed_out") {
    absent = await startServices(parts, { env, until: parts.deadline });
  }
  if (setUp.start !== null) leaveRunning(parts, setUp.start, env);
  const failed = isBad ? [`${reportSentence(report)} What it installs may be missing.`] : [];
  return { env, notes: [...failed, ...absent] };
}

/** Before anything of the repository runs. The file is the agent's user's to change, by its folder. */
export async function writeGitSettings({ seal, workspace }: Pick<Parts, "seal" | "workspace">): Promise<void> {
  if (seal.gitSettings === "") return;
  // Never through a link.
  await writeFile(join(workspace.home, ".gitconfig"), seal.gitSettings, { flag: "wx", mode: 0o644 });
}

const serviceEnv = (services: readonly ServiceName[]): Record<string, string> =>
  Object.fromEntries(services.flatMap((name) => Object.entries(MACHINE_SERVICES[name].env)));

/** A machine holds to this by itself: no variable of Porter's or of an agent may come from a repository. */
const allowed = (env: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(env).filter(([name]) => isVariableName(name) && !isReservedName(name)));

/** None where the processes that had them could neither be found nor kept from the supervisor's own memory. */
function handedSecrets({ setUp, user, seal, note }: Parts): Record<string, string> {
  for (const withheld of setUp.withheld) note(withheldSentence(withheld));
  const secrets = allowed(setUp.secrets);
  if (user.separate || seal.state.seal !== "open") return secrets;
  for (const name of Object.keys(secrets)) note(withheldSentence({ name, reason: "open_machine" }));
  return {};
}

type Timed = { env: Record<string, string>; until: number };

/** Answers a sentence for each that is not there. */
async function startServices(parts: Parts, { env, until }: Timed): Promise<string[]> {
  const absent: string[] = [];
  for (const name of parts.setUp.services) {
    const { title, start } = MACHINE_SERVICES[name];
    const end = await run(parts, start, { env, until });
    if (end.cause === "exited" && end.exitCode === 0) continue;
    const isMissing = end.cause === "exited" && end.exitCode === NOT_INSTALLED;
    absent.push(isMissing ? `${title} is not installed on this machine.` : `${title} could not be started.`);
  }
  for (const sentence of absent) parts.note(sentence);
  return absent;
}

async function runRepositoryScript(parts: Parts, timed: Timed): Promise<SetUpReport> {
  if (parts.setUp.run === null) return { outcome: "none", ms: 0, exitCode: null };
  const startedAt = performance.now();
  const { cause, exitCode } = await run(parts, parts.setUp.run, timed);
  const ms = Math.round(performance.now() - startedAt);
  if (cause !== "exited") return { outcome: "timed_out", ms, exitCode: null };
  return { outcome: exitCode === 0 ? "done" : "failed", ms, exitCode };
}

const run = async (parts: Parts, script: string, { env, until }: Timed): Promise<ScriptEnd> =>
  runScript(parts, script, { env: machineEnvironment(parts, env), until, stop: parts.stop });

/** Until the end of the run, which ends whatever is the agent's user's. */
function leaveRunning(parts: Parts, script: string, env: Record<string, string>): void {
  const { exited } = startScript(parts, script, machineEnvironment(parts, env));
  exited.then(
    (exitCode) => {
      if (exitCode !== null && exitCode !== 0) parts.note(`What was left running has ended (exit code ${exitCode}).`);
    },
    () => parts.note("What is to be left running could not be started."),
  );
}

/** Ends every process of the agent's user, whatever it did to hide. False: it cannot be told whether one lives on. */
async function endAll({ seal, workspace }: Parts): Promise<boolean> {
  if (await seal.endAll()) return true;
  await killOrphans(`PORTER_RUN=${workspace.root}`);
  return false;
}

/** Whoever had the secrets is ended, and where they were written they are overwritten. Throws `RunFailure`. */
async function forgetSecrets(parts: Parts, { secrets, since }: { secrets: string[]; since: number }): Promise<void> {
  const { workspace, user, prefix, note, deadline: until } = parts;
  if (!(await endAll(parts))) {
    throw new RunFailure("set_up_failed", "A process of the set-up, which has its secrets, could not be ended.");
  }
  note("The set-up had secrets, so nothing that it started runs on.");
  const own = [workspace.home, workspace.work, ...(prefix === null ? [] : [prefix])];
  const search = { own, shared: SHARED_FOLDERS, uid: user.uid, secrets, since, until };
  const written = await hideInFiles(search).catch((cause: unknown) => {
    throw new RunFailure("set_up_failed", "Not all files of the set-up could be searched for its secrets.", { cause });
  });
  for (const path of written)
    note(`A secret of the set-up was overwritten in ${path.replace(`${workspace.root}/`, "")}`);
}
