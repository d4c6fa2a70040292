import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { findInSlice, patternOf } from "./find-lines";
import type { FindAnswer, FindOrder } from "./find-worker";
import { createLogSearch } from "./log-search";

const never = new AbortController().signal;
const LINES = [{ text: "\u001b[32mℹ\u001b[39m pass \u001b[1m216\u001b[22m" }, { text: "pass (216)" }];

/** The browser's thread as the page sees it; `isDeaf`: it is lost in a pattern. */
class Thread extends EventTarget {
  static all: Thread[] = [];
  static isDeaf = false;
  static startMs = 0;
  readonly isDeaf = Thread.isDeaf;
  readonly lines: string[] = [];
  isEnded = false;
  constructor() {
    super();
    Thread.all.push(this);
    setTimeout(() => this.#answer({ id: 0, indexes: [], isEnd: false }), Thread.startMs);
  }
  #answer(data: FindAnswer): void {
    this.dispatchEvent(new MessageEvent<FindAnswer>("message", { data }));
  }
  postMessage(order: FindOrder): void {
    if (this.isDeaf) return;
    if ("texts" in order) {
      this.lines.push(...order.texts);
      return;
    }
    const pattern = patternOf(order.query) ?? /$^/;
    const indexes = findInSlice(pattern, 0, { end: this.lines.length, text: (index) => this.lines[index] ?? "" });
    this.#answer({ id: order.id, indexes, isEnd: true });
  }
  terminate(): void {
    this.isEnded = true;
  }
}
const start = () => new Thread();

beforeEach(() => {
  Thread.all = [];
  Thread.isDeaf = false;
  Thread.startMs = 0;
  vi.useFakeTimers({ shouldAdvanceTime: true });
});
afterEach(() => vi.useRealTimers());

test("a search finds what people see, whatever colours stand between the letters", async () => {
  const search = createLogSearch(start);
  const find = (text: string, isRegex: boolean) => search.find(LINES, { text, isRegex }, never);
  expect(await find("ℹ pass 216", false)).toEqual({ is: "found", indexes: [0] });
  expect(await find("PASS (", false)).toEqual({ is: "found", indexes: [1] });
  expect(await find("pass \\d+$", true)).toEqual({ is: "found", indexes: [0] });
  expect(await find("pass (", true)).toEqual({ is: "no_pattern" });
});

test("a worker gets each line once while the log grows, and all of them when it is another log", async () => {
  const search = createLogSearch(start);
  await search.find(LINES, { text: "a", isRegex: true }, never);
  const longer = [...LINES, { text: "after" }];
  expect(await search.find(longer, { text: "^a", isRegex: true }, never)).toEqual({ is: "found", indexes: [2] });
  expect(Thread.all.map(({ lines }) => lines.length)).toEqual([3]);
  const other = [{ text: "another" }, { text: "log" }, { text: "here" }];
  expect(await search.find(other, { text: "^l", isRegex: true }, never)).toEqual({ is: "found", indexes: [1] });
  expect(Thread.all).toHaveLength(2);
});

test("a pattern that does not end is ended, and the next one is not blamed for it", async () => {
  const search = createLogSearch(start);
  Thread.isDeaf = true;
  const slow = search.find(LINES, { text: "(a+)+$", isRegex: true }, never);
  await vi.advanceTimersByTimeAsync(3000);
  expect(await slow).toEqual({ is: "too_slow" });
  expect(Thread.all[0]?.isEnded).toBe(true);

  const given = new AbortController();
  const abandoned = search.find(LINES, { text: "(a+)+b", isRegex: true }, given.signal);
  await vi.advanceTimersByTimeAsync(100);
  given.abort();
  await abandoned;
  Thread.isDeaf = false;
  const good = search.find(LINES, { text: "pass", isRegex: true }, never);
  await vi.advanceTimersByTimeAsync(3000);
  expect(await good).toEqual({ is: "found", indexes: [0, 1] });
});

test("a worker that starts slowly is waited for: the pattern is not to blame", async () => {
  Thread.startMs = 8000;
  const good = createLogSearch(start).find(LINES, { text: "pass", isRegex: true }, never);
  await vi.advanceTimersByTimeAsync(9000);
  expect(await good).toEqual({ is: "found", indexes: [0, 1] });
});
