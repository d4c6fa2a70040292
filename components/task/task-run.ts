import { createStore, type Store } from "@/components/layout/store";
import type { keepStream } from "@/components/live/keep-stream";
import type { TaskFeed } from "@/components/live/task-feed";
import type { LogBatch, LogPage, TaskChangeView, TaskRowView } from "@/lib/live";
import type { TaskView } from "@/lib/task-view";
import { emptyLog, type ClientLogStore } from "./log-store";

/** One message of a task's stream. */
export type RunMessage = { task: TaskChangeView | null; log: LogBatch | null };
/** Where the stream's log begins; absent before the first attempt. */
export type RunPosition = { log?: { attempt: number; after: number } };
type Handlers = Parameters<Parameters<typeof keepStream>[0]>[0];

export type RunPorts = {
  feed: Pick<TaskFeed, "listen" | "suspend" | "take">;
  keepStream: typeof keepStream;
  /** Opens the stream of this task. `onData` is called with each message. */
  open: (from: RunPosition, handlers: Handlers & { onData: (message: RunMessage) => void }) => { unsubscribe(): void };
  newLog: (first: LogPage) => ClientLogStore;
};
export type RunState = { task: TaskView; log: ClientLogStore };
export type TaskRun = {
  state: Store<RunState>;
  /** A view that an action answered. */
  take: (change: TaskView) => void;
  /** Keeps it as it is now, until the answer is called. */
  watch: () => () => void;
};

function newer(known: TaskView, change: TaskChangeView): TaskView {
  const { issueBody, issueAuthor, instructions, setUp } = known;
  const asked = { issueBody, issueAuthor, instructions, ...(setUp === undefined ? {} : { setUp }) };
  return known.seq > change.seq ? known : { ...change, ...asked };
}
/** The list's view has less: of the same moment the task's own replaces it. */
const newerRow = (known: TaskView, row: TaskRowView): TaskView =>
  known.seq >= row.seq ? known : newer(known, { summary: known.summary, logTail: known.logTail, ...row });

/** One task and the log of one attempt: the pinned one, else always the newest. */
type First = { task: TaskView; log: LogPage; pinnedAttempt: number | null };

/**
 * Keeps a task and its log as they are now, over the tab's one stream. While the task waits in line there are no steps,
 * and every other task moves its position: the stream is the list's then. The task's own comes first all the same, with
 * all that the page's reading may have missed.
 */
export function createTaskRun({ task, log, pinnedAttempt }: First, ports: RunPorts): TaskRun {
  const { feed, keepStream: keep, open, newLog } = ports;
  const state = createStore<RunState>({ task, log: newLog(log) });
  const change = (to: Partial<RunState>) => state.set({ ...state.get(), ...to });
  /** Whether its own stream has told something. */
  let isTold = false;
  let source: { is: "list" | "own"; end: () => void } | null = null;

  const position = (): RunPosition => {
    const { attempt, total } = state.get().log.state();
    return attempt === 0 ? {} : { log: { attempt, after: Math.max(state.get().log.last, total) } };
  };
  const receive = ({ task: view, log: batch }: RunMessage): void => {
    isTold = true;
    if (view !== null) {
      change({ task: newer(state.get().task, view) });
      // For the announcer, the tab's signs and the list behind this page.
      feed.take([view]);
    }
    if (batch !== null) {
      if (batch.attempt > state.get().log.state().attempt && pinnedAttempt === null)
        change({ log: newLog(emptyLog(batch.attempt)) });
      state.get().log.append(batch);
    }
  };
  const followOwn = () => {
    const resume = feed.suspend();
    const stop = keep((handlers) =>
      open(position(), {
        ...handlers,
        onData(message) {
          handlers.onArrival();
          receive(message);
          choose();
        },
      }),
    );
    return () => {
      stop();
      resume();
    };
  };
  const followList = () =>
    feed.listen((rows) => {
      for (const row of rows) if (row.id === task.id) change({ task: newerRow(state.get().task, row) });
      choose();
    });
  /** Changes over to the stream that the task needs now. */
  function choose(): void {
    const is = isTold && state.get().task.status === "queued" ? "list" : "own";
    if (source === null || source.is === is) return;
    source.end();
    source = { is, end: is === "list" ? followList() : followOwn() };
  }
  return {
    state,
    take(view) {
      change({ task: newer(state.get().task, view) });
      choose();
    },
    watch() {
      const first = state.get().log;
      if (first.state().attempt > 0 && first.state().loading === "pages") first.load();
      source = { is: "own", end: followOwn() };
      choose();
      return () => {
        source?.end();
        source = null;
      };
    },
  };
}
