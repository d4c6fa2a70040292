import { type LogRecord, MOST_TODOS } from "../../lib/agent-protocol.ts";
import { beginningOf, clipBytes } from "./clip-bytes.ts";

type WithoutPosition<R> = R extends LogRecord ? Omit<R, "n" | "t"> : never;
/** A record before it has its number in the stream; texts may have any length. */
export type NewRecord = WithoutPosition<LogRecord>;
/** What one progress call carries; the same object until it is acknowledged. */
export type RecordBatch = { seq: number; records: LogRecord[] };

const MAX_BATCH_RECORDS = 1_000;
const MAX_BATCH_BYTES = 64 * 1024;
const MAX_TEXT_BYTES = 8_192;
/** What may wait unsent, half of it the oldest and half the newest. */
const MAX_WAITING_BYTES = 8 * 1024 * 1024;
/** What an attempt may log at all. */
const MAX_LINES = 100_000;
const MAX_BYTES = 20 * 1024 * 1024;
const TAIL_BYTES = 16 * 1024;

type Waiting = { record: NewRecord; t: number; bytes: number };

/** A first-in first-out list that is cheap at both ends. */
class Fifo {
  #items: Waiting[] = [];
  #from = 0;
  bytes = 0;

  get first(): Waiting | undefined {
    return this.#items[this.#from];
  }
  push(item: Waiting): void {
    this.#items.push(item);
    this.bytes += item.bytes;
  }
  shift(): Waiting | undefined {
    const item = this.first;
    if (item === undefined) return undefined;
    this.#from++;
    this.bytes -= item.bytes;
    if (this.#from > 1_024 && this.#from * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#from);
      this.#from = 0;
    }
    return item;
  }
}

export type RecordStreamOptions = {
  /** Applied to every text before it is cut, so that a cut cannot hide half a secret from it. */
  redact: (text: string) => string;
  /** Milliseconds; only differences count. */
  now?: () => number;
  maxWaitingBytes?: number;
  maxLines?: number;
  maxBytes?: number;
};

/**
 * The ordered log of one attempt on its way to Porter. Records are numbered from 1 without holes when they enter
 * a batch; a batch is handed out unchanged until it is acknowledged. What is too much is dropped in the middle
 * and marked with an `x` record; nothing here waits or throws.
 */
export class RecordStream {
  #options: Required<RecordStreamOptions>;
  #startedAt: number;
  #head = new Fifo();
  #recent = new Fifo();
  #droppedBetween = 0;
  #batch: RecordBatch | null = null;
  #acknowledgedSeq = 0;
  #nextNumber = 1;
  #lines = 0;
  #bytes = 0;
  /** Records after the limit that no `x` record has told of yet. */
  #pastLimit = 0;
  #full: "no" | "untold" | "told" = "no";
  #tail: string[] = [];
  #tailLength = 0;

  constructor(options: RecordStreamOptions) {
    this.#options = {
      now: () => performance.now(),
      maxWaitingBytes: MAX_WAITING_BYTES,
      maxLines: MAX_LINES,
      maxBytes: MAX_BYTES,
      ...options,
    };
    this.#startedAt = this.#options.now();
  }

  /** ms since the stream began: the time of its records. */
  get elapsed(): number {
    return Math.max(0, Math.round(this.#options.now() - this.#startedAt));
  }

  /** Last `seq` that Porter has; 0 before the first. */
  get acknowledgedSeq(): number {
    return this.#acknowledgedSeq;
  }

  /**
   * Whether a batch is worth sending now. A log that is full says so once; how much more was dropped rides along
   * with the next phase.
   */
  get hasPending(): boolean {
    if (this.#batch !== null || this.#full === "untold") return true;
    return this.#head.first !== undefined || this.#recent.first !== undefined;
  }

  add(record: NewRecord): void {
    const clean = this.#clean(record);
    this.#remember(clean);
    const bytes = Buffer.byteLength(JSON.stringify(clean)) + 32;
    // Phases are few, what was pushed has its own limit: both are always told. Everything else ends at the attempt's.
    if (clean.k !== "p" && clean.k !== "x" && clean.k !== "f") {
      this.#lines++;
      this.#bytes += bytes;
      if (this.#full === "no" && (this.#lines > this.#options.maxLines || this.#bytes > this.#options.maxBytes))
        this.#full = "untold";
      if (this.#full !== "no") {
        this.#pastLimit++;
        return;
      }
    }
    this.#queue({ record: clean, t: this.elapsed, bytes });
  }

  /**
   * The next batch: at most 1,000 records and 64 KB of JSON, possibly no records (a new phase alone needs a
   * number too). The same object again until `acknowledge`.
   */
  takeBatch(): RecordBatch {
    if (this.#batch !== null) return this.#batch;
    const records: LogRecord[] = [];
    let bytes = 0;
    while (records.length < MAX_BATCH_RECORDS) {
      const next = this.#peek();
      if (next === undefined || (records.length > 0 && bytes + next.bytes > MAX_BATCH_BYTES)) break;
      this.#head.shift();
      records.push({ n: this.#nextNumber++, t: next.t, ...next.record });
      bytes += next.bytes;
    }
    this.#batch = { seq: this.#acknowledgedSeq + 1, records };
    return this.#batch;
  }

  /** Porter has the batch. An earlier or unknown number changes nothing. */
  acknowledge(seq: number): void {
    if (this.#batch?.seq !== seq) return;
    this.#acknowledgedSeq = seq;
    this.#batch = null;
  }

  /**
   * Porter answered a gap (409). `acknowledged`: it already has the batch in flight; `resend`: it wants exactly
   * that one; `lost`: it wants one that is gone, so this stream can no longer be continued.
   */
  resync(expectedSeq: number): "acknowledged" | "resend" | "lost" {
    const inFlight = this.#acknowledgedSeq + 1;
    if (expectedSeq === inFlight) return "resend";
    if (expectedSeq !== inFlight + 1 || this.#batch === null) return "lost";
    this.acknowledge(inFlight);
    return "acknowledged";
  }

  /**
   * The last readable lines of what the agent and others printed, redacted, at most `maxBytes` of UTF-8; its lines of
   * JSON and the runner's own notes are left out.
   */
  tail(maxBytes: number): string {
    return clipBytes(this.#tail.join("\n"), { maxBytes, keep: "end" });
  }

  #clean(record: NewRecord): NewRecord {
    const text = (value: string, maxBytes: number): string =>
      clipBytes(this.#options.redact(value), { maxBytes, keep: "start" });
    const s = text(record.s, MAX_TEXT_BYTES);
    switch (record.k) {
      case "c": {
        const todos = record.todos?.slice(0, MOST_TODOS).map((todo) => ({ ...todo, text: text(todo.text, 400) }));
        const call = { ...record, id: text(record.id, 128), tool: text(record.tool, 64), s };
        return todos === undefined ? call : { ...call, todos };
      }
      case "r":
        return { ...record, id: text(record.id, 128), s };
      case "d":
        return { ...record, id: text(record.id, 128), path: text(record.path, 1_024), ...this.#beginning(record) };
      case "f":
        return { ...record, path: text(record.path, 1_024), ...this.#beginning(record) };
      default:
        return { ...record, s };
    }
  }

  /** As much of a patch as a record holds; whether that is all stands beside it. */
  #beginning({ s, cut }: { s: string; cut?: true | undefined }): { s: string; cut?: true } {
    const whole = this.#options.redact(s).toWellFormed();
    const isCut = cut === true || Buffer.byteLength(whole) > MAX_TEXT_BYTES;
    return { s: beginningOf(whole, MAX_TEXT_BYTES), ...(isCut ? { cut: true } : {}) };
  }

  #remember(record: NewRecord): void {
    if (record.k === "p" || record.k === "d" || record.k === "f") return;
    if (record.k === "o" && record.s.startsWith("{")) return;
    // An agent says an error as its message, and then again as its result.
    if (this.#tail.at(-1) === record.s) return;
    this.#tail.push(record.s);
    this.#tailLength += record.s.length + 1;
    while (this.#tail.length > 1 && this.#tailLength - (this.#tail[0]?.length ?? 0) > TAIL_BYTES) {
      this.#tailLength -= (this.#tail.shift()?.length ?? 0) + 1;
    }
  }

  #queue(item: Waiting): void {
    const half = this.#options.maxWaitingBytes / 2;
    if (this.#droppedBetween === 0) this.#refillHead(half);
    if (this.#recent.first === undefined && this.#droppedBetween === 0 && this.#head.bytes + item.bytes <= half) {
      this.#head.push(item);
      return;
    }
    this.#recent.push(item);
    while (this.#recent.bytes > half && this.#recent.shift() !== undefined) this.#droppedBetween++;
  }

  #refillHead(limit: number): void {
    for (
      let next = this.#recent.first;
      next !== undefined && this.#head.bytes + next.bytes <= limit;
      next = this.#recent.first
    ) {
      this.#recent.shift();
      this.#head.push(next);
    }
  }

  /** The record to send next, moved to the front of `#head`; gaps appear where records are missing. */
  #peek(): Waiting | undefined {
    if (this.#head.first !== undefined) return this.#head.first;
    if (this.#droppedBetween > 0) {
      this.#head.push(this.#gap(this.#droppedBetween, "lines dropped: Porter did not take them in time"));
      this.#droppedBetween = 0;
    } else if (this.#recent.first !== undefined) {
      [this.#head, this.#recent] = [this.#recent, this.#head];
    } else if (this.#pastLimit > 0) {
      this.#head.push(this.#gap(this.#pastLimit, "lines not kept: the log of this attempt is full"));
      this.#pastLimit = 0;
      this.#full = "told";
    }
    return this.#head.first;
  }

  #gap(dropped: number, why: string): Waiting {
    return {
      record: { k: "x", dropped, s: `${dropped} ${why}` },
      t: this.#recent.first?.t ?? this.elapsed,
      bytes: 128,
    };
  }
}
