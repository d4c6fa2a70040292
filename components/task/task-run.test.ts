import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createTaskFeed } from "@/components/live/task-feed";
import type { LogRecord } from "@/lib/agent-protocol";
import type { LogBatch, TaskChangeView, TaskRowView } from "@/lib/live";
import type { TaskView } from "@/lib/task-view";
import { emptyLog, ClientLogStore } from "./log-store";
import { createTaskRun, type RunMessage, type RunPorts, type RunPosition } from "./task-run";

beforeEach(() => vi.stubGlobal("requestAnimationFrame", (draw: () => void) => setTimeout(draw)));
afterEach(() => void vi.unstubAllGlobals());

const view = (change: Partial<TaskView>): TaskView =>
  ({
    id: "t",
    seq: 1,
    status: "running",
    attempt: 1,
    instructions: "as asked",
    issueBody: "the issue",
    ...change,
  }) as TaskView;
const told = (change: Partial<TaskView>): TaskChangeView => {
  const { instructions: _, issueBody: __, ...rest } = view(change);
  return rest;
};
const records = (from: number, count: number): LogRecord[] =>
  Array.from({ length: count }, (_, index) => ({ n: from + index, t: 0, k: "o", s: `line ${from + index}` }));
const batch = (attempt: number, after: number, count: number): LogBatch => ({
  attempt,
  after,
  records: records(after + 1, count),
});

/** A tab whose list stream and task streams are open or not; at most one of them may be at any time. */
function world(first: Partial<TaskView> = {}, options: { pinnedAttempt?: number; records?: number } = {}) {
  const task = view(first);
  const feed = createTaskFeed(1);
  const open: string[] = [];
  const streams: { from: RunPosition; tell: (message: Partial<RunMessage>) => void }[] = [];
  const begin = (name: string) => {
    open.push(name);
    expect(open, "one stream a tab").toHaveLength(1);
    return () => void open.splice(open.indexOf(name), 1);
  };
  feed.run(() => begin("list"));
  const handlers = { onArrival() {}, onConnectionStateChange() {}, onError() {} };
  const ports: RunPorts = {
    feed,
    keepStream: (start) => {
      const stream = start(handlers);
      return () => stream.unsubscribe();
    },
    open(from, { onData }) {
      const end = begin("own");
      streams.push({ from, tell: (message) => onData({ task: null, log: null, ...message }) });
      return { unsubscribe: end };
    },
    newLog: (page) => new ClientLogStore(page, { page: async () => emptyLog(page.attempt), block: async () => [] }),
  };
  const log = { ...emptyLog(task.attempt), records: records(1, options.records ?? 0), total: options.records ?? 0 };
  const run = createTaskRun({ task, log, pinnedAttempt: options.pinnedAttempt ?? null }, ports);
  const leave = run.watch();
  return {
    feed,
    run,
    leave,
    open,
    streams,
    tell: (message: Partial<RunMessage>) => streams.at(-1)?.tell(message),
    listTells: (change: Partial<TaskView>) => feed.take([told(change) as TaskRowView]),
    task: () => run.state.get().task,
    lines: () =>
      run.state
        .get()
        .log.state()
        .records.map(({ n }) => n),
  };
}

describe("the task", () => {
  test("an older view never replaces a newer one, from wherever it comes", () => {
    const { run, tell, task } = world();
    tell({ task: told({ seq: 5, status: "failed" }) });
    run.take(view({ seq: 4, status: "running" }));
    tell({ task: told({ seq: 3, status: "queued" }) });
    expect(task()).toMatchObject({ seq: 5, status: "failed" });
  });

  test("what was asked stays, though no message has it", () => {
    const { tell, task } = world();
    tell({ task: told({ seq: 5 }) });
    expect(task()).toMatchObject({ instructions: "as asked", issueBody: "the issue" });
  });

  test("the list's view of the same moment takes nothing away that only the task's own has", () => {
    const first = { seq: 2, status: "queued", attempt: 0, typicalRunMs: 5000, summary: "so far" } as const;
    const { tell, listTells, task } = world(first);
    tell({});
    listTells({ seq: 2, status: "queued" });
    expect(task()).toMatchObject({ typicalRunMs: 5000, summary: "so far" });
    listTells({ seq: 3, status: "queued" });
    expect(task()).toMatchObject({ seq: 3, summary: "so far" });
  });

  test("the list behind the page hears of it too", () => {
    const { feed, tell } = world();
    const heard: string[] = [];
    feed.listen((rows) => heard.push(...rows.map(({ status }) => status)));
    tell({ task: told({ seq: 5, status: "success" }) });
    expect(heard).toEqual(["success"]);
  });
});

describe("the stream", () => {
  test("of a task that waits is the list's, once its own has told what the page may have missed", () => {
    const { tell, open, listTells, task } = world({ status: "queued", attempt: 0 });
    expect(open).toEqual(["own"]);
    tell({ task: told({ seq: 2, status: "queued", attempt: 0 }) });
    expect(open).toEqual(["list"]);
    listTells({ id: "another", seq: 3 });
    expect(task().seq).toBe(2);
    listTells({ seq: 4, status: "running" });
    expect(task()).toMatchObject({ seq: 4, status: "running", instructions: "as asked" });
    expect(open).toEqual(["own"]);
  });

  test("comes back to the task when it is tried again or stopped by hand on this page", () => {
    const { run, tell, open } = world({ status: "queued", attempt: 0 });
    tell({ task: told({ seq: 2, status: "queued", attempt: 0 }) });
    run.take(view({ seq: 3, status: "failed" }));
    expect(open).toEqual(["own"]);
  });

  test("begins where the page's log ends, and before the first attempt from nowhere", () => {
    expect(world({ attempt: 0, status: "queued" }).streams[0]?.from).toEqual({});
    expect(world({}, { records: 7 }).streams[0]?.from).toEqual({ log: { attempt: 1, after: 7 } });
  });

  test("is given back to the list when the page is left", () => {
    const { leave, open } = world();
    leave();
    expect(open).toEqual(["list"]);
  });
});

describe("the log", () => {
  test("a new attempt has a log of its own, whose first lines are there", () => {
    const { tell, lines } = world({}, { records: 7 });
    tell({ log: batch(2, 0, 3) });
    expect(lines()).toEqual([1, 2, 3]);
  });

  test("the pinned attempt stays, whatever begins after it", () => {
    const { tell, lines } = world({}, { records: 7, pinnedAttempt: 1 });
    tell({ log: batch(2, 0, 3) });
    expect(lines()).toHaveLength(7);
    tell({ log: batch(1, 7, 1) });
    expect(lines()).toHaveLength(8);
  });
});

test("in any order of messages and clicks: one stream a tab, the newest view, each line once and in order", () => {
  const status = fc.constantFrom("queued" as const, "running" as const, "failed" as const);
  const act = fc.record({
    by: fc.constantFrom("own" as const, "list" as const, "click" as const),
    seq: fc.integer({ min: 1, max: 40 }),
    status,
    lines: fc.nat(3),
  });
  fc.assert(
    fc.property(fc.array(act, { maxLength: 30 }), status, (story, first) => {
      const page = world({ status: first });
      let newest = 1;
      let lines = 0;
      for (const { by, seq, ...is } of story) {
        const wasOpen = page.open[0];
        if (by === "click") page.run.take(view({ seq, status: is.status }));
        else if (by !== wasOpen) continue;
        else if (by === "list") page.listTells({ seq, status: is.status });
        else {
          page.tell({ task: told({ seq, status: is.status }), log: batch(1, lines, is.lines) });
          lines += is.lines;
        }
        newest = Math.max(newest, seq);
        expect(page.open).toHaveLength(1);
        expect(page.task().seq).toBe(newest);
        expect(page.lines()).toEqual(Array.from({ length: lines }, (_, index) => index + 1));
      }
      page.leave();
      expect(page.open).toEqual(["list"]);
    }),
    { numRuns: 100 },
  );
});
