import type { Socket } from "node:net";
import type { MachinePhase, NetworkReport } from "../../../lib/agent-protocol.ts";
import { DEFAULT_NETWORK_POLICY, type NetworkPolicy, type SealState } from "../../../lib/network.ts";
import type { AgentUser } from "../agent-user.ts";
import { endProcessesOf } from "../process-table.ts";
import { BlockedCalls } from "./blocked-calls.ts";
import { commandBehind } from "./caller.ts";
import { canCloseStart, closedStart, type ProgramCommand } from "./closed-start.ts";
import { Dialer, type Resolve, type HostOverrides } from "./dialer.ts";
import { createDoor } from "./door.ts";
import { createGitReads, GITHUB, gitSettings } from "./git-reads.ts";
import { HostList } from "./host-list.ts";
import { NameStub } from "./name-stub.ts";
import { CannotSeal, type HandedServer, type Namespace, openNamespace } from "./namespace.ts";
import { probeNamespace } from "./probe-namespace.ts";

export type SealInput = {
  policy: NetworkPolicy;
  user: AgentUser;
  /** Hosts that the agent cannot do without. */
  agentHosts: readonly string[];
  /** Of the task's repository, e.g. `https://github.com`. */
  gitOrigin: string;
  standIns: HostOverrides;
  /** Default: the world's names. */
  resolve?: Resolve;
  phase: () => MachinePhase;
  /** Told of the first refused call of each kind. */
  onBlocked: (call: { host: string; port: number; command: string | null }) => void;
};

/** The machine as the agent finds it: closed but for one door, or open where it cannot be closed. */
export type Seal = {
  state: SealState;
  /** Why it is not closed, in the system's words; "" where it is. */
  detail: string;
  /** The command that runs another one here, in a folder and as the agent's user; null: there is no way but to start it. */
  enter: ((command: ProgramCommand, folder: string) => ProgramCommand) | null;
  /** What the agent's environment has besides. */
  env: Record<string, string>;
  /** git's settings for the agent, with which it reads through the door; "" where there is none. */
  gitSettings: string;
  /** Where the key proxy is to be reached; null: it listens itself. */
  model: HandedServer | null;
  report(): NetworkReport;
  /** Ends everything that runs in it, but not the seal. False: it cannot tell, or something lives on. */
  endAll(): Promise<boolean>;
  close(): void;
};

/** Closes the machine's network for the agent, and looks whether it is closed. Never throws: what cannot be, is `open`. */
export async function openSeal(input: SealInput): Promise<Seal> {
  let namespace: Namespace | null = null;
  // The probe's own call is not the agent's.
  let isProbed = false;
  try {
    namespace = await openNamespace(input);
    const seal = sealedMachine(input, namespace, () => isProbed);
    await probeNamespace(namespace);
    isProbed = true;
    return seal;
  } catch (error) {
    namespace?.close();
    const reason = error instanceof CannotSeal ? error.reason : "not_permitted";
    const detail = error instanceof Error ? error.message : "";
    return openMachine({ state: { seal: "open", reason }, detail }, input.user);
  }
}

/** Whether a machine could be closed here, and in the system's words why not. */
export async function probeSeal(user: AgentUser): Promise<SealState & { detail: string }> {
  const seal = await openSeal({
    policy: DEFAULT_NETWORK_POLICY,
    user,
    agentHosts: [],
    gitOrigin: GITHUB,
    standIns: new Map(),
    phase: () => "working",
    onBlocked: () => undefined,
  });
  seal.close();
  return { ...seal.state, detail: seal.detail };
}

async function openMachine({ state, detail }: Pick<Seal, "state" | "detail">, user: AgentUser): Promise<Seal> {
  const enter: Seal["enter"] = (command, folder) => closedStart(command, { folder, user });
  return {
    state,
    detail,
    enter: (await canCloseStart(user)) ? enter : null,
    env: {},
    gitSettings: "",
    model: null,
    report: () => ({ ...state, blocked: [], unlisted: 0 }),
    endAll: async () => user.separate && (await endProcessesOf(user)),
    close: () => undefined,
  };
}

function sealedMachine(input: SealInput, namespace: Namespace, isProbed: () => boolean): Seal {
  const { user, gitOrigin } = input;
  const { handed, pid } = namespace;
  const blocked = new BlockedCalls();
  const state: SealState = user.separate
    ? { seal: "sealed", reason: null }
    : { seal: "user_namespace", reason: "not_root" };
  const onRefused = (host: string, port: number, clientPort: number | undefined): void => {
    if (!isProbed()) return;
    let command: string | null = null;
    const phase = input.phase();
    const look = (): string | null => (command = clientPort === undefined ? null : commandBehind(pid, clientPort));
    if (blocked.add({ host, port, phase }, look)) input.onBlocked({ host, port, command });
  };
  serve(input, namespace, onRefused);
  return {
    state,
    detail: "",
    enter: namespace.enter,
    env: proxyEnvironment(handed.proxy.port),
    gitSettings: gitSettings(handed.git.port, gitOrigin),
    model: handed.model,
    report: () => ({ ...state, blocked: blocked.rows, unlisted: blocked.unlisted }),
    endAll: async () => (user.separate ? endProcessesOf(user) : namespace.endAll()),
    close: () => namespace.close(),
  };
}

type OnRefused = (host: string, port: number, clientPort: number | undefined) => void;

/** Answers on all that was handed over, but for the model's door. */
function serve(input: SealInput, { handed }: Namespace, onRefused: OnRefused): void {
  const hosts = new HostList(input.policy, input.agentHosts);
  const stub = new NameStub(hosts);
  const door = createDoor({
    dialer: new Dialer({ ...input, hosts }),
    onRefused: ({ host, port, client }) => onRefused(host, port, portOf(client)),
  });
  const git = createGitReads({
    origin: input.gitOrigin,
    onRefused: ({ host, port, request }) => onRefused(host, port, request.socket.remotePort),
  });
  handed.proxy.server.on("connection", door.proxy);
  handed.plain.server.on("connection", (client) => door.plain(client, stub.hostOf(client.localAddress)));
  handed.secure.server.on("connection", (client) => door.secure(client, stub.hostOf(client.localAddress)));
  handed.git.server.on("connection", (client) => git.emit("connection", client));
  handed.names.on("message", (query, from) => {
    const { reply, refused } = stub.answer(query);
    if (refused !== null) onRefused(refused, 0, from.port);
    // To no port nothing can be sent, and to try it throws.
    if (reply !== null && from.port > 0) handed.names.send(reply, from.port, from.address);
  });
}

const portOf = (client: object): number | undefined =>
  "remotePort" in client ? (client as Socket).remotePort : undefined;

/** Both spellings: curl takes `http_proxy` in small letters only. */
function proxyEnvironment(port: number): Record<string, string> {
  const url = `http://127.0.0.1:${port}`;
  const own = "localhost,.localhost,127.0.0.1,::1";
  const names = { HTTP_PROXY: url, HTTPS_PROXY: url, NO_PROXY: own };
  return { ...names, ...Object.fromEntries(Object.entries(names).map(([name, value]) => [name.toLowerCase(), value])) };
}
