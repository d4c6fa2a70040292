/** Money that is reserved for one call. `left`: what the budget has for it; null: there is no budget. */
export type Reserved = { left: number | null; settle(micros: number): void };

type Waiting = { most: number; give: (reserved: Reserved | null) => void };

/**
 * What a task may spend, in micro-dollars. A call begins where something is left after everything that others under way
 * may still cost; it waits where only their ends can tell. So calls at once never take the same cent, and what is spent
 * lies above the budget by less than the last call.
 */
export class Budget {
  readonly #limit: number | null;
  #spent: number;
  #reserved = 0;
  #underWay = 0;
  #waiting: Waiting[] = [];

  constructor({ limit, spent }: { limit: number | null; spent: number }) {
    this.#limit = limit;
    this.#spent = spent;
  }

  get spent(): number {
    return this.#spent;
  }

  /** Reserves at most `most`, once that can be; null: the budget is spent, or the caller has left. */
  reserve(most: number, signal: AbortSignal): Promise<Reserved | null> {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve(null);
      const leave = (): void => {
        this.#waiting = this.#waiting.filter((one) => one !== waiting);
        resolve(null);
        this.#serve();
      };
      const give = (reserved: Reserved | null): void => {
        signal.removeEventListener("abort", leave);
        resolve(reserved);
      };
      const waiting = { most, give };
      signal.addEventListener("abort", leave, { once: true });
      this.#waiting.push(waiting);
      this.#serve();
    });
  }

  /** Whoever waits longest comes first. */
  #serve(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      const isSpent = this.#limit !== null && this.#spent >= this.#limit;
      const fits = this.#limit === null || this.#spent + this.#reserved + next.most <= this.#limit;
      if (!isSpent && !fits && this.#underWay > 0) return;
      this.#waiting.shift();
      next.give(isSpent ? null : this.#take(next.most));
    }
  }

  #take(most: number): Reserved {
    const left = this.#limit === null ? null : this.#limit - this.#spent - this.#reserved;
    this.#reserved += most;
    this.#underWay += 1;
    let isOpen = true;
    return {
      left,
      settle: (micros) => {
        if (!isOpen) return;
        isOpen = false;
        this.#reserved -= most;
        this.#underWay -= 1;
        this.#spent += micros;
        this.#serve();
      },
    };
  }
}
