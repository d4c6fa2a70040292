"use client";
import { createContext, type ReactNode, useContext, useEffect, useState } from "react";
import { exactTime, relativeTime } from "@/lib/format";

const Now = createContext(0);

/** The time as the page sees it: the server's at first, so that both render the same, then the browser's. */
export function ClockProvider({ now, children }: { now: number; children: ReactNode }) {
  const [current, setCurrent] = useState(now);
  useEffect(() => {
    const tick = () => setCurrent(Date.now());
    tick();
    const timer = setInterval(tick, 1000);
    return () => clearInterval(timer);
  }, []);
  return <Now.Provider value={current}>{children}</Now.Provider>;
}

export const useNow = (): number => useContext(Now);

/** Relative, with the exact instant on hover. */
export function Time({ at }: { at: string }) {
  const now = useNow();
  return (
    <time dateTime={at} title={exactTime(at)}>
      {relativeTime(at, now)}
    </time>
  );
}
