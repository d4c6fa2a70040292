import clsx from "clsx";
import { ChevronDown } from "lucide-react";
import type { ComponentProps } from "react";

/** The platform's own: right on phones, for keyboards and for screen readers, and no script. */
export function Select({ className, ...props }: ComponentProps<"select">) {
  return (
    <span className={clsx("relative inline-flex", className)}>
      <select
        {...props}
        className="h-8 w-full min-w-0 appearance-none rounded-md border border-edge/60 bg-raised pr-7 pl-2.5 text-sm text-ink hover:border-edge disabled:opacity-50"
      />
      <ChevronDown
        aria-hidden
        className="pointer-events-none absolute top-1/2 right-2 size-3.5 -translate-y-1/2 text-soft"
      />
    </span>
  );
}
