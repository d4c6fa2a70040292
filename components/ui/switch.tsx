"use client";
import { Switch as Radix } from "radix-ui";
import type { ComponentProps } from "react";

export const Switch = (props: ComponentProps<typeof Radix.Root>) => (
  <Radix.Root
    {...props}
    className="relative h-5 w-9 shrink-0 rounded-full border border-edge bg-sunken transition-colors data-[disabled]:opacity-50 data-[state=checked]:border-ink data-[state=checked]:bg-ink"
  >
    <Radix.Thumb className="block size-3.5 translate-x-0.5 rounded-full bg-soft transition-transform data-[state=checked]:translate-x-[1.1rem] data-[state=checked]:bg-bg" />
  </Radix.Root>
);
