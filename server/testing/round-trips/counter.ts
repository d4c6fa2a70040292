/** Whom a call goes to. */
export type CountedPort = "d1" | "github" | "fly" | "r2" | "queue";

/**
 * What something cost. `steps`: rounds of calls that wait for the round before; `toMachine`: those until Fly was asked
 * for a machine, 0: it was not. A batch of D1 is one call; rows are what D1 bills.
 */
export type Costs = {
  steps: number;
  toMachine: number;
  outside: number;
  d1: number;
  rowsRead: number;
  rowsWritten: number;
  github: number;
  fly: number;
  r2: number;
  queue: number;
};

const NOTHING: Costs = {
  steps: 0,
  toMachine: 0,
  outside: 0,
  d1: 0,
  rowsRead: 0,
  rowsWritten: 0,
  github: 0,
  fly: 0,
  r2: 0,
  queue: 0,
};

/** Turns of the event loop from an answer to the next call of the same code are fewer than this. */
const TURNS = 12;
async function settle(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) await new Promise((resolve) => setTimeout(resolve, 0));
}

type Waiting = { isMachine: boolean; perform: () => Promise<void> };

/**
 * Counts what the code under it asks of others. `inRounds` holds every call back until all code waits, and answers
 * what came together at once: so the rounds count serial steps, whatever the machine's speed.
 */
export function createCounter() {
  let costs = { ...NOTHING };
  let waiting: Waiting[] = [];
  let isHeld = false;

  return {
    /** Passes a call on, counted. */
    call<T>(port: CountedPort, execute: () => Promise<T>, isMachine = false): Promise<T> {
      costs.outside += 1;
      costs[port] += 1;
      if (!isHeld) return execute();
      return new Promise<T>((resolve, reject) => {
        waiting.push({ isMachine, perform: () => execute().then(resolve, reject) });
      });
    },
    rows(meta: { rows_read?: number; rows_written?: number }): void {
      costs.rowsRead += meta.rows_read ?? 0;
      costs.rowsWritten += meta.rows_written ?? 0;
    },

    /** What `work` costs, one call as soon as the next: without steps. */
    async of(work: () => Promise<unknown>): Promise<Costs> {
      costs = { ...NOTHING };
      await work();
      return costs;
    },

    /** What `work` costs, in rounds. */
    async inRounds(work: () => Promise<unknown>): Promise<Costs> {
      costs = { ...NOTHING };
      isHeld = true;
      let isDone = false;
      const ended = work().finally(() => (isDone = true));
      ended.catch(() => undefined);
      for (;;) {
        await settle();
        const round = waiting;
        waiting = [];
        if (round.length === 0) {
          if (isDone) break;
          continue;
        }
        costs.steps += 1;
        if (costs.toMachine === 0 && round.some(({ isMachine }) => isMachine)) costs.toMachine = costs.steps;
        await Promise.all(round.map(({ perform }) => perform()));
      }
      isHeld = false;
      await ended;
      return costs;
    },
  };
}
export type Counter = ReturnType<typeof createCounter>;
