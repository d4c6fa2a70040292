"use client";
import clsx from "clsx";
import { Command as Cmdk } from "cmdk";
import { Search } from "lucide-react";
import type { ComponentProps, ReactNode } from "react";

/** The parts of a palette; put them into a `Dialog` with a hidden title. Load it when it is opened, not before. */
export const Command = ({ className, ...props }: ComponentProps<typeof Cmdk>) => (
  <Cmdk {...props} className={clsx("flex min-h-0 flex-col", className)} />
);

export const CommandInput = ({ before, ...props }: ComponentProps<typeof Cmdk.Input> & { before?: ReactNode }) => (
  <div className="flex h-12 items-center gap-2 border-b border-line px-3.5">
    <Search aria-hidden className="size-4 shrink-0 text-faint" />
    {before}
    <Cmdk.Input
      {...props}
      className="h-full min-w-0 flex-1 bg-transparent text-base text-ink outline-none placeholder:text-faint"
    />
  </div>
);

export const CommandList = (props: ComponentProps<typeof Cmdk.List>) => (
  <Cmdk.List {...props} className="max-h-[52vh] overflow-y-auto p-1.5 not-has-[[cmdk-item]]:hidden" />
);

export const CommandGroup = (props: ComponentProps<typeof Cmdk.Group>) => (
  <Cmdk.Group
    {...props}
    className="[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-faint"
  />
);

export const CommandItem = ({ className, ...props }: ComponentProps<typeof Cmdk.Item>) => (
  <Cmdk.Item
    {...props}
    className={clsx(
      "flex min-h-9 cursor-pointer items-center gap-2.5 rounded-md px-2 text-sm data-[disabled=true]:opacity-50 data-[selected=true]:bg-hover [&_svg]:size-4 [&_svg]:shrink-0 [&_:where(svg)]:text-soft",
      className,
    )}
  />
);

/** Beside the list, not in it: a list of options holds nothing else. */
export const CommandEmpty = (props: ComponentProps<typeof Cmdk.Empty>) => (
  <Cmdk.Empty {...props} className="px-3 py-8 text-center text-sm text-soft" />
);
