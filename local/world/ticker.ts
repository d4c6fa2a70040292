/** Calls Porter's cron handler every few seconds, because the emulator has no clock of its own. */
export type Ticker = { stop(): Promise<void> };

const PATH = "/cdn-cgi/local/scheduled?cron=*+*+*+*+*";

/**
 * `porterUrl` without a slash at its end. A tick that fails or is late is no error: the next one does its work. Throws
 * when the first one finds no door: a world without a clock looks whole for a long time.
 */
export async function startTicker(porterUrl: string, everyMs: number): Promise<Ticker> {
  const stopping = new AbortController();
  if ((await tick(porterUrl + PATH, stopping.signal)) === 404)
    throw new Error(`the emulator has no clock to be called at ${PATH}`);
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await pause(everyMs, stopping.signal);
      await tick(porterUrl + PATH, stopping.signal);
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

/** The answer's status; null when there is none, because Porter restarts or is busy. */
async function tick(url: string, signal: AbortSignal): Promise<number | null> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(30_000)]) });
    await answer.arrayBuffer();
    return answer.status;
  } catch {
    return null;
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
