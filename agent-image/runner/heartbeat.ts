import { abortableSleep } from "./callback-request.ts";
import type { Porter } from "./porter.ts";
import type { StopSignal } from "./stop-signal.ts";

/** Says every `everyMs` that the machine lives, whatever else it does; Porter's answer may end the run. */
export function startHeartbeat(input: { porter: Porter; everyMs: number; stop: StopSignal }): { end: () => void } {
  const over = new AbortController();
  const beat = async (): Promise<void> => {
    while (!over.signal.aborted) {
      await abortableSleep(input.everyMs, over.signal);
      if (over.signal.aborted || !input.stop.observeReply(await input.porter.heartbeat())) return;
    }
  };
  // Calls to Porter answer and do not throw; were one to throw, the watchdog on Porter's side notices the silence.
  if (input.porter.listens) beat().catch(() => undefined);
  return { end: () => over.abort() };
}
