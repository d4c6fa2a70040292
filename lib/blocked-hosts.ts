import { hostMistake } from "./host-name.ts";
import type { BlockedCall } from "./agent-protocol.ts";

/** Calls to one host that were refused, told together. */
export type BlockedHost = {
  /** With its port, where that is not one of the web's. */
  shown: string;
  count: number;
  /** Whose call was the first, where that is known. */
  command: string | null;
  /** The name that would allow it; null: nothing can. */
  allows: string | null;
};

const WEB = [0, 80, 443];

/** By host, in the order in which they were refused first. */
export function blockedHosts(calls: readonly BlockedCall[]): BlockedHost[] {
  const hosts = new Map<string, BlockedHost>();
  for (const { host, port, count, command } of calls) {
    const isWeb = WEB.includes(port);
    const shown = isWeb ? host : `${host}:${port}`;
    const known = hosts.get(shown);
    const name = host.toLowerCase();
    hosts.set(shown, {
      shown,
      count: (known?.count ?? 0) + count,
      command: known?.command ?? command,
      allows: isWeb && !name.includes("*") && hostMistake(name) === null ? name : null,
    });
  }
  return [...hosts.values()];
}

/** Where the person whose machine it is can add the name. */
export const allowPath = (name: string): string => `/settings/network?allow=${encodeURIComponent(name)}`;
