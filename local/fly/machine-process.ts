import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve, sep } from "node:path";
import { endProcessesOf } from "../../agent-image/runner/process-table.ts";
import type { ProcessGuard } from "../processes/guard.ts";
import { processesOf, signalAll } from "../processes/process-tree.ts";
import { removeFolder } from "../processes/remove-folder.ts";
import { type MachineUser, newMachineUser, userVariables } from "./agent-user.ts";
import type { MachineRecord } from "./machine-record.ts";

export type RunnerCommand = { command: string[]; env: Record<string, string> };
export type ProcessEnd = { code: number | null; signal: NodeJS.Signals | null };

export type MachineProcess = {
  pid: number;
  ended: Promise<ProcessEnd>;
  /** To the runner alone, as Fly's init does. */
  signal(signal: NodeJS.Signals): void;
  /** The machine is switched off: everything in it dies at once. */
  kill(): void;
};

const TASK_FILE = "/porter/task.json";

/**
 * Runs the runner as the only process of a "machine": a process group of its own, the config's files in a private
 * folder, output in `logDir`. When the runner ends, whatever it left behind ends too, as on a real machine.
 * Throws if the command cannot be started.
 */
export async function startMachineProcess(options: {
  machine: MachineRecord;
  runner: RunnerCommand;
  guard: ProcessGuard;
  logDir: string;
}): Promise<MachineProcess> {
  const { machine, runner, guard, logDir } = options;
  // Under the system's temporary folder and not under the state folder: the agent is another user and must reach it.
  const root = join(tmpdir(), `porter-machine-${machine.id}`);
  mkdirSync(root, { mode: 0o711 });
  mkdirSync(join(root, "home"), { mode: 0o700 });
  mkdirSync(join(root, "work"), { mode: 0o711 });
  const taskFile = writeFiles(machine, join(root, "files"));
  const user = newMachineUser();
  mkdirSync(logDir, { recursive: true, mode: 0o700 });
  const out = openSync(join(logDir, "stdout.log"), "a", 0o600);
  const err = openSync(join(logDir, "stderr.log"), "a", 0o600);
  const [program = "", ...args] = runner.command;
  const child = spawn(program, args, {
    cwd: root,
    detached: true,
    stdio: ["ignore", out, err],
    env: { ...environment({ machine, root, taskFile }), ...userVariables(user), ...runner.env },
  });
  closeSync(out);
  closeSync(err);
  try {
    await new Promise<void>((started, failed) => child.once("spawn", started).once("error", failed));
  } catch (error) {
    removeFolder(root);
    throw error;
  }
  const pid = child.pid ?? 0;
  guard.add({ pid, folder: root, user });
  const killAll = (): void => signalAll(processesOf(pid, root), "SIGKILL");
  const ended = new Promise<ProcessEnd>((resolveEnd) => {
    child.once("exit", (code, signal) => {
      killAll();
      const over = (): void => {
        guard.remove(pid);
        resolveEnd({ code, signal });
      };
      tidy({ root, user }).then(over, over);
    });
  });
  return { pid, ended, signal: (signal) => signalAll([pid], signal), kill: killAll };
}

/** The folder goes when nobody can work in it any more. */
async function tidy({ root, user }: { root: string; user: MachineUser | null }): Promise<void> {
  if (user === null || (await endProcessesOf(user))) removeFolder(root);
}

function environment(input: { machine: MachineRecord; root: string; taskFile: string | null }): Record<string, string> {
  const { machine, root, taskFile } = input;
  return {
    PATH: process.env["PATH"] ?? "/usr/local/bin:/usr/bin:/bin",
    HOME: join(root, "home"),
    LANG: "C.UTF-8",
    PORTER_WORK_ROOT: join(root, "work"),
    ...(taskFile === null ? {} : { PORTER_TASK_FILE: taskFile }),
    ...machine.config.env,
    FLY_APP_NAME: machine.app,
    FLY_MACHINE_ID: machine.id,
    FLY_REGION: machine.region,
  };
}

/** Writes the config's files below `folder`; answers where the task file is, if there is one. */
function writeFiles(machine: MachineRecord, folder: string): string | null {
  mkdirSync(folder, { mode: 0o700 });
  let taskFile: string | null = null;
  for (const file of machine.config.files ?? []) {
    const path = resolve(folder, `.${file.guest_path}`);
    if (!path.startsWith(folder + sep)) throw new Error(`guest_path leaves the machine: ${file.guest_path}`);
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(path, Buffer.from(file.raw_value ?? "", "base64"), { mode: file.mode ?? 0o644 });
    if (file.guest_path === TASK_FILE) taskFile = path;
  }
  return taskFile;
}
