"use client";
import { Popover as Radix } from "radix-ui";
import type { ReactNode } from "react";

/** A small window at its button. */
export function Popover({ trigger, children }: { trigger: ReactNode; children: ReactNode }) {
  return (
    <Radix.Root>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align="end"
          sideOffset={6}
          className="z-50 w-72 rounded-md bg-raised p-3 shadow-float outline-none data-[state=open]:animate-in data-[state=open]:fade-in"
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
