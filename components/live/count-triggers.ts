import { stateOf } from "@/lib/task-state";
import type { Connection } from "./connection";
import type { TaskFeed } from "./task-feed";

/** Calls `recount` when a task went from one state to another: its progress counts nothing. */
export function recountOnMoves(feed: Pick<TaskFeed, "listen">, recount: () => void): () => void {
  const states = new Map<string, string>();
  return feed.listen((rows) => {
    const moved = rows.filter((row) => states.get(row.id) !== stateOf(row));
    for (const row of moved) states.set(row.id, stateOf(row));
    if (moved.length > 0) recount();
  });
}

type TabState = { connection: Connection; isSuspended: boolean; running: number; queued: number };

/**
 * Whether the counts must be asked for by the clock, because the list's stream is silent: in a hidden tab, beside a
 * page about one task. A tab that nobody looks at asks for nothing else, and not even for this once nothing runs.
 */
export const needsPolling = ({ connection, isSuspended, running, queued }: TabState): boolean =>
  connection === "resting" ? running + queued > 0 : connection === "live" && isSuspended;
