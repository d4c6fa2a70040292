import { decode, encode, RECURSION_AVAILABLE, RECURSION_DESIRED } from "dns-packet";
import type { HostList } from "./host-list.ts";
import { plainHost } from "./host-list.ts";

const NAME_UNKNOWN = 3;
// Of 127.64.0.0/10, all of which is loopback.
const FIRST_ADDRESS = 0x7f_40_00_00;
const MOST_NAMES = 65_536;
const LOOPBACK = "127.0.0.1";

/** An answer of the stub; null: to no question. `refused`: a name that is not on the list. */
export type StubAnswer = { reply: Buffer | null; refused: string | null };

/**
 * Answers questions for addresses, for tools that ignore proxies: each name on the list has an address of its own, which
 * leads back to the door, and no other name is known. Whatever the agent sends, it throws nothing.
 */
export class NameStub {
  readonly #hosts: HostList;
  readonly #names: string[] = [];
  readonly #indexes = new Map<string, number>();

  constructor(hosts: HostList) {
    this.#hosts = hosts;
  }

  answer(query: Buffer): StubAnswer {
    try {
      const { id, type, questions } = decode(query);
      const [question] = questions ?? [];
      if (type !== "query" || question === undefined || questions?.length !== 1) return { reply: null, refused: null };
      const host = plainHost(question.name);
      const address = this.#addressOf(host);
      const flags = RECURSION_DESIRED | RECURSION_AVAILABLE | (address === null ? NAME_UNKNOWN : 0);
      const asked = address !== null && question.type === "A";
      const answers = asked ? [{ type: "A" as const, name: question.name, ttl: 0, data: address }] : [];
      const reply = encode({ type: "response", id: id ?? 0, flags, questions: [question], answers });
      return { reply, refused: address === null && host !== "" ? host : null };
    } catch {
      return { reply: null, refused: null };
    }
  }

  /** The name that an address was given out for. */
  hostOf(address: string | undefined): string | null {
    const number = (address ?? "").split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
    return this.#names[number - FIRST_ADDRESS] ?? null;
  }

  #addressOf(host: string): string | null {
    // The repository's own servers.
    if (host === "localhost" || host.endsWith(".localhost")) return LOOPBACK;
    if (!this.#hosts.allows(host)) return null;
    const index = this.#indexes.get(host) ?? this.#names.length;
    if (index >= MOST_NAMES) return null;
    this.#names[index] = host;
    this.#indexes.set(host, index);
    const number = FIRST_ADDRESS + index;
    return [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join(".");
  }
}
