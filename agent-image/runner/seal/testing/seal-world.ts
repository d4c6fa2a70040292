import { spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { createSocket } from "node:dgram";
import type { LookupAddress } from "node:dns";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { createServer, type AddressInfo, type ListenOptions, type Server } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { openSeal, type Seal } from "../seal.ts";

/** Who tries: the agent's user as it is started, or root of a user namespace, for which the filter is left out. */
export type Who = "agent" | "namespace root";
export type Tried = { exitCode: number | null; output: string };

const uid = 100_000_000 + randomInt(1_000_000_000);
const USER = { uid, gid: uid, separate: true };

/** Names that are on the list, and where the resolver says that they lead. */
const ADDRESSES: Record<string, LookupAddress[]> = {
  "private4.example": [{ address: "10.0.0.1", family: 4 }],
  "shared.example": [{ address: "100.100.100.200", family: 4 }],
  "metadata.example": [{ address: "169.254.169.254", family: 4 }],
  "azure.example": [{ address: "168.63.129.16", family: 4 }],
  "fly.example": [{ address: "fdaa::3", family: 6 }],
  "loopback.example": [{ address: "127.0.0.1", family: 4 }],
  "mapped.example": [{ address: "::ffff:127.0.0.1", family: 6 }],
  "nat64.example": [{ address: "64:ff9b::7f00:1", family: 6 }],
  "mixed.example": [
    { address: "192.0.2.1", family: 4 },
    { address: "127.0.0.1", family: 4 },
  ],
};

/** A sealed machine, and around it everything that must hear nothing of it. */
export class SealWorld {
  /** What was heard outside, in words. */
  readonly heard: string[] = [];
  /** Requests that the host `packages.example` answered, which may be asked. */
  readonly served: string[] = [];
  /** Requests that the git host got, with the headers that came. */
  readonly gitRequests: string[] = [];
  readonly seal: Seal;
  readonly env: Record<string, string>;
  readonly #closers: (() => void)[];

  private constructor(parts: Pick<SealWorld, "seal" | "env"> & { closers: (() => void)[] }) {
    this.seal = parts.seal;
    this.env = parts.env;
    this.#closers = parts.closers;
  }

  static async open(): Promise<SealWorld> {
    const closers: (() => void)[] = [];
    const logs: { heard: string[]; served: string[]; git: string[] } = { heard: [], served: [], git: [] };
    const outside = await openOutside(logs, closers);
    let rebound = 0;
    const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
    const host = own.find(({ family, internal }) => family === "IPv4" && !internal)?.address ?? "127.0.0.1";
    const seal = await openSeal({
      policy: {
        mode: "registries",
        allow: ["packages.example", "own.example", "rebound.example", ...Object.keys(ADDRESSES)],
        required: true,
      },
      user: USER,
      agentHosts: [],
      gitOrigin: `http://127.0.0.1:${outside.git}`,
      standIns: new Map([
        ["packages.example:80", { host: "127.0.0.1", port: outside.packages }],
        ["packages.example:443", { host: "127.0.0.1", port: outside.tcp }],
      ]),
      resolve: async (name) => {
        if (name === "own.example") return [{ address: host, family: 4 }];
        // At first an address that is nobody's, then one of this machine.
        if (name === "rebound.example") return [{ address: rebound++ === 0 ? "192.0.2.1" : "127.0.0.1", family: 4 }];
        return ADDRESSES[name] ?? [];
      },
      phase: () => "working",
      onBlocked: () => undefined,
    });
    closers.push(() => seal.close());
    const env = {
      ...seal.env,
      PATH: process.env["PATH"] ?? "/usr/bin:/bin",
      PROXY: new URL(seal.env["HTTP_PROXY"] ?? "http://none:1").port,
      GIT: /127\.0\.0\.1:(\d+)\//.exec(seal.gitSettings)?.[1] ?? "",
      GIT_HOST: `127.0.0.1:${outside.git}`,
      TCP: String(outside.tcp),
      UDP: String(outside.udp),
      SOCKET: outside.socket,
      ABSTRACT: outside.abstract,
      HOST: host,
      SUPERVISOR: String(process.pid),
      HOME: "/nonexistent",
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_TERMINAL_PROMPT: "0",
    };
    const world = new SealWorld({ seal, env, closers });
    return Object.assign(world, { heard: logs.heard, served: logs.served, gitRequests: logs.git });
  }

  async run(script: string, who: Who = "agent"): Promise<Tried> {
    const shell = { file: "/bin/sh", args: ["-c", script] };
    // Outside of a seal the tries would be done to this machine.
    if (this.seal.state.seal !== "sealed" || this.seal.enter === null) throw new Error("there is no seal to try");
    const { file, args } = this.seal.enter(shell, "/tmp");
    const started = who === "agent" ? { file, args } : asNamespaceRoot(args, script);
    const child = spawn(started.file, started.args, {
      env: this.env,
      // One more than it should have: what a supervisor was itself given.
      stdio: ["ignore", "pipe", "pipe", "pipe"],
      detached: true,
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (chunk: Buffer) => (output += chunk.toString()));
    const exitCode = await new Promise<number | null>((resolve) => child.once("close", resolve));
    return { exitCode, output };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.seal.endAll();
    for (const close of this.#closers.toReversed()) close();
  }
}

/** Enters the same namespaces as the agent's user without the filter, and becomes root of a user namespace in them. */
function asNamespaceRoot(entering: string[], script: string): { file: string; args: string[] } {
  const namespaces = entering.slice(0, entering.indexOf("--") + 1);
  const user = [`--reuid=${uid}`, `--regid=${uid}`, "--clear-groups", "--no-new-privs", "--bounding-set=-all", "--"];
  return {
    file: "/usr/bin/nsenter",
    args: [...namespaces, "/usr/bin/setpriv", ...user, "/usr/bin/unshare", "-Ur", "/bin/sh", "-c", script],
  };
}

type Outside = { tcp: number; udp: number; socket: string; abstract: string; packages: number; git: number };

async function openOutside(
  logs: { heard: string[]; served: string[]; git: string[] },
  closers: (() => void)[],
): Promise<Outside> {
  const listen = async (server: Server, where: ListenOptions): Promise<number> => {
    server.listen(where);
    await once(server, "listening");
    closers.push(() => server.close());
    const address = server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  };
  const canary = (name: string): Server =>
    createServer((client) => {
      // A connection that says nothing may be the door's, before it has read the name that is asked for.
      client.on("data", (bytes: Buffer) => logs.heard.push(`${name}: ${bytes.toString("latin1").slice(0, 40)}`));
      client.on("error", () => client.destroy());
    });
  const folder = mkdtempSync(join(tmpdir(), "porter-outside-"));
  closers.push(() => rmSync(folder, { recursive: true, force: true }));
  chmodSync(folder, 0o755);
  const socket = join(folder, "socket");
  await listen(canary("unix socket"), { path: socket });
  chmodSync(socket, 0o777);
  const abstract = `porter-canary-${process.pid}-${randomInt(1e9)}`;
  await listen(canary("abstract socket"), { path: `\0${abstract}` });
  const udp = createSocket("udp4", (bytes) => logs.heard.push(`udp: ${bytes.toString("latin1")}`)).bind(0, "0.0.0.0");
  await once(udp, "listening");
  closers.push(() => udp.close());
  const packages = createHttpServer((request, response) => {
    logs.served.push(`${request.headers.host} ${request.url}`);
    const to = new URL(request.url ?? "/", "http://packages.example").searchParams.get("to");
    if (to === null) response.end("a package\n");
    else response.writeHead(302, { location: to }).end();
  });
  const git = createHttpServer((request, response) => {
    logs.git.push(`${request.method} ${request.url} ${JSON.stringify(request.headers)}`);
    response.writeHead(404).end();
  });
  return {
    tcp: await listen(canary("tcp"), { port: 0, host: "::" }),
    udp: (udp.address() as AddressInfo).port,
    socket,
    abstract,
    packages: await listen(packages, { port: 0, host: "127.0.0.1" }),
    git: await listen(git, { port: 0, host: "127.0.0.1" }),
  };
}
