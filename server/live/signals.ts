import { tryJson } from "@/lib/json";
import { type Signals, signalSchema } from "./port";

/** `Signals` over a hub's WebSocket, which is accepted here. */
export function openSignals(socket: WebSocket): Signals {
  let newest = -1;
  let told = -1;
  let isLost = false;
  let wake = (): void => {};
  socket.addEventListener("message", ({ data }) => {
    newest = Math.max(newest, readSeq(data));
    wake();
  });
  const lose = (): void => {
    isLost = true;
    wake();
  };
  socket.addEventListener("close", lose);
  socket.addEventListener("error", lose);
  socket.accept();
  const state = (seen: number): "lost" | "news" | null => {
    if (isLost) return "lost";
    if (newest <= Math.max(seen, told)) return null;
    // Each signal wakes once, whatever the read that it leads to finds.
    told = newest;
    return "news";
  };
  return {
    async next(seen, timeoutMs) {
      const endsAt = Date.now() + timeoutMs;
      for (;;) {
        const now = state(seen);
        if (now !== null) return now;
        const left = endsAt - Date.now();
        if (left <= 0) return "quiet";
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, left);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
    },
    close() {
      lose();
      try {
        socket.close();
      } catch {
        // It is closed.
      }
    },
  };
}

/** -1 for what is no signal. */
const readSeq = (data: unknown): number => tryJson(signalSchema, String(data))?.seq ?? -1;
