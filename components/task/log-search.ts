import { findInSlice, patternOf, type Query, SEARCHED, SLICE } from "./find-lines";
import type { FindAnswer, FindOrder } from "./find-worker";
import type { LogLine } from "./log-lines";
import { seenText } from "./terminal-text";
import { sleepFor } from "@/lib/sleep";

/** `indexes` (from 0) of the lines that match as they are seen. */
export type SearchResult = { is: "found"; indexes: number[] } | { is: "no_pattern" } | { is: "too_slow" };
type Lines = readonly Pick<LogLine, "text">[];
/** Answers `found` with what there was when `signal` ended it. */
export type LogSearch = {
  find: (lines: Lines, query: Query, signal: AbortSignal) => Promise<SearchResult>;
  close: () => void;
};

/** What is needed of a worker. */
export type SearchThread = Pick<Worker, "addEventListener" | "removeEventListener" | "postMessage" | "terminate">;

/** One slice takes a few milliseconds; a pattern that takes so long would not end. */
const PATIENCE_MS = 2000;
/** Until the worker's script is there, which a slow line or machine may hold up: no fault of the pattern. */
const START_MS = 15_000;

const textAt = (lines: Lines, index: number): string => seenText((lines[index]?.text ?? "").slice(0, SEARCHED));
/** Until a worker's first word, which says that it listens. */
const itsHello = (thread: SearchThread): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, START_MS);
    const take = (): void => {
      clearTimeout(timer);
      resolve();
    };
    thread.addEventListener("message", take, { once: true });
  });

/** In slices, between which the page lives. */
async function findHere(lines: Lines, pattern: RegExp, signal: AbortSignal): Promise<number[]> {
  const indexes: number[] = [];
  for (let start = 0; start < lines.length && !signal.aborted; start += SLICE) {
    const slice = { end: Math.min(lines.length, start + SLICE), text: (index: number) => textAt(lines, index) };
    for (const index of findInSlice(pattern, start, slice)) indexes.push(index);
    await sleepFor(0);
  }
  return indexes;
}

/** The worker, which holds the lines that it was sent. */
function createThread(startWorker: () => SearchThread) {
  let worker: SearchThread | null = null;
  let hello: Promise<void> = Promise.resolve();
  let sent = 0;
  let last: Lines[number] | undefined;

  const thread = {
    /** An order was given up before its end: the worker may hang in it. */
    isAbandoned: false,
    isOf: (one: SearchThread): boolean => worker === one,
    end(): void {
      worker?.terminate();
      worker = null;
      sent = 0;
      thread.isAbandoned = false;
    },
    /** Sends what the worker lacks of these lines. */
    async send(lines: Lines, signal: AbortSignal): Promise<SearchThread> {
      // Another log, or this one from its beginning.
      if (sent > lines.length || (sent > 0 && lines[sent - 1] !== last)) thread.end();
      if (worker === null) {
        worker = startWorker();
        hello = itsHello(worker);
      }
      const to = worker;
      await hello;
      while (sent < lines.length && !signal.aborted && thread.isOf(to)) {
        const start = sent;
        sent = Math.min(lines.length, start + SLICE);
        last = lines[sent - 1];
        const texts = Array.from({ length: sent - start }, (_, index) => textAt(lines, start + index));
        to.postMessage({ texts } satisfies FindOrder);
        await sleepFor(0);
      }
      return to;
    },
  };
  return thread;
}

/**
 * Finds in a growing log. Plain words are looked for here, in slices, so that the page stays alive. A pattern is run
 * in a worker, which holds the lines that it got already, and which ends when it takes too long.
 */
export function createLogSearch(startWorker: () => SearchThread): LogSearch {
  const thread = createThread(startWorker);
  let orders = 0;

  async function findPattern(lines: Lines, query: Query, signal: AbortSignal): Promise<SearchResult> {
    const to = await thread.send(lines, signal);
    const id = (orders += 1);
    const indexes: number[] = [];
    if (signal.aborted) return { is: "found", indexes };
    return new Promise((resolve) => {
      const settle = (found: SearchResult): void => {
        clearTimeout(timer);
        to.removeEventListener("message", take);
        signal.removeEventListener("abort", stop);
        resolve(found);
      };
      const wait = () =>
        setTimeout(() => {
          const wasAbandoned = thread.isAbandoned;
          if (thread.isOf(to)) thread.end();
          if (wasAbandoned) findPattern(lines, query, signal).then(settle, () => settle({ is: "too_slow" }));
          else settle({ is: "too_slow" });
        }, PATIENCE_MS);
      let timer = wait();
      const take = ({ data }: MessageEvent<FindAnswer>): void => {
        thread.isAbandoned = false;
        if (data.id !== id) return;
        clearTimeout(timer);
        timer = wait();
        for (const index of data.indexes) indexes.push(index);
        if (data.isEnd) settle({ is: "found", indexes });
      };
      const stop = (): void => {
        thread.isAbandoned = true;
        settle({ is: "found", indexes });
      };
      to.addEventListener("message", take);
      signal.addEventListener("abort", stop);
      to.postMessage({ id, query } satisfies FindOrder);
    });
  }

  return {
    close: () => thread.end(),
    async find(lines, query, signal) {
      const pattern = patternOf(query);
      if (pattern === null) return { is: "no_pattern" };
      if (query.isRegex) return findPattern(lines, query, signal);
      return { is: "found", indexes: await findHere(lines, pattern, signal) };
    },
  };
}
