"use client";
import { useLinkStatus } from "next/link";
import { type ReactNode, useEffect } from "react";
import { Skeleton } from "@/components/ui/skeleton";
import { createNavigation } from "./navigation";
import { useStore } from "./use-store";

const navigation = createNavigation();

/** Inside a link of the frame: while its page is on the way, the slot says so. */
export function PendingLinkSign() {
  const { pending } = useLinkStatus();
  useEffect(() => {
    if (!pending) return;
    return navigation.begin();
  }, [pending]);
  return null;
}

/** Where pages stand: while another one is on its way over a slow line, six rows in its place. */
export function PageSlot({ children }: { children: ReactNode }) {
  const isPending = useStore(navigation.slow, () => 0) > 0;
  return (
    <>
      {isPending ? (
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
      <div hidden={isPending}>{children}</div>
    </>
  );
}
