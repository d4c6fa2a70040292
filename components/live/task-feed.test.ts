import fc from "fast-check";
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

test("a page that appears later hears what came after the server made it, newest view only", () => {
  const feed = createTaskFeed(10);
  feed.take([row("a", 15), row("b", 12)]);
  feed.take([row("a", 16)]);
  expect(feed.since(12).map(({ id, seq }) => `${id} ${seq}`)).toEqual(["a 16"]);
});

test("what arrived lately is kept, however much comes; the oldest goes first", () => {
  const feed = createTaskFeed(0);
  for (let seq = 1; seq <= 1000; seq++) feed.take([row(`t${seq}`, seq)]);
  const kept = feed.since(0).map(({ seq }) => seq);
  expect(kept).toEqual(Array.from({ length: 300 }, (_, index) => 701 + index));
});

test("a task that moves again is no old one", () => {
  const feed = createTaskFeed(0);
  for (let seq = 1; seq <= 300; seq++) feed.take([row(`t${seq}`, seq)]);
  feed.take([row("t1", 301)]);
  feed.take([row("t301", 302)]);
  expect(feed.since(0).map(({ id }) => id)).toContain("t1");
  expect(feed.since(0).map(({ id }) => id)).not.toContain("t2");
});

test("in any order of pages that come and go there is one stream, and it runs exactly while nobody suspends it", () => {
  const act = fc.record({ suspends: fc.boolean(), which: fc.nat(5) });
  fc.assert(
    fc.property(fc.array(act, { maxLength: 30 }), (story) => {
      const feed = createTaskFeed(0);
      let running = 0;
      const end = feed.run(() => {
        running += 1;
        return () => void (running -= 1);
      });
      const held: (() => void)[] = [];
      for (const { suspends, which } of story) {
        if (suspends) held.push(feed.suspend());
        else held.splice(which % (held.length || 1), 1)[0]?.();
        expect(running).toBe(held.length === 0 ? 1 : 0);
        expect(feed.isSuspended()).toBe(held.length > 0);
      }
      end();
      for (const resume of held) resume();
      expect(running).toBe(0);
    }),
    { numRuns: 60 },
  );
});
