/** Lets `room` in at once, the others in the order in which they came, and nobody where `queue` wait already. */
export class CallQueue {
  #free: number;
  readonly #queue: number;
  #waiting: (() => void)[] = [];

  constructor({ room, queue }: { room: number; queue: number }) {
    this.#free = room;
    this.#queue = queue;
  }

  /** Answers how to leave again; null: too many wait, or the caller has left. */
  async enter(signal: AbortSignal): Promise<(() => void) | null> {
    if (signal.aborted) return null;
    if (this.#free > 0) {
      this.#free -= 1;
    } else {
      if (this.#waiting.length >= this.#queue) return null;
      if (!(await this.#wait(signal))) return null;
    }
    let isIn = true;
    return () => {
      if (!isIn) return;
      isIn = false;
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    };
  }

  /** True: whoever left gave their place to this one. */
  #wait(signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const leave = (): void => {
        this.#waiting = this.#waiting.filter((one) => one !== come);
        resolve(false);
      };
      const come = (): void => {
        signal.removeEventListener("abort", leave);
        resolve(true);
      };
      signal.addEventListener("abort", leave, { once: true });
      this.#waiting.push(come);
    });
  }
}
