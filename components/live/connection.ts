import { useSyncExternalStore } from "react";

/**
 * How the page hears of news. `live`: all is well. `lost`: the connection is gone and is being made again.
 * `resting`: the tab is hidden, nothing is asked. `signed_out`: the session ended elsewhere.
 */
export type Connection = "connecting" | "live" | "lost" | "resting" | "signed_out";

let current: Connection = "connecting";
const listeners = new Set<() => void>();

export function setConnection(next: Connection): void {
  if (next === current) return;
  current = next;
  for (const listener of listeners) listener();
}

export const connectionNow = (): Connection => current;

export const listenToConnection = (listener: () => void) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};

export const useConnection = (): Connection =>
  useSyncExternalStore(
    listenToConnection,
    () => current,
    () => "connecting",
  );
