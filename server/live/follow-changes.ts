import { AppError } from "@/server/errors";
import type { Signals } from "./port";

/** One poll of what came after a cursor. */
export type Poll<Cursor, Message> = {
  cursor: Cursor;
  /** null: nothing came. */
  message: Message | null;
  /** True when more is there than one poll takes. */
  isFull: boolean;
};

export type Source<Cursor, Message> = {
  start: Cursor;
  /** Sent first when there is nothing else, so that a client which is cut off early knows its cursor. */
  greeting: Message;
  /** One indexed read of what came after `cursor`; throws an AppError that ends the stream. */
  poll(cursor: Cursor): Promise<Poll<Cursor, Message>>;
  /** Number among the user's changes that a poll has reached, to know a signal that says nothing new. */
  seqOf(cursor: Cursor): number;
  /** The event id that brings a client back to this cursor. */
  idOf(cursor: Cursor): string;
  /** null: the hub is away. */
  listen(): Promise<Signals | null>;
  hasHub: boolean;
  /** False once the viewer is signed out. */
  isAllowed(): Promise<boolean>;
  /** Aborts when the viewer has gone. */
  signal: AbortSignal;
};

/** Times of a stream, ms. */
export const STREAM_TIMES = {
  /** Between two polls when no signal comes: with a hub, while it is away, where there is none. */
  quietMs: 90_000,
  hubAwayMs: 20_000,
  noHubMs: 1000,
  /** After the hub was lost, up to twice as long. */
  againMs: 500,
  /** Between two checks of the session. */
  allowedMs: 30_000,
  /** A stream ends itself after this time and up to as much again as `spreadMs`; the client comes back by itself. */
  lifeMs: 600_000,
  spreadMs: 240_000,
  /** And after so many reads, for the platform counts them a request. */
  maxReads: 800,
};

/**
 * The one loop behind every stream: listens first, then reads, yields `[event id, message]` and waits for a signal or
 * its time. Never returns by itself, because a return stops the client permanently: it throws `unavailable`, after which
 * clients come back with the last id, or `unauthenticated`.
 */
export async function* followChanges<Cursor, Message>(
  source: Source<Cursor, Message>,
  times: typeof STREAM_TIMES = STREAM_TIMES,
): AsyncGenerator<[string, Message], void> {
  const endsAt = Date.now() + times.lifeMs + Math.random() * times.spreadMs;
  let cursor = source.start;
  let allowedUntil = Date.now() + times.allowedMs;
  let signals: Signals | null = null;
  const leave = (): void => signals?.close();
  source.signal.addEventListener("abort", leave);
  try {
    for (let reads = 0; !source.signal.aborted; reads++) {
      if (Date.now() >= endsAt || reads >= times.maxReads)
        throw new AppError("unavailable", "This stream is renewed: connect again.");
      signals ??= source.hasHub ? await source.listen() : null;
      const poll = await source.poll(cursor);
      cursor = poll.cursor;
      const message = poll.message ?? (reads === 0 ? source.greeting : null);
      if (message !== null) yield [source.idOf(cursor), message];
      if (poll.isFull) continue;
      const quietMs = signals !== null ? times.quietMs : source.hasHub ? times.hubAwayMs : times.noHubMs;
      const pollAt = Math.min(Date.now() + quietMs, endsAt);
      for (let woken: WakeReason = "quiet"; woken === "quiet" && Date.now() < pollAt && !source.signal.aborted;) {
        const untilMs = Math.min(pollAt, allowedUntil) - Date.now();
        woken = await wait(signals, { seen: source.seqOf(cursor), untilMs, signal: source.signal });
        if (woken === "lost") {
          signals = null;
          // A hub that restarts loses all of its viewers at once: they come back one after the other.
          await pause(times.againMs * (1 + Math.random()), source.signal);
        }
        if (Date.now() < allowedUntil) continue;
        if (!(await source.isAllowed())) throw new AppError("unauthenticated", "Sign in first.");
        allowedUntil = Date.now() + times.allowedMs;
      }
    }
  } finally {
    source.signal.removeEventListener("abort", leave);
    leave();
  }
}

type WakeReason = "news" | "quiet" | "lost";

async function wait(
  signals: Signals | null,
  input: { seen: number; untilMs: number; signal: AbortSignal },
): Promise<WakeReason> {
  if (signals !== null) return signals.next(input.seen, input.untilMs);
  await pause(input.untilMs, input.signal);
  return "quiet";
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(done, Math.max(0, ms));
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    }
    if (signal.aborted) done();
    else signal.addEventListener("abort", done);
  });
