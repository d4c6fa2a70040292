import { HOST_NAME, hostsOfMode, type NetworkPolicy } from "../../../lib/network.ts";

/** Names of the machine itself, its neighbours and its cloud, whatever a resolver says of them. */
const NEVER = /(?:^|\.)(?:localhost|local|internal|flycast|home\.arpa|in-addr\.arpa|ip6\.arpa)$/;

/** The hosts that one run may reach. */
export class HostList {
  readonly #isOpen: boolean;
  readonly #names: ReadonlySet<string>;
  readonly #endings: readonly string[];

  /** `agentHosts`: what the agent cannot do without; always on the list. */
  constructor({ mode, allow }: Pick<NetworkPolicy, "mode" | "allow">, agentHosts: readonly string[]) {
    const rules = [...hostsOfMode(mode), ...allow, ...agentHosts];
    this.#isOpen = mode === "open";
    this.#names = new Set(rules.filter((rule) => !rule.startsWith("*.")));
    this.#endings = rules.filter((rule) => rule.startsWith("*.")).map((rule) => rule.slice(1));
  }

  /** `host` in lower case, without a dot at its end. */
  allows(host: string): boolean {
    if (!HOST_NAME.test(host) || NEVER.test(host)) return false;
    return this.#isOpen || this.#names.has(host) || this.#endings.some((ending) => host.endsWith(ending));
  }
}

/** A host as it is compared: in lower case, without the dot that a full name may end in. */
export const plainHost = (host: string): string => host.toLowerCase().replace(/\.$/, "");
