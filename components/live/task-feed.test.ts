import { expect, test } from "vitest";
import type { TaskRowView } from "@/lib/live";
import { createTaskFeed } from "./task-feed";

const row = (id: string, seq: number) => ({ id, seq, status: "running" }) as TaskRowView;

test("an action's answer does not move the stream's place past changes that were not told yet", () => {
  const feed = createTaskFeed(10);
  feed.take([row("stopped by hand", 15)]);
  expect(feed.seq()).toBe(10);
  feed.take([row("another", 12)]);
  feed.reach(12);
  expect(feed.seq()).toBe(12);
});

test("an older view of a task is no news", () => {
  const feed = createTaskFeed(10);
  const heard: string[] = [];
  feed.listen((rows) => heard.push(...rows.map(({ id, seq }) => `${id} ${seq}`)));
  feed.take([row("a", 15)]);
  feed.take([row("a", 12), row("b", 13)]);
  expect(heard).toEqual(["a 15", "b 13"]);
});
