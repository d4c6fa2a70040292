import clsx from "clsx";
import type { ComponentProps } from "react";

/** Views of one thing that each have an address: links, the present one marked. `-mb-px` covers the line below. */
export const TabLink = ({ isActive, className, ...props }: ComponentProps<"a"> & { isActive: boolean }) => (
  <a
    {...props}
    aria-current={isActive ? "page" : undefined}
    className={clsx(
      "-mb-px inline-flex h-10 items-center gap-1.5 border-b-2 px-0.5 text-sm whitespace-nowrap",
      isActive ? "border-ink font-medium text-ink" : "border-transparent text-soft hover:text-ink",
      className,
    )}
  />
);
