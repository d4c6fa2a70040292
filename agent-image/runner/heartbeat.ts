import { abortableSleep } from "./callback-request.ts";
import type { Porter } from "./porter.ts";
import type { StopSignal } from "./stop-signal.ts";

type Beating = {
  porter: Pick<Porter, "listens" | "heartbeat">;
  everyMs: number;
  stop: StopSignal;
  /** When Porter last took a batch, which says the same and more, ms since the epoch; 0: none yet. */
  heardAt: () => number;
};

/** Says that the machine lives wherever Porter heard nothing of it for `everyMs`; Porter's answer may end the run. */
export function startHeartbeat(input: Beating): { end: () => void } {
  const over = new AbortController();
  let saidAt = Date.now();
  const left = (): number => Math.max(saidAt, input.heardAt()) + input.everyMs - Date.now();
  const beat = async (): Promise<void> => {
    while (!over.signal.aborted) {
      await abortableSleep(Math.max(0, left()), over.signal);
      if (over.signal.aborted) return;
      if (left() > 0) continue;
      if (!input.stop.observeReply(await input.porter.heartbeat())) return;
      saidAt = Date.now();
    }
  };
  // Calls to Porter answer and do not throw; were one to throw, the watchdog on Porter's side notices the silence.
  if (input.porter.listens) beat().catch(() => undefined);
  return { end: () => over.abort() };
}
