import { type BlockedCall, MOST_BLOCKED_CALLS } from "../../../lib/agent-protocol.ts";

type Call = Pick<BlockedCall, "host" | "port" | "phase">;
const MOST_HOST_CHARS = 253;
/** To find the command costs a walk through all processes: it is not done for each repeat. */
const MOST_LOOKS = 3;

/** What the network refused, folded: tools ask again and again. */
export class BlockedCalls {
  readonly #rows = new Map<string, BlockedCall & { looks: number }>();
  #unlisted = 0;

  /** `command` is asked for what called, at most a few times for each row. True: the first of its kind. */
  add({ host, port, phase }: Call, command: () => string | null): boolean {
    const shown = host.slice(0, MOST_HOST_CHARS) || "?";
    const key = `${shown} ${port} ${phase}`;
    const known = this.#rows.get(key);
    if (known === undefined && this.#rows.size >= MOST_BLOCKED_CALLS) {
      this.#unlisted += 1;
      return false;
    }
    const row = known ?? { host: shown, port, phase, command: null, count: 0, looks: 0 };
    row.count += 1;
    if (row.command === null && row.looks < MOST_LOOKS) {
      row.looks += 1;
      row.command = command();
    }
    this.#rows.set(key, row);
    return known === undefined;
  }

  get rows(): BlockedCall[] {
    return [...this.#rows.values()].map(({ looks: _looks, ...row }) => row);
  }

  get unlisted(): number {
    return this.#unlisted;
  }
}
