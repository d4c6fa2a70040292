import { loadApi } from "@/components/layout/api";
import { sleepFor } from "@/lib/sleep";
import type { TaskCounts } from "@/lib/task-pages";

/** Several changes at once ask once. After a failure it asks twice more; then the next change does. */
const ASK_AFTER_MS = [700, 1000, 4000];

/** A function that asks for the counts soon after it is called; `take` gets each answer. */
export function createRecount(take: (fresh: TaskCounts) => void): () => void {
  let isComing = false;
  const ask = async (): Promise<void> => {
    for (const ms of ASK_AFTER_MS) {
      await sleepFor(ms);
      // From here on a change may be too late for this question.
      isComing = false;
      try {
        const api = await loadApi();
        take(await api.tasks.counts.query());
        return;
      } catch {
        // A failure that lasts shows in the connection.
      }
    }
  };
  return () => {
    if (isComing) return;
    isComing = true;
    // It takes its own failures.
    ask().catch(() => {});
  };
}
