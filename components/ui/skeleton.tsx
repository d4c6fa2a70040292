import clsx from "clsx";

/** The place of something that is loading, in its size. */
export const Skeleton = ({ className }: { className?: string }) => (
  <span aria-hidden className={clsx("block animate-breathe rounded-sm bg-hover", className)} />
);
