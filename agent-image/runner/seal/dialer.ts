import { once } from "node:events";
import type { LookupAddress } from "node:dns";
import { Resolver } from "node:dns/promises";
import { connect, type Socket } from "node:net";
import { HOST_NAME } from "../../../lib/network.ts";
import type { HostList } from "./host-list.ts";
import { isPublic } from "./public-address.ts";
import { RefusedByPorter } from "./refused-by-porter.ts";

const OPEN_PORTS: readonly number[] = [80, 443];
const CONNECT_MS = 20_000;

/** Servers on this machine that play hosts of the world, `name:port` → address: in the local world and in tests. */
export type HostOverrides = ReadonlyMap<string, { host: string; port: number }>;
export type Resolve = (host: string) => Promise<LookupAddress[]>;

// Not the system's `lookup`: its few threads are the supervisor's too, and slow names would keep them all.
const resolver = new Resolver({ timeout: 5000, tries: 2 });

async function resolvePublicly(host: string): Promise<LookupAddress[]> {
  const [v4, v6] = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
  if (v4.status === "rejected" && v6.status === "rejected") throw v4.reason;
  const found = (answer: typeof v4, family: 4 | 6): LookupAddress[] =>
    answer.status === "fulfilled" ? answer.value.map((address) => ({ address, family })) : [];
  return [...found(v4, 4), ...found(v6, 6)];
}

/** Makes the connections that leave the machine for the agent. */
export class Dialer {
  readonly #hosts: HostList;
  readonly #standIns: HostOverrides;
  readonly #resolve: Resolve;

  constructor(parts: { hosts: HostList; standIns?: HostOverrides; resolve?: Resolve }) {
    this.#hosts = parts.hosts;
    this.#standIns = parts.standIns ?? new Map();
    this.#resolve = parts.resolve ?? resolvePublicly;
  }

  /** Throws `RefusedByPorter` for what is not to be dialled. A name that is refused is never resolved. */
  permit(host: string, port: number): void {
    if (!HOST_NAME.test(host)) throw new RefusedByPorter("not_a_name");
    if (!OPEN_PORTS.includes(port)) throw new RefusedByPorter("port");
    if (!this.#hosts.allows(host)) throw new RefusedByPorter("not_listed");
  }

  /** The addresses are checked as they were resolved, and one of those is dialled: nobody is asked a second time. */
  async dial(host: string, port: number): Promise<Socket> {
    this.permit(host, port);
    const standIn = this.#standIns.get(`${host}:${port}`);
    if (standIn !== undefined) return connected(connect(standIn));
    const addresses = await this.#resolve(host);
    const [first] = addresses;
    if (first === undefined) throw new Error(`${host} has no address`);
    if (!addresses.every(isPublic)) throw new RefusedByPorter("private_address");
    return connected(
      connect({
        host,
        port,
        autoSelectFamily: true,
        lookup: (_host, { all }, done) => {
          if (all) done(null, addresses);
          else done(null, first.address, first.family);
        },
      }),
    );
  }
}

async function connected(socket: Socket): Promise<Socket> {
  try {
    await once(socket, "connect", { signal: AbortSignal.timeout(CONNECT_MS) });
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}
