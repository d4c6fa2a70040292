import { sleepFor } from "@/lib/sleep";
import type { TaskCounts } from "@/lib/task-pages";

/** Several changes at once ask once. After a failure it asks twice more; then the next change does. */
const ASK_AFTER_MS = [700, 1000, 4000];

/** `since`: the counts that are known already. */
type RecountPorts = { ask: () => Promise<TaskCounts>; take: (fresh: TaskCounts) => void; since: number };

/** A function that asks for the counts soon after it is called; `take` gets each answer that no other has overtaken. */
export function createRecount({ ask, take, since }: RecountPorts): () => void {
  let isComing = false;
  let seq = since;
  const count = async (): Promise<void> => {
    for (const ms of ASK_AFTER_MS) {
      await sleepFor(ms);
      // From here on a change may be too late for this question.
      isComing = false;
      try {
        const fresh = await ask();
        if (fresh.seq < seq) return;
        ({ seq } = fresh);
        take(fresh);
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
    count().catch(() => {});
  };
}
