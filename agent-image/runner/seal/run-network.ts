import { blockedCallSchema, type MachinePhase, type NetworkReport } from "../../../lib/agent-protocol.ts";
import { AGENTS } from "../../../lib/agents.ts";
import { FAILURES } from "../../../lib/failures.ts";
import { DEFAULT_NETWORK_POLICY } from "../../../lib/network.ts";
import type { AgentUser } from "../agent-user.ts";
import type { Assignment } from "../assignment.ts";
import { clipBytes } from "../clip-bytes.ts";
import { redactStrings } from "../redact-strings.ts";
import { RunFailure } from "../run-failure.ts";
import type { HostOverrides } from "./dialer.ts";
import { openSeal, type Seal } from "./seal.ts";

type Parts = {
  assignment: Assignment;
  user: AgentUser;
  standIns: HostOverrides;
  redact: (text: string) => string;
  phase: () => MachinePhase;
  /** A line of the log. */
  note: (text: string) => void;
};

const MOST_TEXT_BYTES = 200;

/** The network of one run: sealed while the repository is cloned, told of as the run goes on, ended with it. */
export class RunNetwork {
  readonly #parts: Parts;
  readonly #sealing: Promise<Seal>;
  /** Null until it is known whether the machine can be closed. */
  #seal: Seal | null = null;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#sealing = this.#open();
  }

  async #open(): Promise<Seal> {
    const { assignment, user, standIns, phase, note } = this.#parts;
    this.#seal = await openSeal({
      policy: assignment.network ?? DEFAULT_NETWORK_POLICY,
      user,
      agentHosts: AGENTS[assignment.agent.id].hosts,
      gitOrigin: new URL(assignment.repository.cloneUrl).origin,
      standIns,
      phase,
      onBlocked: ({ host, port }) => note(`Blocked: ${host}${port === 0 ? "" : `:${port}`}`),
    });
    return this.#seal;
  }

  /** The seal, once it is made or the run may go without. Throws `RunFailure` network_open. */
  async closed(): Promise<Seal> {
    const { assignment, note } = this.#parts;
    const seal = await this.#sealing;
    if (seal.state.seal !== "open") return seal;
    note(`The network of this machine is open (${seal.state.reason}: ${seal.detail})`);
    if (assignment.network?.required) throw new RunFailure("network_open", FAILURES.network_open.sentence);
    return seal;
  }

  /** As Porter may hear it; null: nothing is known yet. */
  report(): NetworkReport | null {
    const report = this.#seal?.report() ?? null;
    const hide = (text: string): string =>
      clipBytes(this.#parts.redact(text), { maxBytes: MOST_TEXT_BYTES, keep: "start" });
    return report && { ...report, blocked: redactStrings(report.blocked, blockedCallSchema, hide) };
  }

  /** Ends whatever of the agent still runs, and the seal. False: something may live on. */
  async end(): Promise<boolean> {
    const seal = await this.#sealing;
    const isQuiet = await seal.endAll();
    seal.close();
    return isQuiet;
  }
}
