import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { TaskRowView } from "@/lib/live";
import { type Announcements, createAnnouncements } from "./announcements";

const NOW = Date.parse("2026-11-22T12:00:00.000Z");
const row = (id: string, status: TaskRowView["status"], change: Partial<TaskRowView> = {}): TaskRowView =>
  ({ id, status, ...change }) as TaskRowView;

let said: string[];
let voice: Announcements;
beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
  said = [];
  voice = createAnnouncements((words) => said.push(words));
});
afterEach(() => {
  voice.close();
  vi.useRealTimers();
});
/** What is said within a minute of `rows`. */
const heard = (...rows: TaskRowView[]): string[] => {
  said = [];
  voice.take(rows);
  vi.advanceTimersByTime(60_000);
  return said;
};

test("ends of one moment are one sentence, each kind counted", () => {
  voice.take([row("a", "success"), row("b", "failed")]);
  vi.advanceTimersByTime(2000);
  expect(vi.getTimerCount()).toBe(1);
  voice.take([row("c", "success"), row("d", "queued", { blockedReason: "no_provider_key" as never })]);
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(60_000);
  expect(said).toEqual(["2 tasks are done, 1 task failed, 1 task needs you"]);
});

test("progress is never said", () => {
  expect(heard(row("a", "queued"), row("b", "running"))).toEqual([]);
  expect(heard(row("a", "running", { progress: 40 }))).toEqual([]);
});

test("an end is said once, however often its row comes again, and again when the task ends anew", () => {
  expect(heard(row("a", "failed"))).toEqual(["1 task failed"]);
  expect(heard(row("a", "failed", { seq: 9 }))).toEqual([]);
  expect(heard(row("a", "running"))).toEqual([]);
  expect(heard(row("a", "failed"))).toEqual(["1 task failed"]);
});

test("a task that runs again before its end was said did not end", () => {
  voice.take([row("a", "failed")]);
  expect(heard(row("a", "running"))).toEqual([]);
});

test("what ended long before the page was there is no news; what ended just before is", () => {
  const endedAt = (ms: number) => ({ completedAt: new Date(NOW + ms).toISOString() });
  expect(heard(row("old", "success", endedAt(-61_000)))).toEqual([]);
  expect(heard(row("new", "success", endedAt(-59_000)))).toEqual(["1 task is done"]);
});

test("what a person ended themselves is not told to them", () => {
  expect(heard(row("a", "failed", { failureCode: "stopped_by_user" })).join()).toBe("");
});

test("the connection is said when it is lost and when it is found again, and its first opening is not", () => {
  for (const now of ["connecting", "live", "resting", "live"] as const) voice.connection(now);
  expect(said).toEqual([]);
  voice.connection("lost");
  voice.connection("live");
  voice.connection("live");
  expect(said).toEqual(["Connection lost. This page goes on by itself when it is back.", "Connected again"]);
});

test("a page that rests between loss and return still says that it is connected again", () => {
  for (const now of ["lost", "resting", "live"] as const) voice.connection(now);
  expect(said.at(-1)).toBe("Connected again");
});

test("a page that is left says nothing more", () => {
  voice.take([row("a", "failed")]);
  voice.close();
  vi.advanceTimersByTime(60_000);
  expect(said).toEqual([]);
});
