import clsx from "clsx";
import type { ComponentProps } from "react";

/** A frame for the one thing on a page that is set apart. Never inside another one. */
export const Card = ({ className, ...props }: ComponentProps<"section">) => (
  <section {...props} className={clsx("rounded-lg border border-line bg-raised", className)} />
);
