/** Calls Porter's cron handler every few seconds, because the emulator has no clock of its own. */
export type Ticker = { stop(): Promise<void> };

const PATH = "/cdn-cgi/handler/scheduled?cron=*+*+*+*+*";

/** `porterUrl` without a slash at its end. A tick that fails or is late is no error: the next one does its work. */
export function startTicker(porterUrl: string, everyMs: number): Ticker {
  const stopping = new AbortController();
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await tick(porterUrl + PATH, stopping.signal);
      await pause(everyMs, stopping.signal);
    }
  };
  const running = run();
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

async function tick(url: string, signal: AbortSignal): Promise<void> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(30_000)]) });
    await answer.arrayBuffer();
  } catch {
    // Porter restarts or is busy.
  }
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    }
    signal.addEventListener("abort", done);
  });
