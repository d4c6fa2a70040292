import type { LogRecord } from "@/lib/agent-protocol";
import type { LogBatch, LogPage } from "@/lib/live";

/** Records a page; the server ends a page early when it grows large. */
export const LOG_PAGE = 1000;

export type LogSource = {
  page: (after: number) => Promise<LogPage>;
  /** A sealed part: gzip NDJSON that the browser unpacks. */
  block: (index: number) => Promise<LogRecord[]>;
};

export type LogState = {
  attempt: number;
  /** Ascending by number, without a hole. */
  records: readonly LogRecord[];
  /** Highest number so far, there or not. */
  total: number;
  loading: "pages" | "done" | "failed";
  expiresAt: string | null;
};

/** A log of which nothing was read. */
export const emptyLog = (attempt: number): LogPage => ({
  attempt,
  records: [],
  nextAfter: null,
  total: 0,
  sealedAt: null,
  blocks: [],
  expiresAt: null,
});

/** One attempt's log in the browser: what was there is loaded in order, what comes is added. Outside React. */
export class ClientLogStore {
  #state: LogState;
  #listeners = new Set<() => void>();
  #isDrawing = false;
  #source: LogSource;
  #isLoading = false;
  /** Something came past the end while the rest was still being loaded. */
  #isBehind = false;

  constructor(first: LogPage, source: LogSource) {
    this.#source = source;
    this.#state = {
      attempt: first.attempt,
      records: first.records,
      total: first.total,
      loading: first.nextAfter === null ? "done" : "pages",
      expiresAt: first.expiresAt,
    };
  }

  readonly state = (): LogState => this.#state;
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  get last(): number {
    return this.#state.records.at(-1)?.n ?? 0;
  }

  /** What the stream brings. A hole is loaded. */
  append(batch: LogBatch): void {
    if (batch.attempt !== this.#state.attempt) return;
    const newest = batch.records.at(-1)?.n ?? batch.after;
    if (batch.after > this.last) {
      this.#set({ total: Math.max(this.#state.total, newest), loading: "pages" });
      this.load();
      return;
    }
    this.#add(batch.records);
  }

  /** Loads what is missing, once at a time. */
  load(): void {
    if (this.#isLoading) {
      this.#isBehind = true;
      return;
    }
    this.#isLoading = true;
    this.#set({ loading: "pages" });
    this.#loadAll().then(
      () => this.#settle("done"),
      () => this.#settle("failed"),
    );
  }

  async #loadAll(): Promise<void> {
    for (;;) {
      this.#isBehind = false;
      const page = await this.#source.page(this.last);
      this.#set({ expiresAt: page.expiresAt });
      this.#add(page.records, page.total);
      // A long log that was closed is read in large parts.
      const isLong = page.nextAfter !== null && page.sealedAt !== null;
      const part = isLong ? page.blocks.findIndex(({ last }) => last > this.last) : -1;
      if (part >= 0)
        for (let index = part; index < page.blocks.length; index++) this.#add(await this.#source.block(index));
      const isAtEnd = part >= 0 || page.nextAfter === null || page.records.length === 0;
      if (isAtEnd && !this.#isBehind) return;
    }
  }

  #settle(loading: "done" | "failed"): void {
    this.#isLoading = false;
    this.#set({ loading });
  }

  #add(records: readonly LogRecord[], total = 0): void {
    const { last } = this;
    const fresh = records.filter(({ n }) => n > last);
    const newest = fresh.at(-1)?.n ?? last;
    this.#set({
      records: fresh.length === 0 ? this.#state.records : this.#state.records.concat(fresh),
      total: Math.max(this.#state.total, total, newest),
    });
  }

  #set(change: Partial<LogState>): void {
    this.#state = { ...this.#state, ...change };
    // Bursts are drawn once a frame.
    if (this.#isDrawing) return;
    this.#isDrawing = true;
    requestAnimationFrame(() => {
      this.#isDrawing = false;
      for (const listener of this.#listeners) listener();
    });
  }
}
