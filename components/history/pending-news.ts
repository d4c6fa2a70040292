import { createStore, type Store } from "@/components/layout/store";
import type { TaskRowView } from "@/lib/live";
import { isTerminal } from "@/lib/task";
import { passesFilter, type TaskFilter } from "@/lib/task-filter";

/** Sums, charts and rows are read again together, for several ends at once. */
const GATHER_MS = 1500;

/** What the page shows. On a later page nothing is news. */
export type ShownHistory = { filter: TaskFilter; tasks: readonly TaskRowView[]; isLater: boolean };
/** The history is read again when the reader is idle, and not while it is being read. */
export type ReaderState = { isIdle: boolean; isReading: boolean };

export type PendingNews = {
  /** Tasks whose news are not on the page yet. */
  pending: Store<ReadonlySet<string>>;
  show: (shown: ShownHistory) => void;
  settle: (reader: ReaderState) => void;
  take: (rows: readonly TaskRowView[]) => void;
  /** Reads them now. */
  refresh: () => void;
  close: () => void;
};

/** Collects what changed among the rows, and what ended or began again; `read` reads the page anew. */
export function createPendingNews(first: ShownHistory, read: () => void): PendingNews {
  const pending = createStore<ReadonlySet<string>>(new Set());
  let shown = first;
  let reader: ReaderState = { isIdle: true, isReading: false };
  let timer: ReturnType<typeof setTimeout> | undefined;

  const close = () => {
    clearTimeout(timer);
    timer = undefined;
  };
  const refresh = () => {
    close();
    pending.set(new Set());
    read();
  };
  const adjust = () => {
    const isDue = pending.get().size > 0 && reader.isIdle && !reader.isReading;
    if (!isDue) close();
    else timer ??= setTimeout(refresh, GATHER_MS);
  };
  const isNews = (row: TaskRowView) => {
    const known = shown.tasks.find(({ id }) => id === row.id);
    return known === undefined ? isTerminal(row.status) && passesFilter(row, shown.filter) : known.seq < row.seq;
  };
  return {
    pending,
    refresh,
    close,
    show: (now) => void (shown = now),
    settle(now) {
      reader = now;
      adjust();
    },
    take(rows) {
      const ids = shown.isLater ? [] : rows.filter(isNews).map(({ id }) => id);
      if (ids.length === 0) return;
      pending.set(new Set([...pending.get(), ...ids]));
      adjust();
    },
  };
}
