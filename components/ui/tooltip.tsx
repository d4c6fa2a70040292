"use client";
import { Tooltip as Radix } from "radix-ui";
import type { ReactNode } from "react";

/** Words for a thing that shows an icon or a shortened text. The thing keeps its own name for screen readers. */
export function Tooltip({ words, children }: { words: ReactNode; children: ReactNode }) {
  return (
    <Radix.Provider delayDuration={350}>
      <Radix.Root>
        <Radix.Trigger asChild>{children}</Radix.Trigger>
        <Radix.Portal>
          <Radix.Content
            sideOffset={6}
            className="z-50 max-w-72 rounded-md bg-ink px-2 py-1 text-xs text-bg animate-in fade-in"
          >
            {words}
          </Radix.Content>
        </Radix.Portal>
      </Radix.Root>
    </Radix.Provider>
  );
}
