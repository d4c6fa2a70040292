import clsx from "clsx";
import type { ReactNode } from "react";

/** Something wider than its place. It takes the focus, so that the arrow keys scroll it. */
export const ScrollBox = ({
  label,
  className,
  children,
}: {
  label: string;
  className?: string;
  children: ReactNode;
}) => (
  // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- without it the hidden part needs a mouse
  <section aria-label={label} tabIndex={0} className={clsx("overflow-x-auto -outline-offset-2", className)}>
    {children}
  </section>
);
