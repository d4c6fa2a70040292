import { expect, test } from "vitest";
import type { TaskRowView } from "@/lib/live";
import { type BoardData, type Layout, layoutOf, countNewRows, nextLayout, rowsOf, withNews } from "./board";

const NOW = Date.parse("2026-11-22T12:00:00.000Z");
const row = (id: string, overrides: Partial<TaskRowView> = {}): TaskRowView =>
  ({
    id,
    seq: 1,
    status: "running",
    agent: "opencode",
    repoOwner: "acme",
    repoName: "widgets",
    issueTitle: "Title",
    issueNumber: 7,
    createdBy: "octocat",
    createdAt: "2026-11-22T11:00:00.000Z",
    ...overrides,
  }) as TaskRowView;
const boardOf = (tasks: TaskRowView[], more: Partial<BoardData> = {}): BoardData => ({
  lists: [
    { section: "running", page: { tasks, nextCursor: null } },
    { section: "done", page: { tasks: [], nextCursor: null } },
  ],
  filter: {},
  address: "",
  isLater: false,
  seq: 1,
  ...more,
});

test("a row that ends moves to its section, and an older view never brings it back", () => {
  const data = boardOf([row("a"), row("b")]);
  const ended = row("a", { seq: 5, status: "success" });
  const rows = withNews(rowsOf(data), [ended, row("a", { seq: 4 })], data);
  expect(layoutOf(rows, data, { nowMs: NOW, line: [] })).toEqual([
    { section: "running", ids: ["b"] },
    { section: "done", ids: ["a"] },
  ]);
});

test("what the filter leaves out does not come in, but what is there stays true", () => {
  const data = boardOf([row("a", { agent: "claude" })], { filter: { agent: "claude" } });
  const rows = withNews(rowsOf(data), [row("b"), row("a", { seq: 2, status: "success", agent: "claude" })], data);
  expect([...rows.keys()]).toEqual(["a"]);
  expect(rows.get("a")?.status).toBe("success");
});

test("nothing new comes onto a later page", () => {
  const data = boardOf([row("a")], { isLater: true });
  expect([...withNews(rowsOf(data), [row("b")], data).keys()]).toEqual(["a"]);
});

test("newcomers are counted against what is shown", () => {
  const data = boardOf([row("a")]);
  const shown = layoutOf(rowsOf(data), data, { nowMs: NOW, line: [] });
  const wanted = layoutOf(withNews(rowsOf(data), [row("b"), row("c")], data), data, { nowMs: NOW, line: [] });
  expect(countNewRows(shown, wanted)).toBe(2);
});

test("no row moves while the reader is busy with the list, and all of them do once they are idle", () => {
  const data = boardOf([row("a"), row("b")]);
  const before = layoutOf(rowsOf(data), data, { nowMs: NOW, line: [] });
  const news = [row("a", { seq: 5, status: "success" }), row("c")];
  const wanted = layoutOf(withNews(rowsOf(data), news, data), data, { nowMs: NOW, line: [] });
  expect(nextLayout(before, wanted, false)).toBe(before);
  expect(nextLayout(before, wanted, true)).toBe(wanted);
});

test("into an empty list rows come at once: nobody reads it", () => {
  const empty: Layout = [{ section: "running", ids: [] }];
  const wanted: Layout = [{ section: "running", ids: ["a"] }];
  expect(nextLayout(empty, wanted, false)).toBe(wanted);
});

test("a layout that says nothing new is the one before, so that nothing is drawn again", () => {
  const shown: Layout = [{ section: "running", ids: ["a", "b"] }];
  expect(nextLayout(shown, [{ section: "running", ids: ["a", "b"] }], true)).toBe(shown);
  expect(nextLayout(shown, [{ section: "running", ids: ["b", "a"] }], true)).not.toBe(shown);
});

test("who waits stands in the order of the line, what is not told a place after it, newest first", () => {
  const waits = (id: string, minute: number): TaskRowView =>
    row(id, { status: "queued", createdAt: `2026-11-22T11:${minute}:00.000Z` });
  const tasks = [waits("late", 40), waits("first", 30), waits("urgent", 50), waits("far", 20), waits("farther", 10)];
  const data = { lists: [{ section: "queued" as const, page: { tasks, nextCursor: null } }] };
  const rows = new Map(tasks.map((task) => [task.id, task]));
  const line = ["urgent", "started", "first", "late"];
  expect(layoutOf(rows, data, { nowMs: NOW, line })).toEqual([
    { section: "queued", ids: ["urgent", "first", "late", "far", "farther"] },
  ]);
});
