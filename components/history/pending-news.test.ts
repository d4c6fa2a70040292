import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { TaskRowView } from "@/lib/live";
import { createPendingNews, type PendingNews } from "./pending-news";

const row = (id: string, change: Partial<TaskRowView> = {}): TaskRowView =>
  ({ id, seq: 1, status: "success", agent: "opencode", ...change }) as TaskRowView;
const shown = { filter: {}, tasks: [row("known")], isLater: false };
const IDLE = { isIdle: true, isReading: false };
const BUSY = { isIdle: false, isReading: false };

let reads: number;
let news: PendingNews;
beforeEach(() => {
  vi.useFakeTimers();
  reads = 0;
  news = createPendingNews(shown, () => void (reads += 1));
});
afterEach(() => {
  news.close();
  vi.useRealTimers();
});
const waits = () => [...news.pending.get()];

test("several ends at once are read together, and once", () => {
  for (const id of ["a", "b", "c"]) {
    news.take([row(id)]);
    vi.advanceTimersByTime(400);
  }
  expect(reads).toBe(0);
  vi.advanceTimersByTime(60_000);
  expect(reads).toBe(1);
  expect(waits()).toEqual([]);
});

test("nothing is read under the eyes of a busy reader; it is counted, once a task, and read when they are idle", () => {
  news.settle(BUSY);
  news.take([row("a"), row("known", { seq: 2 })]);
  news.take([row("a", { seq: 3 })]);
  vi.advanceTimersByTime(3_600_000);
  expect(reads).toBe(0);
  expect(waits()).toEqual(["a", "known"]);
  news.settle(IDLE);
  vi.advanceTimersByTime(1500);
  expect(reads).toBe(1);
});

test("a reader who becomes busy just before the reading stops it", () => {
  news.take([row("a")]);
  vi.advanceTimersByTime(1400);
  news.settle(BUSY);
  vi.advanceTimersByTime(60_000);
  expect(reads).toBe(0);
  expect(waits()).toEqual(["a"]);
});

test("what comes while the page is being read is not lost: it is read after", () => {
  news.take([row("a")]);
  vi.advanceTimersByTime(1500);
  news.settle({ isIdle: true, isReading: true });
  news.take([row("b")]);
  vi.advanceTimersByTime(60_000);
  expect(reads).toBe(1);
  news.settle(IDLE);
  vi.advanceTimersByTime(1500);
  expect(reads).toBe(2);
});

test("who asks for it gets it at once, and not a second time by itself", () => {
  news.take([row("a")]);
  news.refresh();
  vi.advanceTimersByTime(60_000);
  expect(reads).toBe(1);
});

test.each([
  ["a task that still runs", row("a", { status: "running" }), false],
  ["a task that ended", row("a"), true],
  ["what the page shows already", row("known"), false],
  ["a shown task that runs again", row("known", { seq: 2, status: "queued" }), true],
])("%s is news: %o", (_, arrived, isNews) => {
  news.take([arrived]);
  expect(waits()).toEqual(isNews ? [arrived.id] : []);
});

test("what the filter leaves out is no news", () => {
  news.show({ ...shown, filter: { agent: "claude" } });
  news.take([row("a")]);
  expect(waits()).toEqual([]);
});

test("on a later page nothing is news", () => {
  news.show({ ...shown, isLater: true });
  news.take([row("a"), row("known", { seq: 2 })]);
  expect(waits()).toEqual([]);
});
