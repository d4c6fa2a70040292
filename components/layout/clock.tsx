"use client";
import { createContext, type ReactNode, useContext, useState, useSyncExternalStore } from "react";
import { exactTime, relativeTime } from "@/lib/format";
import { createTicker } from "./ticker";

const ServerNow = createContext(0);

/** A browser's clock may be wrong. By less than this it may be the way here that took so long. */
const WRONG_MS = 60_000;
/** What a wrong clock lacks to the server's. */
let lackMs = 0;
const setClock = (serverNow: number): null => {
  const lack = serverNow - Date.now();
  if (typeof window !== "undefined") lackMs = Math.abs(lack) > WRONG_MS ? lack : 0;
  return null;
};

/** The time as the page sees it: the server's at first, so that both render the same, then the browser's. */
export function ClockProvider({ now, children }: { now: number; children: ReactNode }) {
  useState(() => setClock(now));
  return <ServerNow.Provider value={now}>{children}</ServerNow.Provider>;
}

const ticker = createTicker();

/** Milliseconds, renewed at each step of `everyMs`. What shows minutes need not be drawn each second. */
export function useNow(everyMs = 1000): number {
  const serverNow = useContext(ServerNow);
  return useSyncExternalStore(
    ticker.subscribe,
    () => Math.floor((Date.now() + lackMs) / everyMs) * everyMs,
    () => serverNow,
  );
}

const never = () => () => {};
/** False on the server and in the first render of the browser, which must be the same. */
export const useIsHydrated = (): boolean =>
  useSyncExternalStore(
    never,
    () => true,
    () => false,
  );

/** In the reader's zone and language; in UTC until the browser is there. */
function useExactTime(at: string): string {
  const isHydrated = useIsHydrated();
  return isHydrated
    ? new Date(at).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "long" })
    : exactTime(at);
}

/** Relative, with the exact instant on hover. */
export function Time({ at, className }: { at: string; className?: string }) {
  const now = useNow(10_000);
  const exact = useExactTime(at);
  return (
    <time dateTime={at} title={exact} className={className}>
      {relativeTime(at, now)}
    </time>
  );
}
