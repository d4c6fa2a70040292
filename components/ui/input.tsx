import clsx from "clsx";
import type { ComponentProps } from "react";

const field =
  "w-full min-w-0 rounded-md border border-edge/60 bg-raised px-2.5 text-sm text-ink placeholder:text-faint hover:border-edge disabled:opacity-50 aria-invalid:border-bad";

export const Input = ({ className, ...props }: ComponentProps<"input">) => (
  <input autoComplete="off" {...props} className={clsx(field, "h-8", className)} />
);

export const Textarea = ({ className, ...props }: ComponentProps<"textarea">) => (
  <textarea {...props} className={clsx(field, "min-h-20 py-1.5", className)} />
);
