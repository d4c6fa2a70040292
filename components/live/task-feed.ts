import type { TaskRowView } from "@/lib/live";

/** Rows that arrived lately are kept for pages that appear after them. */
const KEPT_ROWS = 300;

export type TaskFeed = {
  /** Where a new stream begins: everything before has been told by the one before it. */
  seq(): number;
  /** The stream has told everything up to there. */
  reach(seq: number): void;
  /** Rows as they are now, from the stream, from an action's answer or from a page about one task. */
  take(rows: TaskRowView[]): void;
  /** Hears of rows that arrive from now on, newer ones only. */
  listen(listener: (rows: TaskRowView[]) => void): () => void;
  /** What arrived after `seq`, for a page that the server made before. */
  since(seq: number): TaskRowView[];
  /** Runs the stream whenever nobody suspends it. `start` answers its end. */
  run(start: () => () => void): () => void;
  /** Ends the stream until the answer is called: one stream a tab. */
  suspend(): () => void;
  isSuspended(): boolean;
};

/** What the tab knows of moving tasks, outside React. */
export function createTaskFeed(firstSeq: number): TaskFeed {
  const rows = new Map<string, TaskRowView>();
  const listeners = new Set<(rows: TaskRowView[]) => void>();
  let told = firstSeq;
  let suspensions = 0;
  let start: (() => () => void) | null = null;
  let stop: (() => void) | null = null;

  const adjust = () => {
    const shouldRun = start !== null && suspensions === 0;
    if (shouldRun && stop === null) stop = start?.() ?? null;
    if (!shouldRun && stop !== null) {
      stop();
      stop = null;
    }
  };
  return {
    seq: () => told,
    reach: (seq) => void (told = Math.max(told, seq)),
    take(arrived) {
      const fresh = arrived.filter((row) => (rows.get(row.id)?.seq ?? -1) < row.seq);
      if (fresh.length === 0) return;
      for (const row of fresh) {
        rows.delete(row.id);
        rows.set(row.id, row);
      }
      for (const id of [...rows.keys()].slice(0, Math.max(0, rows.size - KEPT_ROWS))) rows.delete(id);
      for (const listener of listeners) listener(fresh);
    },
    listen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    since: (seq) => [...rows.values()].filter((row) => row.seq > seq),
    run(starter) {
      start = starter;
      adjust();
      return () => {
        start = null;
        adjust();
      };
    },
    suspend() {
      suspensions += 1;
      adjust();
      return () => {
        suspensions -= 1;
        adjust();
      };
    },
    isSuspended: () => suspensions > 0,
  };
}
