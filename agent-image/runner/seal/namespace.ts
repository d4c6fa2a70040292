import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { Socket as NameSocket } from "node:dgram";
import { existsSync, lstatSync, readFileSync } from "node:fs";
import { Server } from "node:net";
import type { SealState } from "../../../lib/network.ts";
import type { AgentUser } from "../agent-user.ts";
import { SIDE_PROGRAM, HOLDER_FLAG } from "../side-program-path.ts";
import { closedStart, type ProgramCommand, PERL, SETPRIV } from "./closed-start.ts";
import { DOOR_NAMES, handedSchema, type HolderOrder } from "./holder.ts";
import { isFilterable } from "./system-call-filter.ts";

const UNSHARE = "/usr/bin/unshare";
const NSENTER = "/usr/bin/nsenter";
const OPENING_MS = 30_000;
const MOST_CONNECTIONS = 512;
/** Where sockets of machines, containers and desktops lie; a path reaches out of any network namespace. */
const HIDDEN_FOLDERS = ["/.fly", "/run", "/var/run"];

/** A listening socket inside a namespace; whoever answers on it is outside. */
export type HandedServer = { server: Server; port: number };
export type HandedServers = { names: NameSocket } & Record<Exclude<(typeof DOOR_NAMES)[number], "names">, HandedServer>;

export type Namespace = {
  /** A process of it, by whose numbers /proc shows what is inside. */
  pid: number;
  handed: HandedServers;
  /** The command that runs another one inside, in a folder, as the agent's user and under the filter. */
  enter(command: ProgramCommand, folder: string): ProgramCommand;
  /** Without root: ends every process in it. False: one lives on. */
  endAll(): Promise<boolean>;
  close(): void;
};

/** Why no namespace can be made here. */
export class CannotSeal extends Error {
  override readonly name = "CannotSeal";
  readonly reason: NonNullable<SealState["reason"]>;

  constructor(reason: NonNullable<SealState["reason"]>, message: string) {
    super(message);
    this.reason = reason;
  }
}

/**
 * Makes a namespace for network, mounts and shared memory that has loopback alone. Without root it is one of users and
 * processes as well, with the supervisor's own user in it. Throws `CannotSeal`.
 */
export async function openNamespace({ user }: { user: AgentUser }): Promise<Namespace> {
  if (process.platform !== "linux" || !isFilterable()) throw new CannotSeal("not_linux", process.platform);
  const missing = [UNSHARE, NSENTER, PERL, SETPRIV].filter((program) => !existsSync(program));
  if (missing.length > 0) throw new CannotSeal("no_tools", missing.join(" "));
  const own = ["--user", "--map-current-user", "--keep-caps", "--pid", "--fork", "--kill-child"];
  const kinds = ["--net", "--ipc", "--mount", "--propagation=private", ...(user.separate ? [] : own)];
  const program = [process.execPath, SIDE_PROGRAM, HOLDER_FLAG, JSON.stringify(order(user))];
  const holder = spawn(UNSHARE, [...kinds, "--", ...program], {
    cwd: "/",
    env: { PATH: process.env.PATH ?? "/usr/bin:/bin:/usr/sbin:/sbin", LC_ALL: "C" },
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  try {
    const handed = await takeHanded(holder);
    holder.unref();
    const pid = holder.pid ?? 0;
    const enterHere: Namespace["enter"] = (command, folder) => enter(command, { folder, user, holder: pid });
    return {
      pid,
      handed,
      enter: enterHere,
      endAll: () => endAll(enterHere),
      close: () => close(holder, handed),
    };
  } catch (error) {
    holder.kill("SIGKILL");
    throw error;
  }
}

/** What the holder is to hide: whole folders where nothing needed lies, and each socket that there is by now. */
function order({ uid, gid }: AgentUser): HolderOrder {
  const needed = [process.execPath, ...(process.env.PATH ?? "").split(":")];
  const folders = HIDDEN_FOLDERS.filter((folder) => isFolder(folder) && !needed.some((path) => isIn(path, [folder])));
  const bound = readFileSync("/proc/net/unix", "utf8").matchAll(/ (\/\S+)$/gm);
  const sockets = [...new Set([...bound].map(([, path = ""]) => path))];
  return { folders, sockets: sockets.filter((path) => !isIn(path, folders)), uid, gid };
}

const isIn = (path: string, folders: readonly string[]): boolean =>
  folders.some((folder) => path.startsWith(`${folder}/`));
const isFolder = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

async function takeHanded(holder: ChildProcess): Promise<HandedServers> {
  let said = "";
  holder.stderr?.on("data", (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-2000);
  });
  const ended = once(holder, "exit").then(() => {
    throw new CannotSeal("not_permitted", said.trim().split("\n").at(-1) ?? "");
  });
  const servers = new Map<string, HandedServer>();
  let names: NameSocket | null = null;
  const all = new Promise<HandedServers>((resolve) => {
    holder.on("message", (message, handle) => {
      const { name, port } = handedSchema.parse(message);
      if (handle instanceof NameSocket) names = handle;
      if (handle instanceof Server) servers.set(name, { server: handle, port });
      const [plain, secure, proxy, model, git] = DOOR_NAMES.slice(1).map((door) => servers.get(door));
      if (names && plain && secure && proxy && model && git) resolve({ names, plain, secure, proxy, model, git });
    });
  });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new CannotSeal("not_permitted", "it took too long")), OPENING_MS);
  });
  try {
    const handed = await Promise.race([all, ended, late]);
    for (const { server } of [handed.plain, handed.secure, handed.proxy, handed.model, handed.git]) {
      server.maxConnections = MOST_CONNECTIONS;
      server.on("error", () => undefined);
    }
    handed.names.on("error", () => undefined);
    // The sign that they are here: the holder goes on.
    holder.disconnect();
    return handed;
  } finally {
    clearTimeout(timer);
    ended.catch(() => undefined);
    late.catch(() => undefined);
  }
}

// nsenter waits outside for the one inside: a request to end is for that one, which must have its time.
const AWAIT_THE_INNER = `trap "" TERM; exec "$0" "$@"`;

type Entering = { folder: string; user: AgentUser; holder: number };

function enter(command: ProgramCommand, { folder, user, holder }: Entering): ProgramCommand {
  const { file, args } = closedStart(command, { folder, user });
  const kinds = ["--target", String(holder), "--net", "--ipc", "--mount"];
  if (user.separate) return { file: NSENTER, args: [...kinds, "--", file, ...args] };
  const own = ["--user", "--preserve-credentials", `--pid=/proc/${holder}/ns/pid_for_children`];
  return { file: "/bin/sh", args: ["-c", AWAIT_THE_INNER, NSENTER, ...kinds, ...own, "--", file, ...args] };
}

// All but itself and the first one; 0 when there was nobody to send it to.
const END_ALL = `for (1 .. 100) { kill(KILL => -1) or exit 0; select undef, undef, undef, 0.05 } exit 1`;

async function endAll(enterHere: Namespace["enter"]): Promise<boolean> {
  const { file, args } = enterHere({ file: PERL, args: ["-e", END_ALL] }, "/");
  const child = spawn(file, args, { stdio: "ignore", env: {} });
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", resolve);
  });
  return exitCode === 0;
}

function close(holder: ChildProcess, handed: HandedServers): void {
  holder.kill("SIGKILL");
  handed.names.close();
  for (const { server } of [handed.plain, handed.secure, handed.proxy, handed.model, handed.git]) server.close();
}
