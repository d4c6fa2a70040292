import { NO_TOKENS, type Tokens } from "./counts.ts";
import type { Settled } from "./prices.ts";

/** What a run's calls have come to, by Porter's own count. */
export type Tally = {
  /** Billed calls that were let through. */
  requests: number;
  tokens: Tokens;
  /** Tools of providers and beta features that were taken out of calls: how often each. */
  takenOut: Record<string, number>;
  /** Calls that were not let through for what they asked. */
  refused: number;
  /** Models without a price in Porter's list: their provider's dearest counts. */
  unpriced: string[];
  /** Answers that broke off, or did not tell their cost: the most that they can have cost counts. */
  estimated: number;
};

/** An agent may name many: what is beyond these is counted in the last. */
const MOST_NAMES = 50;

export class RunTally {
  #requests = 0;
  #refused = 0;
  #estimated = 0;
  #tokens: Tokens = NO_TOKENS;
  readonly #takenOut = new Map<string, number>();
  readonly #unpriced = new Set<string>();

  get now(): Tally {
    return {
      requests: this.#requests,
      tokens: this.#tokens,
      takenOut: Object.fromEntries(this.#takenOut),
      refused: this.#refused,
      unpriced: [...this.#unpriced],
      estimated: this.#estimated,
    };
  }

  get requests(): number {
    return this.#requests;
  }

  request(): void {
    this.#requests += 1;
  }

  refuse(): void {
    this.#refused += 1;
  }

  takeOut(names: readonly string[]): void {
    for (const name of names) {
      const isListed = this.#takenOut.has(name) || this.#takenOut.size < MOST_NAMES;
      const under = isListed ? name : "others";
      this.#takenOut.set(under, (this.#takenOut.get(under) ?? 0) + 1);
    }
  }

  unpriced(model: string): void {
    this.#unpriced.add(model);
  }

  settle({ tokens, isEstimate }: Settled): void {
    const { input, cacheRead, cacheWrite, cacheWriteLong, output } = this.#tokens;
    this.#tokens = {
      input: input + tokens.input,
      cacheRead: cacheRead + tokens.cacheRead,
      cacheWrite: cacheWrite + tokens.cacheWrite,
      cacheWriteLong: cacheWriteLong + tokens.cacheWriteLong,
      output: output + tokens.output,
    };
    if (isEstimate) this.#estimated += 1;
  }
}
