const TICK_MS = 1000;

/** One timer for the whole page, which rests while nobody looks. */
export function createTicker(): { subscribe: (listener: () => void) => () => void } {
  const listeners = new Set<() => void>();
  let timer: ReturnType<typeof setInterval> | undefined;
  const tick = () => {
    for (const listener of listeners) listener();
  };
  const wind = () => {
    clearInterval(timer);
    timer = listeners.size > 0 && !document.hidden ? setInterval(tick, TICK_MS) : undefined;
    if (!document.hidden) tick();
  };
  return {
    subscribe(listener) {
      if (listeners.size === 0) document.addEventListener("visibilitychange", wind);
      listeners.add(listener);
      if (listeners.size === 1) wind();
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        clearInterval(timer);
        document.removeEventListener("visibilitychange", wind);
      };
    },
  };
}
