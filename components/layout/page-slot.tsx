"use client";
import { useLinkStatus } from "next/link";
import { type ReactNode, useEffect, useSyncExternalStore } from "react";
import { Skeleton } from "@/components/ui/skeleton";

/** A page that comes at once needs no stand-in. */
const SEEN_AFTER_MS = 200;

let going = 0;
const listeners = new Set<() => void>();
function count(change: 1 | -1): void {
  going += change;
  for (const listener of listeners) listener();
}
const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};

/** Inside a link of the frame: while its page is on the way, the slot says so. */
export function GoingSign() {
  const { pending } = useLinkStatus();
  useEffect(() => {
    if (!pending) return;
    let isCounted = false;
    const timer = setTimeout(() => {
      isCounted = true;
      count(1);
    }, SEEN_AFTER_MS);
    return () => {
      clearTimeout(timer);
      if (isCounted) count(-1);
    };
  }, [pending]);
  return null;
}

/** Where pages stand: while another one is on its way over a slow line, six rows in its place. */
export function PageSlot({ children }: { children: ReactNode }) {
  const isGoing = useSyncExternalStore(
    subscribe,
    () => going > 0,
    () => false,
  );
  return (
    <>
      {isGoing ? (
        <output aria-label="Loading" className="mx-auto block max-w-page px-4 pt-8">
          {[0, 1, 2, 3, 4, 5].map((row) => (
            <span key={row} className="flex h-10 items-center gap-3 border-b border-line px-2">
              <Skeleton className="size-4 rounded-full" />
              <Skeleton className="h-3 w-2/5" />
              <Skeleton className="ml-auto h-3 w-24" />
            </span>
          ))}
        </output>
      ) : null}
      <div hidden={isGoing}>{children}</div>
    </>
  );
}
