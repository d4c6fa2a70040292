import { readFileSync, unlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { machineFileSchema, type MachineFile } from "../../lib/agent-protocol.ts";
import { parseJson } from "../../lib/json.ts";
import { type AgentUser, ConfigError, resolveAgentUser } from "./agent-user.ts";
import { type ManualRunContract, parseManualRunContract } from "./manual-run-contract.ts";
import type { HostOverrides } from "./seal/dialer.ts";
import { mayCarrySecrets } from "./trusted-url.ts";

const DEFAULT_TASK_FILE = "/porter/task.json";

/** How this run was started: with a claim token from a machine file, or by hand with everything in the environment. */
export type Launch =
  | { kind: "machine"; file: MachineFile; machineId: string | null }
  | ({ kind: "hand" } & ManualRunContract);

export type RunnerConfig = {
  launch: Launch;
  user: AgentUser;
  agentBin: string;
  workRoot: string;
  /** Where the image has the agent's folders to install to; null: they are in the home of the run. */
  prefix: string | null;
  /** Servers of this machine that play hosts of the world. */
  standIns: HostOverrides;
  /** What the machine has, where it is less than its system says; null: what that says. */
  memoryBytes: number | null;
};

/**
 * Reads the machine file (and unlinks it at once) or the environment contract of a run by hand. Throws `ConfigError`, whose
 * message is the one line that the operator sees.
 */
export function loadConfig(env: NodeJS.ProcessEnv, now: number): RunnerConfig {
  const user = loadUser(env);
  return {
    launch: readLaunch(env, now),
    user,
    agentBin: env.PORTER_AGENT_BIN || "/opt/porter/node_modules",
    workRoot: env.PORTER_WORK_ROOT || tmpdir(),
    prefix: env.PORTER_PREFIX || null,
    standIns: readStandIns(env.PORTER_STAND_INS ?? ""),
    memoryBytes: readMemory(env.PORTER_MEMORY_MB ?? ""),
  };
}

/** Who the agent is. Throws `ConfigError`. */
export const loadUser = (env: NodeJS.ProcessEnv): AgentUser =>
  resolveAgentUser({ env, ownUid: idOf("getuid"), ownGid: idOf("getgid"), passwd: readPasswd() });

function readMemory(text: string): number | null {
  if (text === "") return null;
  if (!/^[1-9]\d{2,6}$/.test(text)) throw new ConfigError("PORTER_MEMORY_MB must be a number of 100 and more");
  return Number(text) * 1024 * 1024;
}

/** `name:port=address:port`, with commas between them. */
function readStandIns(text: string): HostOverrides {
  const pairs = text.split(",").filter(Boolean);
  return new Map(
    pairs.map((pair) => {
      const [, name, host, port] = /^([a-z0-9.-]+:\d+)=([\d.]+):(\d+)$/.exec(pair) ?? [];
      if (!name || !host || !port) throw new ConfigError("PORTER_STAND_INS must be name:port=address:port, …");
      return [name, { host, port: Number(port) }];
    }),
  );
}

function readLaunch(env: NodeJS.ProcessEnv, now: number): Launch {
  const path = env.PORTER_TASK_FILE || DEFAULT_TASK_FILE;
  const text = readOnce(path);
  if (text === null) {
    if (env.PORTER_TASK_FILE) throw new ConfigError(`the task file ${path} does not exist`);
    return { kind: "hand", ...parseManualRunContract(env, now) };
  }
  const parsed = machineFileSchema.safeParse(parseJson(text));
  if (!parsed.success) throw new ConfigError(`the task file ${path} is not one that this runner understands`);
  if (!mayCarrySecrets(parsed.data.porterUrl)) {
    throw new ConfigError("porterUrl must be https, or http on this machine");
  }
  return { kind: "machine", file: parsed.data, machineId: env.FLY_MACHINE_ID || null };
}

/** The text of a file that is gone afterwards, or null where there is none. */
function readOnce(path: string): string | null {
  try {
    const text = readFileSync(path, "utf8");
    unlinkSync(path);
    return text;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw new ConfigError(`the task file ${path} cannot be read and removed`, { cause: error });
  }
}

function readPasswd(): string {
  try {
    return readFileSync("/etc/passwd", "utf8");
  } catch {
    return "";
  }
}

function idOf(name: "getuid" | "getgid"): number {
  const read = process[name];
  if (!read) throw new ConfigError("this runner needs a system with user ids");
  return read.call(process);
}
